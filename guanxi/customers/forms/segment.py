"""What people decide about a segment beside its conditions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.segment import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_STRATEGY,
    SegmentFacts,
    SegmentPlan,
)
from guanxi.customers.forms.base import Day, RecordForm
from guanxi.customers.models import Segment
from guanxi.customers.policies import SEGMENT
from guanxi.customers.queries.segment import segments
from guanxi.customers.rules.segment import Membership, Sharing
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.where import Group

_PLANNED = ("budget", "budget_from", "budget_until", "strategy")


class SegmentForm(RecordForm):
    """Name, description, who belongs to it, who sees it, and what is spent on it."""

    name = forms.CharField(
        label=pgettext_lazy("segment", "Name"), max_length=LONGEST_NAME
    )
    description = forms.CharField(
        label=pgettext_lazy("segment", "Description"),
        max_length=LONGEST_DESCRIPTION,
        required=False,
    )
    membership = forms.ChoiceField(
        label=_("Who belongs to it"),
        choices=Membership.choices,
        widget=forms.RadioSelect,
        initial=Membership.DYNAMIC,
    )
    sharing = forms.ChoiceField(
        label=_("Shared with"), choices=Sharing.choices, initial=Sharing.OWN
    )
    budget = forms.DecimalField(
        label=pgettext_lazy("segment", "Budget"),
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
    )
    budget_from = Day(label=_("Budget from"), required=False)
    budget_until = Day(label=_("Budget until"), required=False)
    strategy = forms.CharField(
        label=_("Retention strategy"),
        max_length=LONGEST_STRATEGY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you do to keep these customers, and who does it."),
    )

    def __init__(
        self, *args: Any, viewer: Actor, segment: Segment | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if segment is not None:
            del self.fields["membership"]
        if not allowed(viewer, "segment.share"):
            present = segment.sharing if segment else Sharing.OWN
            kept = {Sharing.OWN.value, present}
            field = self.fields["sharing"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [one for one in Sharing.choices if one[0] in kept]

    @property
    def plan(self) -> list[forms.BoundField]:
        """The fields about what is spent, and why."""
        return [self[name] for name in _PLANNED]

    def facts(self, definition: Group, segment: Segment | None = None) -> SegmentFacts:
        """Return what was decided, with the conditions of the builder."""
        clean = self.cleaned_data
        membership = segment.membership if segment else clean["membership"]
        return SegmentFacts(
            name=clean["name"],
            description=clean["description"],
            membership=Membership(membership),
            definition=definition,
            sharing=Sharing(clean["sharing"]),
            plan=SegmentPlan(**{name: clean[name] for name in _PLANNED}),
        )


class SegmentChoiceForm(RecordForm):
    """Into which of the segments that are filled by hand customers are put."""

    segment: "forms.ModelChoiceField[Segment]" = forms.ModelChoiceField(
        label=_("Segment"), queryset=None
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["segment"]
        assert isinstance(field, forms.ModelChoiceField)
        rows = segments(viewer).filter(SEGMENT.visible(viewer, "edit"))
        field.queryset = rows.filter(membership=Membership.STATIC)
