"""
Three questions, asked by every query, command, form, table, export and search.

``may``: is this permission granted on this subject? ``visible``: which rows? And
``readable``: which fields, how openly? Each room declares a ``Policy`` for a kind
of record; roles grant depths and levels; nothing else decides.
"""

from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any

from django.db.models import Model, Q, QuerySet

from guanxi.foundation.actor import Actor, Depth, Level
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.purposes import Purpose
from guanxi.foundation.ties.conditions import shared_with, walled_from
from guanxi.foundation.ties.declared import (
    IN_TERRITORY,
    SET_WALLS,
    WALLED,
    Territories,
    Ties,
)
from guanxi.foundation.ties.models import ShareLevel
from guanxi.foundation.ties.standing import learn, standing, standings
from guanxi.foundation.words import Words

READ = "read"
COVERED = "***"
NOBODY = Q(pk__in=[])


class Privacy(StrEnum):
    """How much a field tells about a person."""

    NONE = "none"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class Field:
    """
    The read policy of one field.

    ``level`` is what a role gets that says nothing about the field. A field that is
    masked is shown through ``mask``; without a mask it is hidden instead. ``follows``
    are fields that this one would give away (``"thing.name"``): it is shown no more
    openly than they are. ``purposes`` are what it is kept for where that differs from
    the rest of its kind; what names its own tells of somebody, though not of privacy.
    """

    label: Words
    privacy: Privacy = Privacy.NONE
    level: Level = Level.WRITE
    mask: Callable[[str], str] | None = None
    follows: Sequence[str] = ()
    purposes: Sequence[Purpose] = ()


