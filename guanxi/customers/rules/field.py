"""
Fields that a house adds to its customers: what they hold, and what is known about them.

The three schemes by which the trade sorts what is known of a customer (data type, kind
of information, source channel) stand beside the duty of data protection to say what for
and how long a value is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db.models import TextChoices
from django.utils.functional import lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.customers.rules import Form
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.policies import Privacy
from guanxi.foundation.words import Words

# So that no field of a house ever meets one of the product.
PREFIX = "x_"
LONGEST_TEXT, LONGEST_PARAGRAPH = 200, 10_000
DECIMALS = Decimal("0.0001")
LARGEST = Decimal(10) ** 14

Stored = str | bool
"""What stands in the database: texts, numbers and days as texts, yes and no."""


class FieldKind(TextChoices):
    """What the values of a field are."""

    TEXT = "text", pgettext_lazy("field", "Text")
    PARAGRAPH = "paragraph", _("Long text")
    NUMBER = "number", pgettext_lazy("field", "Number")
    DATE = "date", pgettext_lazy("field", "Date")
    BOOLEAN = "boolean", _("Yes or no")
    CHOICE = "choice", _("Choice from a list")


class DataType(TextChoices):
    """What data describes: the customer, what we offered, or what was bought."""

    DESCRIPTIVE = "descriptive", _("Descriptive data")
    PROMOTIONAL = "promotional", _("Promotional data")
    TRANSACTIONAL = "transactional", _("Transactional data")


class InfoKind(TextChoices):
    """What kind of information it is."""

    DESCRIPTIVE = "descriptive", _("Descriptive information")
    BEHAVIORAL = "behavioral", _("Behavioral information")
    ASSOCIATED = "associated", _("Associated information")


class SourceChannel(TextChoices):
    """How it is learned."""

    DIRECT = "direct", _("Directly")
    INDIRECT = "indirect", _("Indirectly")


PRIVACY_LABELS = {
    Privacy.NONE: _("Not personal"),
    Privacy.PERSONAL: _("Personal"),
    Privacy.SENSITIVE: _("Sensitive"),
}


@dataclass(frozen=True)
class Names:
    """One thing in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Return the name in the active language."""
        is_chinese = (get_language() or "zh").startswith("zh")
        return self.zh if is_chinese else self.en

    @property
    def words(self) -> Words:
        """The name as a text in the language of whoever reads it."""
        return _in_language(self)


def _told(names: Names) -> str:
    return str(names)


_in_language: Callable[[Names], Words] = lazy(_told, str)


@dataclass(frozen=True)
class FieldSpec:
    """
    A field as it is in force.

    ``form`` is the nature of those who have it, empty for both. ``choices`` are the
    words of a choice by their keys. After ``review_months`` a value is to be looked at.
    """

    key: str
    kind: FieldKind
    names: Names
    group: str
    group_names: Names
    form: str = ""
    help: Names = Names("", "")
    choices: Mapping[str, Names] | None = None
    is_required: bool = False
    lowest: Decimal | None = None
    highest: Decimal | None = None
    privacy: Privacy = Privacy.NONE
    is_indexed: bool = False
    review_months: int | None = None
    purpose: str = ""

    def fits(self, form: str) -> bool:
        """Tell whether customers of this nature have the field."""
        return self.form in ("", form)

    def stored(self, value: object) -> Stored | None:
        """
        Return ``value`` as it is stored, None for an empty one.

        :raises Invalid: if it is none of this field.
        """
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            return None
        return _STORE[self.kind](self, value)

    def shown(self, value: object) -> str:
        """Return a stored value as people read it."""
        if value is None or value == "":
            return ""
        if self.kind is FieldKind.BOOLEAN:
            return str(_("Yes") if value else _("No"))
        if self.kind is FieldKind.CHOICE:
            return str((self.choices or {}).get(str(value), value))
        if self.kind is FieldKind.NUMBER:
            return f"{Decimal(str(value)):,f}"
        return str(value)


def _no_such(spec: FieldSpec) -> Invalid:
    return Invalid(
        _("“%(field)s” has no such value."), code="bad_value", field=str(spec.names)
    )


def _text(spec: FieldSpec, value: object) -> str:
    longest = LONGEST_TEXT if spec.kind is FieldKind.TEXT else LONGEST_PARAGRAPH
    text = str(value)
    if not isinstance(value, str) or "\0" in text:
        raise _no_such(spec)
    if len(text) > longest:
        raise Invalid(
            _("“%(field)s” has at most %(characters)s characters."),
            code="too_long",
            field=str(spec.names),
            characters=longest,
        )
    return text


def _number(spec: FieldSpec, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise _no_such(spec)
    try:
        number = Decimal(str(value)).quantize(DECIMALS)
    except InvalidOperation as error:
        raise _no_such(spec) from error
    least = -LARGEST if spec.lowest is None else spec.lowest
    most = LARGEST if spec.highest is None else spec.highest
    if not number.is_finite() or not least <= number <= most:
        raise Invalid(
            _("“%(field)s” must lie between %(least)s and %(most)s."),
            code="range",
            field=str(spec.names),
            least=f"{least:,f}",
            most=f"{most:,f}",
        )
    plain = f"{number:f}".rstrip("0").rstrip(".")
    return "0" if plain in ("", "-0") else plain


def _day(spec: FieldSpec, value: object) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise _no_such(spec) from error


def _truth(spec: FieldSpec, value: object) -> bool:
    if not isinstance(value, bool):
        raise _no_such(spec)
    return value


def _choice(spec: FieldSpec, value: object) -> str:
    if str(value) not in (spec.choices or {}):
        raise _no_such(spec)
    return str(value)


_STORE: Mapping[FieldKind, Callable[[FieldSpec, object], Stored]] = {
    FieldKind.TEXT: _text,
    FieldKind.PARAGRAPH: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _day,
    FieldKind.BOOLEAN: _truth,
    FieldKind.CHOICE: _choice,
}


def fields_for(specs: Sequence[FieldSpec], form: str) -> Sequence[FieldSpec]:
    """Return those of ``specs`` that customers of this nature have."""
    return [spec for spec in specs if spec.fits(form)]


FORM_CHOICES = [
    ("", _("Persons and organizations")),
    (Form.PERSON.value, _("Persons")),
    (Form.ORGANIZATION.value, _("Organizations")),
]
