"""Who may see a record, and why: colleagues with their roles, and what each may do."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Model

from guanxi.foundation.actor import Actor, Grants
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.policies import Policy, all_policies, models_of, require
from guanxi.foundation.ties.explain import (
    Facts,
    Principal,
    explained,
    facts_of,
)
from guanxi.identity.models import Role, Team, User
from guanxi.identity.models.rights import Member
from guanxi.identity.models.token import TokenActor
from guanxi.identity.queries import users
from guanxi.identity.rules.grants import merge_grants

VIEW_ACCESS = "view_access"
OWNER = "owner"
# What changes a record, by the word its room has for it.
_CHANGES = ("edit", "act")
# What a record is called, by the field of its policy.
_NAMES = ("name", "number", "title")
MOST_SHOWN = 300


@dataclass(frozen=True)
class Access:
    """What one colleague may do with a record, and the reasons for it."""

    user: User
    may_edit: bool
    reasons: Sequence[str]


@dataclass(frozen=True)
class WhoSees:
    """
    Those who may read a record; ``hidden`` counts those whom the asker does not see.

    ``walls`` tells of people shut off, to whoever may know of walls.
    """

    label: str
    people: Sequence[Access]
    hidden: int
    walls: Sequence[str]


def record_of(viewer: Actor, kind: str, pk: int) -> tuple[Policy, Model]:
    """
    Return a record of ``kind`` whose access ``viewer`` may look at, and its policy.

    :raises NotVisible: if there is none for ``viewer``, or nobody looks at such ones.
    :raises Denied: for whoever may read it and no more, and for whoever does not read whose
        it is: the reasons would tell.
    """
    policy = next((one for one in all_policies() if one.kind == kind), None)
    if policy is None or VIEW_ACCESS not in policy.actions:
        raise NotVisible
    (model,) = models_of(kind)
    found = model._base_manager.filter(policy.visible(viewer), pk=pk).first()
    if found is None or getattr(found, "deleted_at", None) is not None:
        raise NotVisible
    require(viewer, policy.permission(VIEW_ACCESS), found)
    if not tells_owner(viewer, policy):
        raise Denied(policy.permission(VIEW_ACCESS))
    return policy, found


def tells_owner(viewer: Actor, policy: Policy) -> bool:
    """Tell whether ``viewer`` reads to whom records of a kind belong."""
    return OWNER not in policy.fields or OWNER in policy.readable(viewer)


def who_sees(viewer: Actor, policy: Policy, record: Model) -> WhoSees:
    """Return who may read ``record``, and why; those who may change it first."""
    facts = facts_of(policy, record)
    seen = set(users(viewer).values_list("pk", flat=True))
    found = [
        access
        for user, principal in _colleagues()
        if (access := _access(user, principal, facts)) is not None
    ]
    shown = [access for access in found if access.user.pk in seen]
    shown.sort(key=lambda one: (not one.may_edit, one.user.sort_name, one.user.pk))
    return WhoSees(
        label=label_of(viewer, policy, record),
        people=shown[:MOST_SHOWN],
        hidden=len(found) - len(shown[:MOST_SHOWN]),
        walls=_walls(viewer, facts),
    )


def label_of(viewer: Actor, policy: Policy, record: Model) -> str:
    """Return what ``record`` is called, as far as ``viewer`` may read it."""
    for name in _NAMES:
        if name in policy.fields:
            return policy.shown(viewer, name, str(getattr(record, name)))
    return str(record.pk)


def _access(user: User, principal: Principal, facts: Facts) -> Access | None:
    reading = explained(principal, "read", facts)
    if not reading.is_granted:
        return None
    action = next((a for a in _CHANGES if a in facts.policy.actions), "")
    changing = explained(principal, action, facts) if action else None
    may_edit = changing is not None and changing.is_granted
    told = [*reading.reasons, *(changing.reasons if changing and may_edit else ())]
    return Access(user, may_edit, list(dict.fromkeys(one.words for one in told)))


def _walls(viewer: Actor, facts: Facts) -> Sequence[str]:
    if not viewer.grants.depth("wall.read"):
        return []
    return [f"{wall.principal}: {wall.reason}" for wall in facts.walls]


def _colleagues() -> Iterable[tuple[User, Principal]]:
    """Yield all who are active with their roles and teams, by four queries for them all."""
    held: dict[int, list[tuple[str, Grants]]] = defaultdict(list)
    roles = {role.pk: role for role in Role.objects.all()}
    for user_id, role_id in User.roles.through.objects.values_list(
        "user_id", "role_id"
    ):
        held[user_id].append((roles[role_id].label, roles[role_id].grants))
    paths = dict(Team.objects.values_list("pk", "path"))
    below = _below(paths)
    for user in User.objects.active().select_related("team"):
        path = paths.get(user.team_id or 0, [])
        given = [grants for _label, grants in held[user.pk]]
        member = Member(
            actor_id=user.pk,
            team_id=user.team_id,
            actor_name=user.name,
            grants=_together(given),
            team_ids=frozenset(below.get(user.team_id or 0, ())),
        )
        yield user, Principal(member, held[user.pk], path)


def _below(paths: dict[int, list[int]]) -> dict[int, list[int]]:
    """Return the teams at or below each team."""
    found: dict[int, list[int]] = defaultdict(list)
    for pk, path in paths.items():
        for above in path:
            found[above].append(pk)
    return found


def _together(given: Iterable[Grants]) -> Grants:
    return merge_grants((one.everything, one.depths, one.levels) for one in given)


def principal_of(actor: Actor) -> Principal | None:
    """Return a user, or the user behind a token, with his roles; None for others."""
    user = actor.user if isinstance(actor, TokenActor) else actor
    if not isinstance(user, User):
        return None
    roles = [(role.label, role.grants) for role in user.roles.all()]
    if isinstance(actor, TokenActor):
        roles = [(name, _scoped(grants, actor)) for name, grants in roles]
    path = Team.objects.filter(pk=user.team_id or 0).values_list("path", flat=True)
    return Principal(actor, roles, next(iter(path), []))


def _scoped(grants: Grants, actor: TokenActor) -> Grants:
    """Return the part of a role's grants that a token's scopes let through."""
    return replace(
        grants,
        everything=False,
        depths={scope: grants.depth(scope) for scope in actor.token.scopes},
        worked_out={},
    )
