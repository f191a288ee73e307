"""How a customer is treated, and which customers a rule of contact is about."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from guanxi.customers.models import Customer, CustomField, Handling
from guanxi.customers.models.field import custom_fields
from guanxi.customers.models.handling import handlings
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules.field import FieldKind, FieldSpec, Names, fields_for
from guanxi.customers.rules.handling import (
    RESTRAINED,
    YES,
    ContactPolicy,
    ContactRule,
    HandlingSpec,
    choice_of,
    contact_rule_of,
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
    rule: ContactRule | None
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
    treatments = list(_treatments(viewer, customer))
    rules = (one.handling.rule for one in treatments)
    return Card(
        treatments=treatments,
        # Of what the viewer may read alone: a rule would tell of the rest.
        rule=contact_rule_of(rule for rule in rules if rule is not None),
        can_set=can_edit and bool(kind_fields(viewer, customer.form, Level.WRITE)),
    )


def _treatments(viewer: Actor, customer: Customer) -> Iterator[Treatment]:
    told = handlings()
    for spec in kind_fields(viewer, customer.form, Level.READ):
        value = customer.extra.get(spec.key)
        handling = told.get((spec.key, choice_of(value)))
        if handling is not None:
            yield Treatment(spec.names, spec.shown(value), handling)


def contact_rule(customer: Customer) -> ContactRule | None:
    """Return who makes contact with ``customer`` by its kinds, None where none says so."""
    keys = {spec.key for spec in fields_for(custom_fields(), customer.form)}
    return contact_rule_of(
        handling.rule
        for (field, choice), handling in handlings().items()
        if handling.rule is not None
        and field in keys
        and choice_of(customer.extra.get(field)) == choice
    )


def under_policies(policies: Collection[ContactPolicy]) -> Q:
    """Return the condition that some kind of a customer brings one of ``policies``."""
    # By containment, which is never unknown: so its opposite holds for all others.
    parts = [
        Q(extra__contains={field: True if choice == YES else choice})
        for (field, choice), handling in handlings().items()
        if handling.rule is not None and handling.rule.policy in policies
    ]
    return reduce(or_, parts, Q(pk__in=()))


def left_in_peace() -> Q:
    """Return the condition that the house does not come first to a customer."""
    return under_policies(RESTRAINED)


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
