"""What one colleague may do and see altogether: by his roles, and by single records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guanxi.foundation.actor import Actor, Depth, Level
from guanxi.foundation.policies import Policy, all_policies, require
from guanxi.foundation.ties.conditions import in_force, open_ties
from guanxi.foundation.ties.declared import SET_WALLS
from guanxi.foundation.ties.models import Share, Wall
from guanxi.foundation.words import Words
from guanxi.identity.models import User


@dataclass(frozen=True)
class KindExtent:
    """How far each action reaches on one kind of record, and how openly fields show."""

    kind: str
    label: Words
    actions: Mapping[str, Depth]
    fields: Mapping[str, Level]


@dataclass(frozen=True)
class Extent:
    """
    All that somebody may: kinds on which he may do something, with shares and walls.

    ``shares`` and ``walls`` are pairs of the kind and the tie, those with his teams too.
    Walls do not hold for whoever sets them: then ``walls`` is empty.
    """

    kinds: Sequence[KindExtent]
    shares: Sequence[tuple[str, Share]]
    walls: Sequence[tuple[str, Wall]]


def extent_of(viewer: Actor, user: User) -> Extent:
    """
    Return what ``user`` may at this moment; nothing while he is locked out.

    :raises Denied: for whoever may not grant him roles.
    """
    require(viewer, "user.grant", user)
    kinds = [_kind(user, policy) for policy in all_policies()]
    tied = [policy for policy in all_policies() if policy.ties is not None]
    is_walled = user.is_active and user.grants.depth(SET_WALLS) is Depth.NONE
    return Extent(
        [one for one in kinds if one.actions],
        [pair for policy in tied for pair in _shares(user, policy)],
        [pair for policy in tied if is_walled for pair in _walls(user, policy)],
    )


def _kind(user: User, policy: Policy) -> KindExtent:
    depths = {
        name: user.grants.depth(policy.permission(name)) for name in policy.actions
    }
    return KindExtent(
        policy.kind,
        policy.label,
        {name: depth for name, depth in depths.items() if depth is not Depth.NONE},
        {name: policy.level(user, name) for name in policy.fields},
    )


def _shares(user: User, policy: Policy) -> list[tuple[str, Any]]:
    assert policy.ties is not None
    rows = open_ties(policy.ties.shares, user).filter(in_force()).order_by("pk")
    found = rows.select_related("user", "team") if user.is_active else ()
    return [(policy.kind, row) for row in found]


def _walls(user: User, policy: Policy) -> list[tuple[str, Any]]:
    assert policy.ties is not None
    rows = open_ties(policy.ties.walls, user).order_by("pk")
    return [(policy.kind, row) for row in rows.select_related("user", "team")]
