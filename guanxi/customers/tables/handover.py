"""The list of handovers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Handover
from guanxi.customers.queries.handover import handovers
from guanxi.customers.rules.handover import HANDOVER_TONES, HandoverState
from guanxi.foundation.tables.parts import word
from guanxi.foundation.tables.table import Column, ColumnKind, Empty, Table
from guanxi.identity.queries import user_choices

HANDOVERS = Table(
    key="handovers",
    kind="handover",
    model=Handover,
    title=_("Handovers"),
    url="customers:handovers",
    rows=handovers,
    columns=[
        Column(
            "old_owner",
            _("Previous owner"),
            kind=ColumnKind.USER,
            choices=user_choices,
            link="customers:handover",
        ),
        word(
            "state",
            pgettext_lazy("handover", "State"),
            HandoverState.choices,
            HANDOVER_TONES,
            shown=True,
        ),
        Column("total", pgettext_lazy("count", "Customers"), kind=ColumnKind.NUMBER),
        Column(
            "given", pgettext_lazy("handover", "Handed over"), kind=ColumnKind.NUMBER
        ),
        Column(
            "returned", pgettext_lazy("handover", "Given back"), kind=ColumnKind.NUMBER
        ),
        Column(
            "started_by",
            pgettext_lazy("handover", "Started by"),
            kind=ColumnKind.USER,
            choices=user_choices,
        ),
        Column("created_at", _("Started at"), kind=ColumnKind.INSTANT),
    ],
    empty=Empty(
        _("Nothing was handed over yet"),
        _(
            "When a colleague leaves or changes the area, give all customers to others "
            "in one step. You see what goes to whom before it does."
        ),
        action_label=_("Hand over customers"),
        action_view="customers:new_handover",
    ),
    template="customers/handover_list.html",
)
