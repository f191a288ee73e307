"""What somebody may do and see, told on the console: to programs, and to people."""

from collections.abc import Mapping, Sequence
from gettext import gettext as _
from typing import Any

from guanxi.config.session import CONSOLE
from guanxi.customers.queries.territory import territories_of
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.policies import policy_of
from guanxi.foundation.ties.models import Share, Tie
from guanxi.identity.models import Team, User
from guanxi.identity.queries.extent import Extent, KindExtent
from guanxi.identity.rules.duty import Standing
from guanxi.identity.rules.grants import DEPTH_LABELS, LEVEL_LABELS

Facts = Mapping[str, Any]


def roles_of(user: User) -> list[dict[str, str | None]]:
    """Return the roles of ``user`` as programs are told of them."""
    return [{"key": role.key, "name": role.label} for role in user.roles.order_by("pk")]


def access_of(user: User, extent: Extent) -> Facts:
    """
    Return what ``user`` may do and see: roles, rights, teams, territories, shares, walls.

    Records are named by their numbers alone, which tell nothing of them.
    """
    teams = Team.objects.filter(pk__in=user.team_ids).order_by("path")
    return {
        "username": user.username,
        "name": user.name,
        "active": user.is_active,
        "roles": roles_of(user),
        "team": user.team.name if user.team else None,
        "teams": [one.name for one in teams],
        "territories": [one.name for one in territories_of(CONSOLE, user)],
        "overdue_duties": _overdue(user),
        "rights": {one.kind: _rights(one) for one in extent.kinds},
        "shares": [
            {**_tie(kind, tie), "level": tie.level, "expires_at": tie.expires_at}
            for kind, tie in extent.shares
        ],
        "walls": [_tie(kind, tie) for kind, tie in extent.walls],
    }


def access_text(user: User, extent: Extent, facts: Facts) -> str:
    """Return the same for people, a line for each kind of record."""
    state = [] if user.is_active else [_("locked out")]
    roles = _(", ").join(str(one["name"]) for one in facts["roles"])
    lines = ["\t".join((user.username, user.name, roles, *state)).rstrip()]
    lists = {
        _("Teams"): facts["teams"],
        _("Territories"): facts["territories"],
        _("Overdue duties"): facts["overdue_duties"],
    }
    lines += [
        f"{label}\t{_(', ').join(names)}" for label, names in lists.items() if names
    ]
    lines += [_line(one) for one in extent.kinds]
    lines += [_shared(kind, tie) for kind, tie in extent.shares]
    walled = _("Walled off: %(kind)s %(number)d, by way of %(whom)s")
    lines += [walled % _words(kind, tie) for kind, tie in extent.walls]
    return "\n".join(lines)


def _overdue(user: User) -> list[str]:
    """Return what he owes by now, which may close protected data to him."""
    late = (one for one in user.duties if one.standing is Standing.OVERDUE)
    return [one.asked.title for one in late]


def _rights(extent: KindExtent) -> Facts:
    return {
        "actions": {name: depth.name.lower() for name, depth in extent.actions.items()},
        "fields": {name: level.name.lower() for name, level in extent.fields.items()},
    }


def _tie(kind: str, tie: Tie) -> dict[str, object]:
    return {
        "kind": kind,
        "id": tie.record_id,
        "by_team": tie.team.name if tie.team else None,
        "reason": tie.reason,
    }


def _line(extent: KindExtent) -> str:
    """Return a kind with its actions by their depth, and the fields that are not clear."""
    policy = policy_of(extent.kind)
    parts = []
    for depth in sorted(set(extent.actions.values()), reverse=True):
        names = [
            str(policy.actions[a]) for a, d in extent.actions.items() if d is depth
        ]
        parts.append(f"{DEPTH_LABELS[Depth(depth)]}: {_(', ').join(names)}")
    for level in (Level.MASKED, Level.HIDDEN):
        fields = [name for name, one in extent.fields.items() if one is level]
        labels: Sequence[str] = [str(policy.fields[name].label) for name in fields]
        if labels:
            parts.append(f"{LEVEL_LABELS[level]}: {_(', ').join(labels)}")
    return "\t".join((str(extent.label), *parts))


def _shared(kind: str, tie: Share) -> str:
    told = _("Shared: %(kind)s %(number)d (%(level)s), by way of %(whom)s")
    return told % {**_words(kind, tie), "level": tie.get_level_display()}


def _words(kind: str, tie: Tie) -> dict[str, object]:
    label = policy_of(kind).label
    return {"kind": label, "number": tie.record_id, "whom": tie.principal}
