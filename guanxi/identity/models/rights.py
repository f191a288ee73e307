"""
What users may do, kept in memory from one request to the next.

A user's ``epoch`` grows in the transaction that changes roles or teams, and the user's
row is read by every request: so what is kept under ``(user, epoch)`` is never older than
the row, and a page costs no query for roles and teams. The short life is a second wall,
against changes by hand in the database.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock
from time import monotonic
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists
from django.utils.timezone import localdate

from guanxi.foundation.actor import Grants
from guanxi.foundation.arranged import forgets
from guanxi.foundation.policies import all_policies
from guanxi.foundation.ties.conditions import in_force, open_ties
from guanxi.foundation.ties.declared import Ties
from guanxi.identity.models.duty import owed_by
from guanxi.identity.models.gate import gated
from guanxi.identity.models.role import Role
from guanxi.identity.models.team import Team
from guanxi.identity.rules.duty import Owed
from guanxi.identity.rules.grants import merge_grants

LIFE_SECONDS = 30.0
MOST_KEPT = 2000


@dataclass(frozen=True)
class Rights:
    """The grants of a user, the team with all teams below it, and what he owes."""

    grants: Grants
    team_ids: frozenset[int]
    duties: tuple[Owed, ...] = ()


@dataclass(frozen=True)
class Member:
    """Somebody as ties know him: who he is, and his team."""

    actor_id: int | None
    team_id: int | None
    actor_name: str = ""
    grants: Grants = field(default_factory=Grants)
    team_ids: frozenset[int] = frozenset()


NO_RIGHTS = Rights(grants=Grants(), team_ids=frozenset())
_kept: dict[tuple[int, int], tuple[float, Rights]] = {}
_alike: dict[Hashable, Grants] = {}
_lock = Lock()


def rights_of(user_id: int, epoch: int, team_id: int | None, joined_on: date) -> Rights:
    """
    Return the rights of a user: from memory, or by one query each for roles and teams.

    What he owes is one more, in a house that asks for something.
    """
    key = (user_id, epoch)
    until, rights = _kept.get(key, (0.0, NO_RIGHTS))
    if monotonic() < until:
        return rights
    duties = owed_by([(user_id, joined_on)], localdate()).get(user_id, [])
    tied = _tied(role_grants(user_id), Member(user_id, team_id))
    grants = _shared(gated(tied, duties))
    rights = Rights(grants=grants, team_ids=_team_ids(team_id), duties=tuple(duties))
    _keep(key, rights)
    return rights


def forget_rights() -> None:
    """Empty the memory, and with it what was worked out from the rights."""
    with _lock:
        _kept.clear()
        _alike.clear()


forgets(forget_rights)


def role_grants(user_id: int) -> Grants:
    """Return what the roles of a user allow together, whether or not he is active."""
    roles = Role.objects.filter(user=user_id)
    return merge_grants(roles.values_list("is_everything", "depths", "levels"))


def _shared(grants: Grants) -> Grants:
    """Return the grants of all who may do the same: what follows is worked out once."""
    levels, depths = frozenset(grants.levels.items()), frozenset(grants.depths.items())
    key = (
        *(grants.everything, levels, depths),
        *(grants.covered, grants.shut, grants.shared, grants.walled),
    )
    with _lock:
        if len(_alike) >= MOST_KEPT:
            _alike.clear()
        return _alike.setdefault(key, grants)


def _tied(grants: Grants, member: Member) -> Grants:
    """Return ``grants`` with the kinds of which single records are tied to ``member``."""
    kinds = dict(_tied_kinds())
    asked = {
        name: Exists(rows)
        for kind, ties in kinds.items()
        for name, rows in (
            (f"shared_{kind}", open_ties(ties.shares, member).filter(in_force())),
            (f"walled_{kind}", open_ties(ties.walls, member)),
        )
    }
    users = get_user_model()._base_manager.filter(pk=member.actor_id or 0)
    rows: Any = users.values(**asked) if asked else ()
    found = next(iter(rows), None)
    if found is None:
        return grants
    shared = frozenset(kind for kind in kinds if found[f"shared_{kind}"])
    walled = frozenset(kind for kind in kinds if found[f"walled_{kind}"])
    return replace(grants, shared=shared, walled=walled)


def _tied_kinds() -> Iterator[tuple[str, Ties]]:
    for policy in all_policies():
        if policy.ties is not None:
            yield policy.kind, policy.ties


def _keep(key: tuple[int, int], rights: Rights) -> None:
    with _lock:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = (monotonic() + LIFE_SECONDS, rights)


def _team_ids(team_id: int | None) -> frozenset[int]:
    if team_id is None:
        return frozenset()
    below = Team.objects.at_or_below(team_id)
    return frozenset(below.values_list("pk", flat=True)) | {team_id}
