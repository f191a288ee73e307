"""The forms about plans and agreements."""

from typing import TYPE_CHECKING

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.plan import LineFacts, PlanFacts
from guanxi.customers.forms.base import Day, RecordForm
from guanxi.customers.models import Plan, PlanLine
from guanxi.customers.rules.plan import (
    LONGEST_LINE,
    LONGEST_TEXT,
    PlanKind,
    PlanState,
)
from guanxi.foundation.actor import Actor
from guanxi.identity.queries import assignable_users

if TYPE_CHECKING:
    from guanxi.identity.models import User

_LINES = forms.Textarea(attrs={"rows": 3})
_NEEDS_LABELS = {"summary": _("Need"), "result": _("Proposed solution")}


class PlanForm(RecordForm):
    """What a plan is called, what it is for, how long it runs and what came of it."""

    title = forms.CharField(label=_("Title"), max_length=120)
    summary = forms.CharField(
        label=pgettext_lazy("plan", "Aim"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=_LINES,
    )
    result = forms.CharField(
        label=_("Result"), max_length=LONGEST_TEXT, required=False, widget=_LINES
    )
    starts_on = Day(label=pgettext_lazy("plan", "From"), required=False)
    ends_on = Day(label=pgettext_lazy("plan", "To"), required=False)
    state = forms.ChoiceField(
        label=pgettext_lazy("plan", "State"), choices=PlanState.choices
    )

    def __init__(self, data: QueryDict | None = None, *, plan: Plan) -> None:
        names = self.base_fields
        super().__init__(data, initial={name: getattr(plan, name) for name in names})
        if plan.kind == PlanKind.NEEDS:
            for name, label in _NEEDS_LABELS.items():
                self.fields[name].label = label

    def facts(self) -> PlanFacts:
        """Return what is said of the plan."""
        clean = self.cleaned_data
        facts: PlanFacts = {name: clean[name] for name in self.fields}  # type: ignore[assignment]  # -- by name
        if "state" in clean:
            facts["state"] = PlanState(clean["state"])
        return facts


class NewPlanForm(PlanForm):
    """A new plan; of which kind cannot be changed later."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("plan", "Kind"), choices=PlanKind.choices
    )

    field_order = ("kind", "title", "summary", "starts_on", "ends_on")

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, plan=Plan(kind=PlanKind.KEY_ACCOUNT))
        del self.fields["state"], self.fields["result"]

    def facts(self) -> PlanFacts:
        """Return what is said of the plan beside its kind."""
        clean = self.cleaned_data
        names = self.fields.keys() - {"kind"}
        facts: PlanFacts = {name: clean[name] for name in names}  # type: ignore[assignment]  # -- by name
        return facts


class LineForm(RecordForm):
    """One line of a plan."""

    text = forms.CharField(
        label=pgettext_lazy("plan", "What"), max_length=LONGEST_LINE, widget=_LINES
    )
    figure = forms.DecimalField(
        label=_("Figure"), max_digits=14, decimal_places=2, required=False
    )
    due_on = Day(label=pgettext_lazy("plan", "By when"), required=False)
    assignee: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=pgettext_lazy("plan", "By whom"), queryset=None, required=False
    )
    done_on = Day(label=_("Done on"), required=False)
    result = forms.CharField(
        label=_("Result"), max_length=LONGEST_LINE, required=False, widget=_LINES
    )

    def __init__(
        self, data: QueryDict | None = None, *, viewer: Actor, line: PlanLine
    ) -> None:
        facts = {name: getattr(line, name) for name in self.base_fields}
        super().__init__(data, initial=facts)
        assignee = self.fields["assignee"]
        assert isinstance(assignee, forms.ModelChoiceField)
        assignee.queryset = assignable_users(viewer)
        if line.figure_label:
            self.fields["figure"].label = line.figure_label
        else:
            del self.fields["figure"]

    def facts(self) -> LineFacts:
        """Return what is said of the line."""
        clean = dict(self.cleaned_data)
        person = clean.pop("assignee")
        facts: LineFacts = {**clean, "assignee_id": person and person.pk}  # type: ignore[typeddict-item]  # -- by name
        return facts
