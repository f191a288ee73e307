"""Two customers side by side, field by field, as one viewer may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from guanxi.customers.forms.merge import MergeForm, choice_of
from guanxi.customers.models import Address, Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.merge import values_of
from guanxi.customers.queries.trait import trait_words
from guanxi.customers.rules import KIND_SCHEMES, Form, State
from guanxi.customers.rules.merge import CHOSEN, Side, proposed_side
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.phones import show_phone
from guanxi.foundation.words import Words

# Of these all are kept: the choice says which is used first.
_LABELS = {
    "phone": _("First phone"),
    "email": _("First e-mail"),
    "wechat": _("First WeChat"),
    "address": _("First address"),
}


@dataclass(frozen=True)
class Choice:
    """One value that can be taken; ``text`` is how the viewer may see it."""

    side: Side
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Line:
    """One field of both; ``is_open`` if it is the viewer's to choose."""

    field: str
    label: Words
    choices: Sequence[Choice]
    is_same: bool
    is_open: bool


@dataclass(frozen=True)
class Comparison:
    """What differs, what is the same, and what of each is shown; how many orders each has."""

    lines: Sequence[Line]
    shown: tuple[dict[str, object], dict[str, object]]
    orders: tuple[str, str]

    @property
    def differing(self) -> Sequence[Line]:
        """The fields with a choice to make."""
        return [line for line in self.lines if not line.is_same]

    @property
    def same(self) -> Sequence[Line]:
        """The fields that say the same."""
        return [line for line in self.lines if line.is_same]


def compared(
    viewer: Actor, survivor: Customer, gone: Customer, form: MergeForm
) -> Comparison:
    """Return both side by side, with what ``form`` chose, or else what is proposed."""
    ours, theirs = values_of(survivor), values_of(gone)
    lines: list[Line] = []
    shown: tuple[dict[str, object], dict[str, object]] = ({}, {})
    for field in CHOSEN:
        texts = (
            _told(survivor, field) or _text(field, ours[field]),
            _told(gone, field) or _text(field, theirs[field]),
        )
        if CUSTOMER.level(viewer, field) is Level.HIDDEN or not any(texts):
            continue
        for told, text in zip(shown, texts, strict=True):
            told[field] = text
        proposed = proposed_side(field, ours[field], theirs[field])
        chosen = choice_of(form, field) or proposed
        lines.append(_line(viewer, survivor, field, texts, chosen))
    orders = (_orders(viewer, survivor), _orders(viewer, gone))
    return Comparison(lines, shown, orders)


def _orders(viewer: Actor, customer: Customer) -> str:
    return CUSTOMER.shown(viewer, "order_count", trait_words(customer)["order_count"])


def _line(
    viewer: Actor, survivor: Customer, field: str, texts: tuple[str, str], chosen: str
) -> Line:
    sides = [Side.SURVIVOR, Side.GONE]
    choices = [
        Choice(side, CUSTOMER.shown(viewer, field, text), is_chosen=side == chosen)
        for side, text in zip(sides, texts, strict=True)
    ]
    if field == "note" and all(texts):
        choices.append(Choice(Side.BOTH, str(Side.BOTH.label), chosen == Side.BOTH))
    return Line(
        field=field,
        label=_LABELS.get(field, CUSTOMER.fields[field].label),
        choices=choices,
        # As he sees them: whether covered values are equal is told to nobody.
        is_same=choices[0].text == choices[1].text,
        is_open=_is_open(viewer, survivor, field),
    )


def _is_open(viewer: Actor, survivor: Customer, field: str) -> bool:
    action = "assign" if field == "owner" else "edit"
    is_written = CUSTOMER.level(viewer, field) is Level.WRITE
    return is_written and CUSTOMER.reaches(viewer, action, survivor)


def _told(customer: Customer, field: str) -> str:
    """Return the name of the record that a field points at, if it points at one."""
    if field == "owner":
        return customer.owner.name if customer.owner else ""
    if field in KIND_SCHEMES:
        return str(getattr(customer, field) or "")
    return ""


def _text(field: str, value: object) -> str:
    """Return a value as people read it."""
    if value is None or value == "":
        return ""
    if field == "form":
        return str(Form(str(value)).label)
    if field == "state":
        return str(State(str(value)).label)
    if field == "is_key":
        return str(_("Yes")) if value else pgettext("key account", "No")
    if field == "phone":
        return show_phone(str(value))
    if isinstance(value, Address):
        parts = (value.province, value.city, value.district, value.street)
        return " ".join(part for part in parts if part)
    return _figure(field, value)


def _figure(field: str, value: object) -> str:
    if isinstance(value, Decimal):
        return figures.amount(value, settings.CURRENCY)
    if field == "employees":
        return figures.grouped(int(str(value)))
    return str(value)
