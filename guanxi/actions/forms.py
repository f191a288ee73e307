"""What people type when they act."""

from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from guanxi.actions.detectors.base import Watch
from guanxi.actions.rules import (
    CALL_OUTCOMES,
    DismissReason,
    Mode,
    Outcome,
    TaskKind,
)
from guanxi.actions.rules.effect import ENOUGH_FOUND, MOST_HELD
from guanxi.customers.queries.segment import segments
from guanxi.foundation.actor import Actor
from guanxi.foundation.working_days import next_working_day
from guanxi.identity.queries import assignable_users

if TYPE_CHECKING:
    from guanxi.customers.models import Segment
    from guanxi.identity.models import User

Assignee: TypeAlias = "forms.ModelChoiceField[User]"


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ContactForm(forms.Form):
    """What came of a call."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(o.value, o.label) for o in CALL_OUTCOMES],
        widget=forms.RadioSelect,
        initial=Outcome.REACHED,
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DraftForm(forms.Form):
    """A message to the customer, to copy into whatever channel is at hand."""

    text = forms.CharField(
        label=_("Message"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Change it as you like, copy it, send it, then record it here."),
    )


class TaskForm(forms.Form):
    """A step to plan."""

    kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    due_on = forms.DateField(label=_("Due"), widget=DayInput)
    assignee: Assignee = forms.ModelChoiceField(label=_("Assigned to"), queryset=None)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, viewer)
        self.fields["assignee"].initial = viewer.actor_id


class MoveForm(forms.Form):
    """Another day for a task."""

    due_on = forms.DateField(label=_("Due"), widget=DayInput)


class AssignForm(forms.Form):
    """Who takes over."""

    assignee: Assignee = forms.ModelChoiceField(label=_("Assign to"), queryset=None)

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, viewer)


class DismissForm(forms.Form):
    """Why a proposal is not followed."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=DismissReason.choices,
        widget=forms.RadioSelect,
        initial=DismissReason.KNOWN,
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RuleForm(forms.Form):
    """The mode of a detector and its parameters."""

    mode = forms.ChoiceField(
        label=_("What to do"), choices=Mode.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, watch: Watch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for parameter in watch.parameters:
            self.fields[parameter.key] = forms.FloatField(
                label=parameter.label,
                min_value=parameter.low,
                max_value=parameter.high,
                initial=parameter.default,
            )
        self.fields["held_percent"] = forms.IntegerField(
            label=_("Held out to compare with (%)"),
            required=False,
            min_value=0,
            max_value=MOST_HELD,
            help_text=_(
                "So many of those it finds nobody hears of, drawn by chance each quarter: "
                "what they do without us shows what the messages change. It begins once "
                "the rule has found %(count)s customers within a year."
            )
            % {"count": ENOUGH_FOUND},
        )

    def parameters(self) -> dict[str, float]:
        """Return the numbers by key."""
        others = ("mode", "held_percent")
        return {k: v for k, v in self.cleaned_data.items() if k not in others}


class KnowledgeForm(forms.Form):
    """What is known of the customers of a segment, and what is to be done with them."""

    title = forms.CharField(label=_("Title"), max_length=120)
    statement = forms.CharField(
        label=_("What we know"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The owners read it as the reason why to act."),
    )
    segment: "forms.ModelChoiceField[Segment]" = forms.ModelChoiceField(
        label=_("Of which customers"),
        queryset=None,
        required=False,
        empty_label=_("No segment yet"),
        help_text=_("Told are owners who may see the segment: share it with them."),
    )
    advice = forms.CharField(
        label=_("What is to be done"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    source = forms.CharField(
        label=_("Where it is from"),
        max_length=500,
        required=False,
        help_text=_(
            "An analysis, a finding, a talk: words, or an address in the house."
        ),
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Segment]", self.fields["segment"])
        field.queryset = segments(viewer)


def _offer(form: forms.Form, viewer: Actor) -> None:
    """Let ``form`` choose among those to whom ``viewer`` can give work."""
    field = cast(Assignee, form.fields["assignee"])
    field.queryset = assignable_users(viewer)
    field.empty_label = _("Choose a colleague")


def working_day_after(today: date) -> str:
    """Return the next working day after ``today`` as a date input wants it."""
    return next_working_day(today).isoformat()
