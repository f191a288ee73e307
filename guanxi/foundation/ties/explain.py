"""Why somebody may do something with a record, or may not: the chain of what grants it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.foundation.actor import Actor, Depth, Grants, shown_actor
from guanxi.foundation.policies import Policy, policy_of
from guanxi.foundation.rooms import collected
from guanxi.foundation.ties.conditions import in_force
from guanxi.foundation.ties.declared import SET_WALLS, Place
from guanxi.foundation.ties.models import Share, ShareLevel, Tie, Wall

# By the narrowest depth that reaches the record.
_BY_DEPTH = {
    Depth.OWN: gettext_noop("“%(role)s” reaches what is one's own, and this is."),
    Depth.TEAM: gettext_noop("“%(role)s” reaches what the own team has."),
    Depth.TEAM_TREE: gettext_noop(
        "“%(role)s” reaches what the own team and the teams below it have."
    ),
    Depth.ALL: gettext_noop("“%(role)s” reaches all records."),
}


@dataclass(frozen=True)
class Principal:
    """
    Somebody with all that decides what he may: his roles by name, and the path of his team.

    ``team_path`` are the numbers of the teams from the root down to his own.
    """

    actor: Actor
    roles: Sequence[tuple[str, Grants]]
    team_path: Sequence[int] = ()

    def meets(self, tie: Tie | Place) -> bool:
        """Tell whether ``tie`` is with him, his team, or a team above it."""
        if tie.user_id is not None:
            return tie.user_id == self.actor.actor_id
        return tie.team_id in self.team_path


@dataclass(frozen=True)
class Reason:
    """One link of the chain, in words; a wall does not open but shut."""

    words: str
    opens: bool = True


@dataclass(frozen=True)
class Explanation:
    """Whether something is granted, and why."""

    is_granted: bool
    reasons: Sequence[Reason]

    def __str__(self) -> str:
        return _("; ").join(reason.words for reason in self.reasons)


@dataclass(frozen=True)
class Facts:
    """A record and the ties that hold for it at this moment."""

    policy: Policy
    record: Model
    shares: Sequence[Share] = ()
    walls: Sequence[Wall] = ()
    places: Sequence[Place] = ()


def principal_of(actor: Actor) -> Principal:
    """Return ``actor`` with his roles, as the room that knows them tells."""
    for tell in collected("principals"):
        found: Principal | None = tell(actor)
        if found is not None:
            return found
    name = shown_actor(actor.actor_name, actor.actor_id)
    return Principal(actor, [(name, actor.grants)])


def facts_of(policy: Policy, record: Model) -> Facts:
    """Return the ties of ``record``, or of the record it hangs on, by four queries."""
    anchor = policy.anchor()
    if anchor is None:
        return Facts(policy, record)
    _kind, path, ties = anchor
    number = getattr(record, path)
    shares: QuerySet[Any] = ties.shares._base_manager.filter(in_force())
    walls: QuerySet[Any] = ties.walls._base_manager.filter(ended_at__isnull=True)
    named = ("user", "team", "set_by")
    return Facts(
        policy,
        record,
        list(shares.filter(record_id=number).select_related(*named).order_by("pk")),
        list(walls.filter(record_id=number).select_related(*named).order_by("pk")),
        ties.territories.places(number) if ties.territories else (),
    )


def explain(actor: Actor, permission: str, record: Model) -> Explanation:
    """
    Return whether ``actor`` has ``permission`` on ``record``, and the chain that says so.

    ``permission`` is one of the record's own kind: ``"thing.edit"``.
    """
    kind, _dot, action = permission.partition(".")
    policy = policy_of(kind)
    return explained(principal_of(actor), action, facts_of(policy, record))


def explained(principal: Principal, action: str, facts: Facts) -> Explanation:
    """Return what `explain` does, from facts at hand; nothing is asked any more."""
    permission = facts.policy.permission(action)
    actor = principal.actor
    if actor.grants.depth(permission) is Depth.NONE:
        return Explanation(False, [Reason(_("No role grants this."), opens=False)])
    walls = _walls(principal, facts)
    opening = [*_by_roles(principal, permission, facts)]
    opening += _by_shares(principal, action, facts)
    if not opening:
        told = _("Roles grant this on other records, and nobody shared this one.")
        return Explanation(False, [*walls, Reason(told, opens=False)])
    return Explanation(not walls, [*walls, *opening])


def _by_roles(principal: Principal, permission: str, facts: Facts) -> list[Reason]:
    found = []
    for role, grants in principal.roles:
        granted = grants.depth(permission)
        depths = (d for d in _BY_DEPTH if d <= granted)
        reach = facts.policy.holds
        by = next((d for d in depths if reach(principal.actor, d, facts.record)), None)
        if by is not None:
            # A kind without owners has no other depth than all.
            by = by if facts.policy.owner else Depth.ALL
            found.append(Reason(_(_BY_DEPTH[by]) % {"role": role}))
        elif granted is Depth.TERRITORY:
            found += _by_places(principal, role, facts)
    return found


def _by_places(principal: Principal, role: str, facts: Facts) -> list[Reason]:
    told = _("“%(role)s” reaches the territory %(territory)s.")
    names = {place.name for place in facts.places if principal.meets(place)}
    return [Reason(told % {"role": role, "territory": name}) for name in sorted(names)]


def _by_shares(principal: Principal, action: str, facts: Facts) -> list[Reason]:
    level = facts.policy.share_level(action)
    return [
        Reason(_shared(share))
        for share in facts.shares
        if level in (share.level, ShareLevel.READ) and principal.meets(share)
    ]


def _shared(share: Share) -> str:
    """Return who shared it with whom, until when, and why."""
    words = {
        "by": share.set_by or _("system"),
        "to": share.principal,
        "reason": share.reason,
        "level": ShareLevel(share.level).label,
    }
    if share.expires_at is None:
        told = _("Shared with %(to)s by %(by)s (%(level)s): %(reason)s")
        return told % words
    until = date_format(timezone.localtime(share.expires_at), "Y-m-d H:i")
    told = _("Shared with %(to)s by %(by)s until %(until)s (%(level)s): %(reason)s")
    return told % (words | {"until": until})


def _walls(principal: Principal, facts: Facts) -> list[Reason]:
    if principal.actor.grants.depth(SET_WALLS) is not Depth.NONE:
        return []
    told = _("Walled off from %(to)s by %(by)s: %(reason)s")
    return [
        Reason(
            told
            % {
                "to": wall.principal,
                "by": wall.set_by or _("system"),
                "reason": wall.reason,
            },
            opens=False,
        )
        for wall in facts.walls
        if principal.meets(wall)
    ]
