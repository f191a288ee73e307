"""The sets of data the house has about customers, and what is said of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guanxi.customers.models import DataSet, FieldGroup
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules.data_set import OWN
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import all_policies, require
from guanxi.foundation.words import Words

# What hangs on a customer under a right to read of its own, beside the groups of fields.
_PARTS = (
    *("phone", "address", "note", "files", "consent", "plans", "findings"),
    *("credit_reports", "tags"),
)


@dataclass(frozen=True)
class ListedSet:
    """One line of the sheet: a set of data, and what is said of it if anything is."""

    key: str
    label: Words
    said: DataSet | None

    @property
    def is_own(self) -> bool:
        """Whether the house named it itself, so that it can be removed."""
        return self.key.startswith(OWN)


def data_sets(viewer: Actor) -> Sequence[ListedSet]:
    """Return all sets of data: those of the house's fields and records, then its own."""
    require(viewer, "custom_field.edit")
    said = {row.key: row for row in DataSet.objects.order_by("pk")}
    there = [ListedSet(key, label, said.get(key)) for key, label in _known()]
    own = [ListedSet(k, row.name, row) for k, row in said.items() if k.startswith(OWN)]
    return [*there, *own]


def data_set(viewer: Actor, key: str) -> ListedSet:
    """
    Return one set of data.

    :raises NotVisible: if there is none.
    """
    for one in data_sets(viewer):
        if one.key == key:
            return one
    raise NotVisible


def upkeep(sets: Sequence[ListedSet]) -> Decimal:
    """Return what all sets cost in a year, as far as it is said."""
    costs = (one.said.upkeep_cost for one in sets if one.said)
    return sum((cost for cost in costs if cost is not None), Decimal(0))


def _known() -> Iterator[tuple[str, Words]]:
    """Yield what the house keeps: groups of fields, parts of the record, other records."""
    for group in FieldGroup.objects.order_by("position", "pk"):
        yield f"group-{group.key}", str(group)
    for name in _PARTS:
        yield name.replace("_", "-"), CUSTOMER.fields[name].label
    for policy in all_policies():
        if policy.about is not None and policy.about.kind == CUSTOMER.kind:
            yield f"kind-{policy.kind}".replace("_", "-"), policy.label
