"""The list of segments."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Segment
from guanxi.customers.queries.segment import is_counted_for, segments
from guanxi.customers.rules.segment import Membership, Sharing
from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import grouped
from guanxi.foundation.tables.parts import fixed
from guanxi.foundation.tables.table import Column, ColumnKind, Empty, Table
from guanxi.identity.queries import assignable_choices


def _members(row: Segment, viewer: Actor) -> str:
    """Return the kept number to who would count as many himself; others count anew."""
    return grouped(row.members) if is_counted_for(viewer, row) else "…"


SEGMENTS = Table(
    key="segments",
    kind="segment",
    model=Segment,
    title=_("Segments"),
    url="customers:segments",
    rows=segments,
    columns=[
        Column(
            "name",
            pgettext_lazy("segment", "Name"),
            text=lambda row: row.title,
            link="customers:segment",
        ),
        Column(
            "members",
            pgettext_lazy("segment", "Customers"),
            kind=ColumnKind.NUMBER,
            filterable=False,
            text_to=_members,
        ),
        Column(
            "membership",
            _("Who belongs to it"),
            kind=ColumnKind.CHOICE,
            choices=fixed(Membership.choices),
            shown=False,
        ),
        Column(
            "sharing",
            _("Shared with"),
            kind=ColumnKind.CHOICE,
            choices=fixed(Sharing.choices),
        ),
        Column("owner", _("Owner"), kind=ColumnKind.USER, choices=assignable_choices),
        Column("budget", pgettext_lazy("segment", "Budget"), kind=ColumnKind.MONEY),
        Column("refreshed_at", _("Refreshed at"), kind=ColumnKind.INSTANT),
    ],
    empty=Empty(
        _("No segments yet"),
        _(
            "A segment is a group of customers with something in common: by conditions "
            "that are looked at anew every night, or chosen by hand."
        ),
        action_label=_("New segment"),
        action_view="customers:new_segment",
    ),
    template="customers/segment_list.html",
)
