"""The small forms of dialogs."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.code import CodeNames
from guanxi.customers.commands.reveal import LONGEST_REASON
from guanxi.customers.forms.base import Day, RecordForm, Words
from guanxi.customers.models.code import ties
from guanxi.customers.rules import LONGEST_TARGET_REASON, SCHEMES, LifeStage
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import allowed
from guanxi.identity.queries import assignable_users

if TYPE_CHECKING:
    from guanxi.identity.models import User


class NoteForm(RecordForm):
    """A remark."""

    text = forms.CharField(
        label=pgettext_lazy("customer", "Note"),
        max_length=10_000,
        widget=forms.Textarea(
            attrs={
                # Beside it on the page there are dialogs with a text of their own.
                "id": "note_text",
                "rows": 2,
                "placeholder": _("Write down what was said or agreed …"),
            }
        ),
    )


class NoteTextForm(RecordForm):
    """What a note says, in a dialog."""

    text = forms.CharField(
        label=pgettext_lazy("customer", "Note"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6, "autofocus": True}),
    )


class StageForm(RecordForm):
    """Which stage a customer is in, or that analysis is to say."""

    stage = forms.ChoiceField(
        label=_("Life-cycle stage"),
        choices=[("", _("As analysis finds it")), *LifeStage.choices],
        required=False,
        help_text=_("A stage set here stays until you leave it to analysis again."),
    )


class RevealForm(RecordForm):
    """Why somebody needs to see a masked value."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("Your name, the time and the reason are recorded."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


class TagsForm(RecordForm):
    """Words for customers."""

    tags = Words(
        label=_("Tags"), required=False, help_text=_("Separate tags by commas.")
    )


class CustomerTagsForm(TagsForm):
    """The words for one customer, and those there were when the form was opened."""

    seen = Words(required=False, widget=forms.HiddenInput)


def offered_ties() -> list[tuple[str, object]]:
    """Return the kinds of relations to choose from."""
    return [(key, tie.forward) for key, tie in ties().items() if tie.is_offered]


class RelationForm(RecordForm):
    """How a customer belongs to another one, which is found by search."""

    kind = forms.ChoiceField(label=_("Relation"), choices=offered_ties)
    target = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": _("Choose a customer.")}
    )
    title = forms.CharField(label=_("Position or role"), max_length=60, required=False)
    since_on = Day(label=_("Since"), required=False)


class AssignForm(RecordForm):
    """To whom customers are given."""

    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("Owner"), queryset=None, empty_label=_("Choose a colleague")
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = assignable_users(viewer)


class TargetForm(RecordForm):
    """Why potential customers are targets, and who is to win them."""

    reason = forms.CharField(
        label=_("Why it is a target"),
        max_length=LONGEST_TARGET_REASON,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("Owner"),
        queryset=None,
        required=False,
        empty_label=_("As it is"),
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = assignable_users(viewer)
        if not allowed(viewer, "customer.assign"):
            del self.fields["owner"]


class CodeForm(RecordForm):
    """One entry of a code list."""

    name_zh = forms.CharField(label=_("Chinese name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=60)
    reverse_zh = forms.CharField(
        label=_("Chinese name from the other side"),
        max_length=60,
        required=False,
        help_text=_("For relations alone: what “employs” is to “works for”."),
    )
    reverse_en = forms.CharField(
        label=_("English name from the other side"), max_length=60, required=False
    )
    is_active = forms.BooleanField(label=_("Offered"), required=False, initial=True)

    def names(self) -> CodeNames:
        """Return the names."""
        clean = self.cleaned_data
        return CodeNames(
            zh=clean["name_zh"],
            en=clean["name_en"],
            reverse_zh=clean.get("reverse_zh", ""),
            reverse_en=clean.get("reverse_en", ""),
        )


class NewCodeForm(CodeForm):
    """A new entry, with its key."""

    scheme = forms.ChoiceField(
        label=pgettext_lazy("code", "List"), choices=[*SCHEMES.items()]
    )
    key = forms.SlugField(
        label=pgettext_lazy("code", "Key"),
        max_length=40,
        help_text=_("What programs call it, in Latin letters: “reseller”."),
    )

    field_order = ("scheme", "key", "name_zh", "name_en")
