"""The words in which a cube is declared: dimensions, metrics, facts and their columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from guanxi.foundation.actor import Actor
from guanxi.foundation.policies import policy_of
from guanxi.foundation.rooms import allowed
from guanxi.foundation.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

Key: TypeAlias = str | int | date
"""A value of a dimension as the warehouse keeps it: a word, a number, or a first day."""

Labels: TypeAlias = Callable[[Actor, Sequence[Any]], Mapping[Any, str]]
"""What the keys of a dimension are called, for a viewer."""


class Unit(StrEnum):
    """What a metric counts in; money is minor units, quantity thousandths."""

    MONEY = "money"
    COUNT = "count"
    QUANTITY = "quantity"
    PERCENT = "percent"


class KeyKind(StrEnum):
    """How a key is written in an address."""

    WORD = "word"
    NUMBER = "number"
    DAY = "day"

    def read(self, text: str) -> Key:
        """
        Return the key that ``text`` writes.

        :raises ValueError: if it writes none.
        """
        if self is KeyKind.NUMBER:
            return int(text)
        return date.fromisoformat(text) if self is KeyKind.DAY else text


@dataclass(frozen=True)
class Dimension:
    """
    A side from which facts are looked at.

    ``column`` gives its values from the joined table, ``table`` names the snapshot they
    stand in. ``needs`` are the fields (``"kind.field"``) one must read to group by it, for
    it would give them away. ``finer`` is the dimension that drilling down leads to.
    ``part`` selects of the table the rows that join, with the values in a column called as
    the key: so one table may hold many sides. ``rank`` is what keys are put in order by,
    where that is not their first figure. ``may`` is a permission that it takes beside the
    fields. Of one that ``is_many`` a record has several values or none: it counts in the
    row of each, and once in the sums.
    """

    key: str
    label: Words
    column: "Callable[[ir.Table], ir.Value]"
    labels: Labels
    kind: KeyKind = KeyKind.WORD
    table: str = ""
    needs: Sequence[str] = ()
    finer: str = ""
    splits: bool = False
    part: "Callable[[ir.Table], ir.Table] | None" = None
    rank: "Callable[[Any], Any] | None" = None
    may: str = ""
    is_many: bool = False

    @property
    def is_time(self) -> bool:
        """Whether its keys follow each other in time."""
        return self.kind is KeyKind.DAY


class GrowingSides(Mapping[str, Dimension]):
    """Dimensions that are declared in code, and more of which a house may add."""

    def __init__(
        self,
        declared: Mapping[str, Dimension],
        added: Callable[[], Mapping[str, Dimension]],
    ) -> None:
        self.declared = declared
        self.added = added

    def __getitem__(self, key: str) -> Dimension:
        """Return the dimension ``key``."""
        return self.declared[key] if key in self.declared else self.added()[key]

    def __iter__(self) -> Iterator[str]:
        """Return the keys, those declared in code first."""
        return chain(self.declared, self.added())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.declared) + len(self.added())


@dataclass(frozen=True)
class Metric:
    """
    One figure, defined once: its name, unit and grain, the formula, and where it is from.

    ``value`` is the formula over the rows of the fact; ``is_additive`` says whether the
    figure of a whole is the sum of those of its parts. ``unsplit`` is a faster formula
    with the same result where no dimension asked splits records. ``of_firsts`` says that
    the formula asks for ``first_on``, the day of each customer's first record in sight;
    ``counted`` keeps the rows that the figure counts, where it does not count all;
    ``of_costs`` says that what was spent beside goods is among the rows.
    """

    key: str
    label: Words
    unit: Unit
    grain: Words
    formula: Words
    value: "Callable[[ir.Table], ir.Scalar]"
    needs: Sequence[str] = ()
    is_additive: bool = True
    unsplit: "Callable[[ir.Table], ir.Scalar] | None" = None
    of_firsts: bool = False
    of_costs: bool = False
    counted: "Callable[[ir.Table], ir.BooleanValue] | None" = None


@dataclass(frozen=True)
class Cube:
    """
    A fact, the snapshots that join it by a column, and what can be asked of it.

    ``record`` is the column of the record each row is part of: by it a viewer sees or
    does not see a row; ``day`` is the column of its day.
    """

    fact: str
    record: str
    day: str
    joins: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    metrics: Mapping[str, Metric] = field(default_factory=dict)

    def dimensions_for(self, viewer: Actor) -> Mapping[str, Dimension]:
        """Return the dimensions whose fields ``viewer`` reads in clear."""
        return {
            key: one
            for key, one in self.dimensions.items()
            if reads(viewer, one.needs) and (not one.may or allowed(viewer, one.may))
        }

    def metrics_for(self, viewer: Actor) -> Mapping[str, Metric]:
        """Return the metrics whose fields ``viewer`` reads in clear."""
        sees_costs = allowed(viewer, "investment.read")
        return {
            key: one
            for key, one in self.metrics.items()
            if reads(viewer, one.needs) and (sees_costs or not one.of_costs)
        }


def reads(viewer: Actor, fields: Sequence[str]) -> bool:
    """Tell whether ``viewer`` reads all ``fields`` (``"kind.field"``) in clear."""
    named = (key.partition(".") for key in fields)
    return all(name in policy_of(kind).readable(viewer) for kind, _dot, name in named)
