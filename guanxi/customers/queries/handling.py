"""What helps to treat a customer of a kind, and what is said about each kind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from guanxi.customers.models import Customer, CustomField, Handling
from guanxi.customers.models.field import custom_fields
from guanxi.customers.models.handling import handlings
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules.field import FieldKind, FieldSpec, Names, fields_for
from guanxi.customers.rules.handling import (
    HandlingSpec,
    choice_of,
    handled_choices,
)
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require

_HANDLED = (FieldKind.CHOICE, FieldKind.BOOLEAN)


@dataclass(frozen=True)
class Treatment:
    """One kind of a customer, and what the house says about it."""

    label: Names
    value: str
    handling: HandlingSpec


@dataclass(frozen=True)
class Card:
    """All that helps to treat one customer."""

    treatments: Sequence[Treatment]
    can_set: bool = False

    def __bool__(self) -> bool:
        return bool(self.treatments or self.can_set)


@dataclass(frozen=True)
class HandledChoice:
    """One choice of a field, for those who arrange; ``handling`` None: nothing said."""

    key: str
    names: Names
    handling: Handling | None


@dataclass(frozen=True)
class HandledField:
    """A field and what is said about its choices."""

    field: CustomField
    choices: Sequence[HandledChoice]

    @property
    def is_handled(self) -> bool:
        """Whether anything is said about it."""
        return any(choice.handling for choice in self.choices)


def kind_fields(viewer: Actor, form: str, level: Level) -> Sequence[FieldSpec]:
    """Return the fields with a handling that ``viewer`` may read, or write."""
    keys = {field for field, _choice in handlings()}
    return [
        spec
        for spec in fields_for(custom_fields(), form)
        if spec.key in keys and CUSTOMER.level(viewer, spec.key) >= level
    ]


def card_of(viewer: Actor, customer: Customer) -> Card:
    """Return how ``viewer`` best treats ``customer``; no query."""
    can_edit = CUSTOMER.reaches(viewer, "edit", customer)
    return Card(
        treatments=list(treatments_of(viewer, customer)),
        can_set=can_edit and bool(kind_fields(viewer, customer.form, Level.WRITE)),
    )


def treatments_of(viewer: Actor, customer: Customer) -> Iterator[Treatment]:
    """Yield what is said about the kinds of a customer that ``viewer`` may read."""
    told = handlings()
    for spec in kind_fields(viewer, customer.form, Level.READ):
        value = customer.extra.get(spec.key)
        handling = told.get((spec.key, choice_of(value)))
        if handling is not None:
            yield Treatment(spec.names, spec.shown(value), handling)


def handled_fields(viewer: Actor) -> Sequence[HandledField]:
    """Return the fields of choices and of yes and no with what is said about each."""
    require(viewer, "custom_field.edit")
    rows = CustomField.objects.filter(kind__in=_HANDLED, is_active=True)
    rows = rows.select_related("group").prefetch_related("handlings")
    rows = rows.order_by("group__position", "group_id", "position", "pk")
    return [HandledField(row, _choices(row)) for row in rows]


def _choices(field: CustomField) -> Sequence[HandledChoice]:
    said: Mapping[str, Handling] = {row.choice: row for row in field.handlings.all()}
    named = handled_choices(field.spec).items()
    return [HandledChoice(key, names, said.get(key)) for key, names in named]


def handled_choice(
    viewer: Actor, field_id: int, key: str
) -> tuple[CustomField, HandledChoice]:
    """
    Return one choice of a field with what is said about it.

    :raises NotVisible: if there is none for ``viewer``.
    """
    require(viewer, "custom_field.edit")
    rows = CustomField.objects.filter(pk=field_id, kind__in=_HANDLED)
    field = rows.select_related("group").prefetch_related("handlings").first()
    if field is None:
        raise NotVisible
    for choice in _choices(field):
        if choice.key == key:
            return field, choice
    raise NotVisible
