"""What a room says of the ties of its records: the tables, and how they lie in territories."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q

from guanxi.foundation.actor import Actor
from guanxi.foundation.ties.models import Share, Wall

# The names of what a record can be to somebody, beside the levels of a share.
WALLED = "walled"
IN_TERRITORY = "in_territory"
# Whoever sets walls is not behind them: somebody has to see what to tear down.
SET_WALLS = "wall.edit"


@dataclass(frozen=True)
class Place:
    """A territory with one of those whose it is: a user, or a team with those below it."""

    name: str
    user_id: int | None
    team_id: int | None


@dataclass(frozen=True)
class Territories:
    """
    How the records of a kind lie in territories.

    ``reached`` gives the condition that the record at a path is in one of an actor's,
    ``places`` tell of the record with a number in whose territories it is.
    """

    reached: Callable[[Actor, str], Q]
    places: Callable[[int], Sequence[Place]]


@dataclass(frozen=True)
class Ties:
    """
    The tables by which single records of a kind are opened to people and shut from them.

    A share lets its holder do ``by_reading`` on the record, one to edit ``by_editing``
    too: as far as his roles let him do it on any record at all.
    """

    shares: type[Share]
    walls: type[Wall]
    by_reading: Collection[str] = ("read",)
    by_editing: Collection[str] = ()
    territories: Territories | None = None
