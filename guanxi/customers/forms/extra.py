"""Controls for the fields that the house added."""

from collections.abc import Callable, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.forms.base import Day
from guanxi.customers.models.handling import withdrawn_choices
from guanxi.customers.rules.field import (
    LONGEST_PARAGRAPH,
    LONGEST_TEXT,
    FieldKind,
    FieldSpec,
)
from guanxi.foundation.words import Words

_EMPTY = ("", pgettext_lazy("choice", "Not set"))


def _yes_or_no() -> forms.TypedChoiceField:
    """Return the control of yes, no, or nothing said."""
    return forms.TypedChoiceField(
        choices=[_EMPTY, ("True", _("Yes")), ("False", _("No"))],
        coerce=lambda text: text == "True",
        empty_value=None,
    )


def added_field(
    spec: FieldSpec, *, is_required: bool, carried: object = None
) -> forms.Field:
    """
    Return the control of an added field.

    Choices that are offered no more are left out, but for the one ``carried``.
    """
    field = _CONTROLS[spec.kind](spec)
    if isinstance(field, forms.ChoiceField) and spec.kind is FieldKind.CHOICE:
        gone = {choice for key, choice in withdrawn_choices() if key == spec.key}
        gone.discard(str(carried))
        field.choices = [one for one in _listed(spec) if one[0] not in gone]
    field.label = spec.names.words
    field.help_text = spec.help.words
    field.required = is_required
    field.widget.is_required = False
    return field


def _choice(spec: FieldSpec) -> forms.Field:
    return forms.ChoiceField(choices=_listed(spec))


def _listed(spec: FieldSpec) -> list[tuple[str, Words]]:
    listed = [(key, names.words) for key, names in (spec.choices or {}).items()]
    return [_EMPTY, *listed]


def _number(spec: FieldSpec) -> forms.Field:
    return forms.DecimalField(
        max_digits=18,
        decimal_places=4,
        min_value=spec.lowest,
        max_value=spec.highest,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


_CONTROLS: Mapping[FieldKind, Callable[[FieldSpec], forms.Field]] = {
    FieldKind.TEXT: lambda spec: forms.CharField(max_length=LONGEST_TEXT),
    FieldKind.PARAGRAPH: lambda spec: forms.CharField(
        max_length=LONGEST_PARAGRAPH, widget=forms.Textarea(attrs={"rows": 3})
    ),
    FieldKind.NUMBER: _number,
    FieldKind.DATE: lambda spec: Day(),
    FieldKind.BOOLEAN: lambda spec: _yes_or_no(),
    FieldKind.CHOICE: _choice,
}
