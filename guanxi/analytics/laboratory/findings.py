"""What a model found: parameters, tables, and one row for each customer."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Table:
    """
    A named table: columns of equal length by key, as JSON and CSV name them.

    ``title`` is for people; ``headings`` are, where a key is not good enough for them.
    """

    title: str
    columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]
    headings: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> list[list[object]]:
        """Return the rows in plain Python values; what is not a number is None."""
        return [
            list(row)
            for row in zip(*map(_plain_column, self.columns.values()), strict=True)
        ]

    def records(self) -> list[dict[str, object]]:
        """Return the rows as objects by key."""
        keys = list(self.columns)
        return [dict(zip(keys, row, strict=True)) for row in self.rows()]


@dataclass(frozen=True, eq=False)
class Findings:
    """
    What a model says of a file; ``tables`` by the key that JSON gives them.

    ``facts`` are further single values of the JSON. ``each`` makes one row
    a customer, for the file of ``--output``. ``notes`` are translated sentences.
    """

    n: int
    parameters: Mapping[str, object] = field(default_factory=dict)
    log_likelihood: float | None = None
    standard_errors: Mapping[str, float] | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    notes: Sequence[str] = ()
    each: Callable[[], Table] | None = None


def as_facts(model: str, version: str, found: Findings) -> dict[str, object]:
    """Return ``found`` as JSON has it: full double precision, null for no number."""
    errors = found.standard_errors
    return {
        "model": model,
        "version": version,
        "n": found.n,
        "parameters": plain(found.parameters),
        "log_likelihood": plain(found.log_likelihood),
        "standard_errors": None if errors is None else plain(errors),
        **{key: plain(value) for key, value in found.facts.items()},
        **{key: table.records() for key, table in found.tables.items()},
        "notes": list(found.notes),
    }


def plain(value: object) -> object:
    """Return ``value`` without numpy's types; NaN and infinity become None."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return [plain(each) for each in value.tolist()]
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _plain_column(values: Iterable[object]) -> Iterable[object]:
    whole = values.tolist() if isinstance(values, np.ndarray) else values
    return [plain(value) for value in whole]
