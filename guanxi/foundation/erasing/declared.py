"""
What rooms tell about each of their tables: whose it is, and what erasing does with it.

Nothing is found out by guessing. A table that no room speaks of fails a test, and so does
a column that is neither erased nor said to stay.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from guanxi.foundation.words import Words

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Gone:
    """The rows are deleted."""


@dataclass(frozen=True)
class Covered:
    """
    The rows stay under a pseudonym: ``values`` are written over what tells of a person.

    ``stays`` names every other column, and why it tells of nobody or has to stay.
    """

    values: Mapping[str, Any]
    stays: Mapping[str, str]


@dataclass(frozen=True)
class Kept:
    """The rows stay as they are, and ``why``."""

    why: str


@dataclass(frozen=True)
class Settled:
    """The room does it itself, with ``do(rows, at)``; ``how`` says what."""

    do: "Callable[[QuerySet[Any], datetime], None]"
    how: str


Fate: TypeAlias = Gone | Covered | Kept | Settled


@dataclass(frozen=True)
class Via:
    """A table between the rows and the person: those of ``model`` where ``path`` is theirs."""

    model: str
    path: str


@dataclass(frozen=True)
class Enclosed:
    """A file that a person is given: its safe name, of no other row, and where it lies."""

    name: str
    path: Path


@dataclass(frozen=True)
class Holding:
    """
    A table that holds something about persons, one row for each ``paths`` leads to.

    Models are named by their labels. ``paths`` are lookups to the number of the person;
    any of them will do. With ``via`` they lead to the rows of another table. ``when`` are
    columns and the values they have in these rows. ``untold`` are columns that the person
    is not given, and why: what is computed for us, or tells of somebody else. ``encloses``
    finds the file that a row describes, for the person to have it too.
    """

    model: str
    of: str
    label: Words
    paths: Sequence[str]
    fate: Fate
    via: Via | None = None
    when: Mapping[str, str] = field(default_factory=dict)
    untold: Mapping[str, str] = field(default_factory=dict)
    encloses: "Callable[[Any], Enclosed | None] | None" = None

    @property
    def is_left(self) -> bool:
        """Whether erasing leaves anything of the rows but their keys."""
        if isinstance(self.fate, Covered):
            return len(self.fate.stays) > 1
        return not isinstance(self.fate, Gone)


@dataclass(frozen=True)
class Loose:
    """
    A table in which persons may be named without a key: rows are found by their signs.

    Rows of which a column contains a phone, an address, a number of the person are deleted.
    """

    model: str
    columns: Sequence[str]


@dataclass(frozen=True)
class Impersonal:
    """Tables that tell nothing of the persons the house deals with, and ``why``."""

    models: Sequence[str]
    why: str


@dataclass(frozen=True)
class Teller:
    """What a room knows about records of ``of`` beside its tables: ``tell(pks)``."""

    of: str
    name: str
    label: Words
    tell: Callable[[Sequence[int]], Sequence[Mapping[str, Any]]]


Store: TypeAlias = Callable[[Sequence[int], Sequence[str]], None]
"""
Erases persons (their numbers, their signs) outside the database, or where no row is one's own.

It is called while the database still knows them, and perhaps more than once.
"""
