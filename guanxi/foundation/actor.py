"""Who acts: the protocol every command and query asks for, and the system itself."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol, runtime_checkable

from django.utils.translation import gettext


class Depth(IntEnum):
    """
    How far an action reaches: nobody's rows, one's own, the team's, … all rows.

    Each holds what those before it hold. Roles store the numbers.
    """

    NONE = 0
    OWN = 1
    TEAM = 2
    TEAM_TREE = 3
    TERRITORY = 4
    ALL = 5


class Level(IntEnum):
    """How openly a field is shown."""

    HIDDEN = 0
    MASKED = 1
    READ = 2
    WRITE = 3


@dataclass(frozen=True)
class Grants:
    """
    What a principal may do: a depth per permission and a level per field.

    ``depths`` maps ``"thing.edit"`` to a depth; what is not named is refused.
    ``levels`` maps ``"thing.field"`` to a level; what is not named falls back to
    the policy's default for the field. Whatever these say, fields that are ``covered`` are
    masked at most and permissions that are ``shut`` refused, until the principal has done
    what he owes. ``shared`` and ``walled`` name the kinds of which somebody has shared
    single records with the principal, or shut some from him: only then do conditions ask
    for them.
    """

    depths: Mapping[str, Depth] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    everything: bool = False
    covered: frozenset[str] = frozenset()
    shut: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    walled: frozenset[str] = frozenset()
    # What follows from these grants, such as levels, which a page asks a thousand of.
    worked_out: dict[Hashable, Any] = field(
        default_factory=dict, compare=False, repr=False
    )

    def depth(self, permission: str) -> Depth:
        """Return how far ``permission`` reaches."""
        if permission in self.shut:
            return Depth.NONE
        if self.everything:
            return Depth.ALL
        return self.depths.get(permission, Depth.NONE)

    def level(self, field_key: str, default: Level) -> Level:
        """Return how openly the field ``"kind.field"`` is shown."""
        level = Level.WRITE if self.everything else self.levels.get(field_key, default)
        return min(level, Level.MASKED) if field_key in self.covered else level


@runtime_checkable
class Actor(Protocol):
    """Anyone who can ask for something: a user, a token, or the system."""

    @property
    def actor_id(self) -> int | None:
        """The user behind the action, or None for the system."""

    @property
    def actor_name(self) -> str:
        """What the log calls the actor."""

    @property
    def grants(self) -> Grants:
        """What the actor may do."""

    @property
    def team_id(self) -> int | None:
        """The actor's own team."""

    @property
    def team_ids(self) -> frozenset[int]:
        """The actor's own team and all teams below it."""


@dataclass(frozen=True)
class System:
    """
    The house itself, acting for a named reason (never for a person's request).

    ``reason`` is marked with ``gettext_noop``: logs keep it, `shown_actor` translates it.
    """

    reason: str
    actor_id: int | None = None
    team_id: int | None = None
    team_ids: frozenset[int] = frozenset()
    grants: Grants = Grants(everything=True)

    @property
    def actor_name(self) -> str:
        """Return the reason, which is how the log names the system."""
        return self.reason


def shown_actor(name: str, actor_id: int | None) -> str:
    """Return how people read a logged actor: users by name, the house's reasons in words."""
    return gettext(name) if name and actor_id is None else name
