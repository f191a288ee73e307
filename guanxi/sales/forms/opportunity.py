"""What people type about opportunities and their stages."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.identity.queries import assignable_users
from guanxi.sales.commands.pipeline import StageTerms
from guanxi.sales.forms.base import Amount, Day, RecordForm, plain
from guanxi.sales.models import Opportunity, Pipeline, Stage
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.queries.opportunity import stages
from guanxi.sales.rules.opportunity import NEEDS, SURE, LostReason
from guanxi.sales.rules.order import Channel

_FIELDS = (
    *("name", "amount", "probability", "expected_on", "channel", "next_step"),
    *("next_step_on", "note"),
)


if TYPE_CHECKING:
    _StageField = forms.ModelChoiceField[Stage]
else:
    _StageField = forms.ModelChoiceField


class StageChoice(_StageField):
    """A stage; of several pipelines each with the name of its own."""

    def label_from_instance(self, obj: Stage) -> str:
        """Return what the stage is called."""
        return f"{obj.pipeline} · {obj}" if self.names_pipelines else str(obj)

    names_pipelines = False


class OpportunityForm(RecordForm):
    """What an opportunity is; its customer and its product are chosen beside it."""

    customer = forms.IntegerField(required=False, widget=forms.HiddenInput)
    product = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=pgettext_lazy("opportunity", "Title"), max_length=200)
    stage = StageChoice(label=pgettext_lazy("opportunity", "Stage"), queryset=None)
    amount = Amount(label=pgettext_lazy("opportunity", "Amount"), required=False)
    probability = forms.IntegerField(
        label=_("Chance in percent"),
        required=False,
        min_value=0,
        max_value=SURE,
        help_text=_("Leave it empty for that of the stage."),
    )
    expected_on = Day(label=pgettext_lazy("opportunity", "Expected on"), required=False)
    channel = forms.ChoiceField(
        label=pgettext_lazy("order", "Channel"),
        choices=Channel.choices,
        initial=Channel.SALES,
    )
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=200)
    next_step_on = Day(label=_("Next step on"), required=False)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        viewer: Actor,
        found: Opportunity | None = None,
        initial: dict[str, object] | None = None,
    ) -> None:
        first = _facts_of(found) if found else initial
        super().__init__(data, initial=first)
        gone = ({"stage"} if found else {"version"}) | (
            {*_FIELDS, "product"} - OPPORTUNITY.writable(viewer)
        )
        for name in gone:
            del self.fields[name]
        if "stage" in self.fields:
            offer_stages(self, None)

    def facts(self) -> dict[str, Any]:
        """Return what a valid form says, without what it points at."""
        clean = self.cleaned_data
        found = {name: clean[name] for name in _FIELDS if name in self.fields}
        if "channel" in found:
            found["channel"] = Channel(found["channel"])
        return found


class MoveForm(RecordForm):
    """To which stage, and what that asks for."""

    stage = StageChoice(label=pgettext_lazy("opportunity", "Stage"), queryset=None)
    amount = Amount(label=pgettext_lazy("opportunity", "Amount"), required=False)
    expected_on = Day(label=pgettext_lazy("opportunity", "Expected on"), required=False)
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=200)

    def __init__(self, data: Any, *, viewer: Actor, found: Opportunity) -> None:
        super().__init__(data, initial=_facts_of(found) | {"stage": found.stage_id})
        offer_stages(self, found.stage.pipeline)
        for name in {"amount", "expected_on", "next_step"} - OPPORTUNITY.writable(
            viewer
        ):
            del self.fields[name]

    def facts(self) -> dict[str, Any]:
        """Return what was sent beside the stage: what was not stays as it is."""
        return {
            name: self.cleaned_data[name]
            for name in self.fields
            if name != "stage" and name in self.data
        }


class WonForm(RecordForm):
    """For how much and when an opportunity was won."""

    amount = Amount(label=pgettext_lazy("opportunity", "Amount"), required=False)
    closed_on = Day(label=pgettext_lazy("opportunity", "Closed on"))
    close_note = forms.CharField(
        label=_("What decided it"), required=False, max_length=400
    )

    def __init__(self, data: Any, *, viewer: Actor, **rest: Any) -> None:
        super().__init__(data, **rest)
        if "amount" not in OPPORTUNITY.writable(viewer):
            del self.fields["amount"]


class LostForm(RecordForm):
    """Why and when an opportunity was lost."""

    lost_reason = forms.ChoiceField(
        label=_("Reason of the loss"), choices=LostReason.choices
    )
    closed_on = Day(label=pgettext_lazy("opportunity", "Closed on"))
    close_note = forms.CharField(
        label=_("What could have been done"), required=False, max_length=400
    )


class AssignForm(RecordForm):
    """Who pursues an opportunity."""

    owner: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Owner"), queryset=None
    )

    def __init__(self, data: Any, *, viewer: Actor, **rest: Any) -> None:
        super().__init__(data, **rest)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = assignable_users(viewer)


class StageForm(RecordForm):
    """What a stage is called, its chance, and what it asks for."""

    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    probability = forms.IntegerField(
        label=_("Chance in percent"), min_value=0, max_value=SURE
    )
    stale_days = forms.IntegerField(
        label=_("Days after which it is marked"),
        required=False,
        min_value=1,
        max_value=999,
    )
    needs = forms.MultipleChoiceField(
        label=_("Asks for"),
        choices=list(NEEDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def terms(self) -> StageTerms:
        """Return what a valid form says."""
        clean = self.cleaned_data
        return StageTerms(
            name=clean["name"],
            probability=clean["probability"],
            stale_days=clean["stale_days"],
            needs=clean["needs"],
        )


class RemoveStageForm(RecordForm):
    """Into which stage the opportunities of a removed one go."""

    into = StageChoice(label=_("Its opportunities go to"), queryset=None)

    def __init__(self, data: Any, *, stage: Stage) -> None:
        super().__init__(data)
        field = self.fields["into"]
        assert isinstance(field, StageChoice)
        field.queryset = stages(stage.pipeline).exclude(pk=stage.pk)


def offer_stages(form: forms.Form, pipeline: Pipeline | None) -> None:
    """Let ``form`` offer the stages of a pipeline, or of all."""
    field = form.fields["stage"]
    assert isinstance(field, StageChoice)
    rows = stages(pipeline)
    field.queryset = rows
    field.names_pipelines = len({one.pipeline_id for one in rows}) > 1


def _facts_of(found: Opportunity) -> dict[str, Any]:
    facts = {name: getattr(found, name) for name in _FIELDS} | {
        "version": found.version
    }
    if found.amount is not None:
        facts["amount"] = plain(found.amount)
    return facts | {"customer": found.customer_id, "product": found.product_id}