class GrowingFields(Mapping[str, Field]):
    """Fields that are declared in code, and more of which a house may add."""

    def __init__(
        self, declared: Mapping[str, Field], added: Callable[[], Mapping[str, Field]]
    ) -> None:
        self.declared = declared
        self.added = added

    def __getitem__(self, name: str) -> Field:
        """Return the field called ``name``."""
        return self.declared[name] if name in self.declared else self.added()[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names, those declared in code first."""
        return chain(self.declared, self.added())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.declared) + len(self.added())


@dataclass(frozen=True)
class About:
    """The record of another kind on which one hangs, and the path to its number."""

    kind: str
    path: str


@dataclass(frozen=True)
class Policy:
    """
    What a room says about one kind of record.

    ``owner`` and ``team`` are lookup paths to the row facts that depths speak of; a
    kind without them has no owner, so that any granted depth means all its rows.
    ``always`` are the fields that whoever sees a record sees, whatever his roles say:
    without them a page would not say what it is about. ``ties`` open and shut single
    records; a kind ``about`` another is read, and shut, by the ties of that one.
    ``purposes`` are what its fields are kept for that do not name their own; ``page`` is
    the address of the page of one record, which takes its number.
    """

    kind: str
    label: Words
    actions: Mapping[str, Words]
    fields: Mapping[str, Field] = field(default_factory=dict)
    owner: str = ""
    team: str = ""
    always: Collection[str] = ()
    ties: Ties | None = None
    about: About | None = None
    purposes: Sequence[Purpose] = ()
    page: str = ""

    def permission(self, action: str) -> str:
        """Return the permission of ``action`` on this kind: ``"thing.edit"``."""
        return f"{self.kind}.{action}"

    def purposes_of(self, name: str) -> Sequence[Purpose]:
        """Return what the field ``name`` is kept for; nothing if it tells of nobody."""
        rule = self.fields[name]
        is_impersonal = rule.privacy is Privacy.NONE
        return rule.purposes or (() if is_impersonal else self.purposes)

    def visible(self, actor: Actor, action: str = READ) -> Q:
        """Return the rows on which ``actor`` may do ``action``."""
        depth = actor.grants.depth(self.permission(action))
        if depth is Depth.NONE:
            return NOBODY
        tied = self.tied(actor)
        found = self.within(actor, depth)
        level = self.share_level(action)
        if found and level in tied:
            found |= tied[level]
        if depth is Depth.TERRITORY and IN_TERRITORY in tied:
            found |= tied[IN_TERRITORY]
        return found & ~tied[WALLED] if WALLED in tied else found

    def reaches(self, actor: Actor, action: str, subject: Model) -> bool:
        """Tell whether ``action`` is granted on ``subject``, as ``visible`` does."""
        depth = actor.grants.depth(self.permission(action))
        if depth is Depth.NONE:
            return False
        ties = self.ties_of(actor)
        if WALLED in ties and WALLED in self._standing(actor, subject, ties):
            return False
        if self.holds(actor, depth, subject):
            return True
        ways = {self.share_level(action)}
        if depth is Depth.TERRITORY:
            ways.add(IN_TERRITORY)
        ways &= set(ties)
        return bool(ways) and not ways.isdisjoint(self._standing(actor, subject, ties))

    def _standing(
        self, actor: Actor, subject: Model, ties: Sequence[str]
    ) -> Collection[str]:
        """Return which of ``ties`` there are between ``actor`` and ``subject``."""
        model, pk = subject.__class__, subject.pk

        def ask() -> Iterable[Sequence[object]]:
            rows: Iterable[Any] = asked_by(actor, _standings, self.kind, model, pk=pk)
            return rows

        return standing(actor, subject, ties, ask)

    def tied(self, actor: Actor) -> Mapping[str, Q]:
        """
        Return the conditions of the ties that single records of this kind have to ``actor``.

        By the names that `ties_of` gives, in its order. For most it is empty: nobody has
        shared anything with them.
        """
        anchor = self.anchor()
        names = self.ties_of(actor)
        if anchor is None or not names:
            return {}
        _kind, path, ties = anchor
        found = {}
        for name in names:
            if name == WALLED:
                found[name] = walled_from(ties.walls, actor, path)
            elif name == IN_TERRITORY and self.territories:
                found[name] = self.territories.reached(actor, path)
            else:
                to_edit = name == ShareLevel.EDIT.value
                found[name] = shared_with(ties.shares, actor, path, to_edit=to_edit)
        return found

    def ties_of(self, actor: Actor) -> Sequence[str]:
        """
        Return which ties records of this kind may have to ``actor``, from his grants.

        `WALLED` for those shut from him, the levels of a share, and `IN_TERRITORY`.
        """
        anchor = self.anchor()
        if anchor is None:
            return ()
        kind, found = anchor[0], []
        if kind in actor.grants.walled and actor.grants.depth(SET_WALLS) is Depth.NONE:
            found.append(WALLED)
        if kind in actor.grants.shared:
            found += [level.value for level in ShareLevel]
        if self.territories is not None and self._reaches_territories(actor):
            found.append(IN_TERRITORY)
        return found

    @property
    def territories(self) -> Territories | None:
        """How the records lie in territories: their own, or those they hang on."""
        anchor = self.anchor()
        return anchor[2].territories if anchor else None

    def _reaches_territories(self, actor: Actor) -> bool:
        """Tell whether an action on this kind reaches territories; kept with the grants."""
        key = id(self), IN_TERRITORY
        known: bool | None = actor.grants.worked_out.get(key)
        if known is None:
            depths = (actor.grants.depth(self.permission(a)) for a in self.actions)
            known = actor.grants.worked_out[key] = Depth.TERRITORY in depths
        return known

    def share_level(self, action: str) -> str:
        """Return the level of a share that lets people do ``action``; empty if none does."""
        if self.ties is None:
            opens_reading = self.about is not None and action == READ
            return ShareLevel.READ.value if opens_reading else ""
        if action in self.ties.by_reading:
            return ShareLevel.READ.value
        return ShareLevel.EDIT.value if action in self.ties.by_editing else ""

    def anchor(self) -> tuple[str, str, Ties] | None:
        """Return whose ties count here, and the path to that record: its own, or another's."""
        if self.ties is not None:
            return self.kind, "pk", self.ties
        if self.about is None:
            return None
        ties = _policies[self.about.kind].ties
        return (self.about.kind, self.about.path, ties) if ties else None

    def holds(self, actor: Actor, depth: Depth, subject: Model) -> bool:
        """Tell whether owner or team of ``subject`` put it within ``depth`` of ``actor``."""
        if depth is Depth.ALL or not self.owner:
            return depth > Depth.NONE
        if actor.actor_id and _fact(subject, self.owner) == actor.actor_id:
            return depth > Depth.NONE
        if depth < Depth.TEAM or not self.team:
            return False
        teams = actor.team_ids if depth > Depth.TEAM else _only(actor.team_id)
        return _fact(subject, self.team) in teams

    def within(self, actor: Actor, depth: Depth) -> Q:
        """Return the rows within ``depth`` of ``actor``, as `holds` tells of one."""
        if depth is Depth.ALL or not self.owner:
            return Q()
        own = Q(**{self.owner: actor.actor_id}) if actor.actor_id else NOBODY
        if depth is Depth.OWN or not self.team:
            return own
        teams = actor.team_ids if depth > Depth.TEAM else _only(actor.team_id)
        return own | Q(**{f"{self.team}__in": sorted(teams)})

    def level(self, actor: Actor, name: str) -> Level:
        """Return how openly ``actor`` sees the field ``name``; kept with his grants."""
        worked_out = actor.grants.worked_out
        key = (id(self), name)
        level: Level | None = worked_out.get(key)
        if level is None:
            level = worked_out[key] = self._level(actor, name)
        return level

    def _level(self, actor: Actor, name: str) -> Level:
        rule = self.fields[name]
        level = actor.grants.level(f"{self.kind}.{name}", rule.level)
        if name in self.always:
            level = max(level, Level.READ)
        for key in rule.follows:
            level = min(level, _told_level(actor, key))
        if level is Level.MASKED and rule.mask is None:
            return Level.HIDDEN
        return level

    def readable(self, actor: Actor) -> frozenset[str]:
        """Return the fields shown in clear: the only ones to filter or sort by."""
        return self._fields(
            actor, "readable", lambda f: self.level(actor, f) >= Level.READ
        )

    def writable(self, actor: Actor) -> frozenset[str]:
        """Return the fields ``actor`` may set."""
        return self._fields(
            actor, "writable", lambda f: self.level(actor, f) is Level.WRITE
        )

    def protected(self, actor: Actor) -> frozenset[str]:
        """Return the fields that tell about a person and that ``actor`` sees in clear."""
        readable = self.readable(actor)
        return self._fields(
            actor,
            "protected",
            lambda f: f in readable and self.fields[f].privacy is not Privacy.NONE,
        )

    def _fields(
        self, actor: Actor, word: str, fits: Callable[[str], bool]
    ) -> frozenset[str]:
        """Return the fields that fit; kept with the actor's grants under ``word``."""
        worked_out = actor.grants.worked_out
        key = id(self), "fields", word
        found: frozenset[str] | None = worked_out.get(key)
        if found is None:
            found = worked_out[key] = frozenset(filter(fits, self.fields))
        return found

    def shown(self, actor: Actor, name: str, value: str) -> str:
        """Return ``value`` as ``actor`` may see it: clear, masked, or empty."""
        level = self.level(actor, name)
        if level >= Level.READ:
            return value
        mask = self.fields[name].mask
        if level is Level.MASKED and mask and value:
            return mask(value)
        return ""


def _standings(
    viewer: Actor, kind: str, model: type[Model], pk: int
) -> "QuerySet[Any]":
    """Return how the record ``pk`` of ``model`` stands to ``viewer``; asked compiled."""
    return standings(model, _policies[kind].tied(viewer)).filter(pk=pk)


_policies: dict[str, Policy] = {}
_kinds: dict[type[Model], str] = {}


def register(policy: Policy, *models: type[Model]) -> Policy:
    """Make ``policy`` the one that speaks for its kind and for ``models``."""
    _policies[policy.kind] = policy
    for model in models:
        _kinds[model] = policy.kind
    return policy


def policy_of(kind: str) -> Policy:
    """Return the policy of ``kind``."""
    return _policies[kind]


def policy_for(record: Model) -> Policy:
    """Return the policy that speaks for ``record``."""
    return _policies[_kinds[record.__class__]]


def kind_of(model: type[Model]) -> str:
    """Return the kind whose policy speaks for ``model``, or "" if none does."""
    return _kinds.get(model, "")


def models_of(kind: str) -> Sequence[type[Model]]:
    """Return the models that the policy of ``kind`` speaks for."""
    return [model for model, its_kind in _kinds.items() if its_kind == kind]


def all_policies() -> Iterable[Policy]:
    """Return every policy, in the order of registration."""
    return _policies.values()


def require(actor: Actor, permission: str, *subjects: Model) -> None:
    """
    Let the call go on only when ``actor`` has ``permission`` on all ``subjects``.

    A subject of another kind than the permission's (what a new one belongs to) must
    be visible. Without subjects, any granted depth is enough.

    :raises NotVisible: for a subject the actor may not even read.
    :raises Denied: for a visible one on which the action is not granted.
    """
    kind, _, action = permission.partition(".")
    policy = _policies[kind]
    _learn_all(actor, subjects)
    for subject in subjects:
        _require_subject(actor, policy, action, subject)
    if not subjects and actor.grants.depth(permission) is Depth.NONE:
        raise Denied(permission)


def _learn_all(actor: Actor, subjects: Sequence[Model]) -> None:
    """Ask of many subjects at once how they stand to ``actor``, where that matters."""
    by_kind: dict[str, list[Model]] = {}
    for subject in subjects:
        by_kind.setdefault(_kinds.get(subject.__class__, ""), []).append(subject)
    for kind, alike in by_kind.items():
        # A single one is asked about by a query that is compiled already.
        if kind and len(alike) > 1 and _policies[kind].ties_of(actor):
            learn(actor, alike, _policies[kind].tied(actor))


def _require_subject(actor: Actor, policy: Policy, action: str, subject: Model) -> None:
    # Not type(): the signed-in user comes as a lazy object that only says it is one.
    own_kind = _kinds.get(subject.__class__, policy.kind)
    if not _policies[own_kind].reaches(actor, READ, subject):
        raise NotVisible
    if own_kind != policy.kind:
        if actor.grants.depth(policy.permission(action)) is Depth.NONE:
            raise Denied(policy.permission(action))
    elif not policy.reaches(actor, action, subject):
        raise Denied(policy.permission(action))


def reachable(actor: Actor, permission: str, pks: Collection[int]) -> Collection[int]:
    """
    Return those of ``pks`` on which ``actor`` has ``permission``.

    One query however many they are, and none for whoever has it on all records. The kind
    is one of a single model.
    """
    kind, _, action = permission.partition(".")
    visible = _policies[kind].visible(actor, action)
    if not visible:
        return pks
    (model,) = models_of(kind)
    rows = model._base_manager.filter(visible, pk__in=pks)
    return set(rows.values_list("pk", flat=True))


def may(actor: Actor, permission: str, *subjects: Model) -> bool:
    """Tell whether ``require`` would let the call go on."""
    try:
        require(actor, permission, *subjects)
    except (Denied, NotVisible):
        return False
    return True


def _told_level(actor: Actor, key: str) -> Level:
    """Return how openly a field may be given away by another; in clear, without limit."""
    kind, _, name = key.partition(".")
    level = _policies[kind].level(actor, name)
    return Level.WRITE if level >= Level.READ else level


def _only(team_id: int | None) -> frozenset[int]:
    return frozenset() if team_id is None else frozenset({team_id})


def _fact(subject: Model, path: str) -> object:
    found: object = subject
    for name in path.split("__"):
        found = getattr(found, name, None)
    return found
