"""The forms about fields that a house adds to its customers."""

import re
from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.field import FieldFacts, choice_key
from guanxi.customers.forms.base import RecordForm
from guanxi.customers.models import CustomField, FieldGroup
from guanxi.customers.rules.field import (
    FORM_CHOICES,
    PRIVACY_LABELS,
    DataType,
    FieldKind,
    InfoKind,
    Names,
    SourceChannel,
)
from guanxi.foundation.policies import Privacy

_BARS = re.compile(r"\s*[|\uff5c]\s*")


class NamesForm(RecordForm):
    """A name in both languages."""

    name_zh = forms.CharField(label=_("Chinese name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=60)

    def names(self) -> Names:
        """Return both names."""
        return Names(self.cleaned_data["name_zh"], self.cleaned_data["name_en"])


class GroupForm(NamesForm):
    """A group of fields."""

    position = forms.IntegerField(
        label=pgettext_lazy("order", "Position"), min_value=0, max_value=999
    )


class NewGroupForm(NamesForm):
    """A new group; whose it is cannot be changed later."""

    form = forms.ChoiceField(label=_("Of whom"), choices=FORM_CHOICES, required=False)


class FieldForm(NamesForm):
    """A field of the house."""

    help_zh = forms.CharField(
        label=_("Hint in Chinese"), max_length=200, required=False
    )
    help_en = forms.CharField(
        label=_("Hint in English"), max_length=200, required=False
    )
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One a line: key | Chinese | English. With one word alone it is used for all."
        ),
    )
    lowest = forms.DecimalField(
        label=_("Lowest number"), required=False, max_digits=18, decimal_places=4
    )
    highest = forms.DecimalField(
        label=_("Highest number"), required=False, max_digits=18, decimal_places=4
    )
    is_required = forms.BooleanField(
        label=_("Required"),
        required=False,
        help_text=_("Of customers entered from now on, by those who may fill it in."),
    )
    privacy = forms.ChoiceField(
        label=_("Data protection"),
        choices=[(p.value, label) for p, label in PRIVACY_LABELS.items()],
        help_text=_(
            "What is personal or sensitive is covered for every role that is not"
            " granted it, and reading it is logged."
        ),
    )
    purpose = forms.CharField(
        label=pgettext_lazy("field", "Purpose"),
        max_length=200,
        required=False,
        help_text=_("What you keep it for; the law asks for it."),
    )
    review_months = forms.IntegerField(
        label=_("Check again after (months)"),
        required=False,
        min_value=1,
        max_value=600,
    )
    is_indexed = forms.BooleanField(
        label=_("Sort and filter quickly"),
        required=False,
        help_text=_("For fields that large lists are sorted or filtered by."),
    )
    data_type = forms.ChoiceField(label=_("Data type"), choices=DataType.choices)
    info_kind = forms.ChoiceField(
        label=_("Kind of information"), choices=InfoKind.choices
    )
    source_channel = forms.ChoiceField(
        label=_("How it is learned"), choices=SourceChannel.choices
    )

    def __init__(
        self, data: QueryDict | None = None, *, field: CustomField | None = None
    ) -> None:
        super().__init__(data, initial=_facts(field))
        kind = field.kind if field else ""
        if field and kind != FieldKind.CHOICE:
            del self.fields["choices"]
        if field and kind != FieldKind.NUMBER:
            del self.fields["lowest"], self.fields["highest"]

    def clean_choices(self) -> Sequence[tuple[str, Names]]:
        """Return the choices with their keys, one a line."""
        lines = self.cleaned_data["choices"].splitlines()
        return [_choice(line) for line in lines if line.strip()]

    def facts(self) -> FieldFacts:
        """Return what is said of the field."""
        clean = dict(self.cleaned_data)
        names = Names(clean.pop("name_zh"), clean.pop("name_en"))
        told = Names(clean.pop("help_zh"), clean.pop("help_en"))
        clean |= {"names": names, "help": told, "privacy": Privacy(clean["privacy"])}
        kept = FieldFacts.__annotations__.keys() & clean.keys()
        facts: FieldFacts = {name: clean[name] for name in kept}  # type: ignore[assignment]  # -- by name
        return facts


class ChangedFieldForm(FieldForm):
    """A field that is there."""

    position = forms.IntegerField(
        label=pgettext_lazy("order", "Position"), min_value=0, max_value=999
    )
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        help_text=_("Out of use it is shown nowhere; what customers have in it stays."),
    )


class NewFieldForm(FieldForm):
    """A new field: where it stands, and what its values are."""

    group: "forms.ModelChoiceField[FieldGroup]" = forms.ModelChoiceField(
        label=pgettext_lazy("field", "Group"), queryset=None, empty_label=None
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("field", "Kind"), choices=FieldKind.choices
    )

    field_order = ("group", "kind", "name_zh", "name_en")

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        group = self.fields["group"]
        assert isinstance(group, forms.ModelChoiceField)
        group.queryset = FieldGroup.objects.order_by("position", "pk")


def _facts(field: CustomField | None) -> dict[str, object]:
    """Return what the form of a field says when it is opened."""
    found = field or CustomField()
    names = {*ChangedFieldForm.base_fields} - {"choices"}
    facts: dict[str, object] = {name: getattr(found, name) for name in names}
    lines = (f"{one['key']} | {one['zh']} | {one['en']}" for one in found.choices)
    return facts | {"choices": "\n".join(lines)}


def _choice(line: str) -> tuple[str, Names]:
    """
    Return key and names in a line.

    :raises ValidationError: for one of more than three parts, or with an empty one.
    """
    parts = _BARS.split(line.strip())
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise forms.ValidationError(
            _now("“%(line)s” is not written as key | Chinese | English.")
            % {"line": line.strip()[:60]}
        )
    if len(parts) == 3:
        return choice_key(Names("", parts[0])), Names(parts[1], parts[2])
    names = Names(parts[0], parts[-1])
    return choice_key(names), names
