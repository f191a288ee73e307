"""People for tests: whoever owns a thing, a colleague, a stranger, and who may do all."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.names import sort_key
from guanxi.identity.commands.token import create_token
from guanxi.identity.models import Role, Team, Token, User

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PASSWORD = "four-green-Teapots"
_number = count(1)


def make_team(name: str = "", parent: Team | None = None) -> Team:
    """Return a new team below ``parent``."""
    team = Team.objects.create(name=name or f"团队 {next(_number)}", parent=parent)
    team.path = [*(parent.path if parent else []), team.pk]
    team.save()
    return team


def make_role(
    depths: Mapping[str, Depth] | None = None,
    levels: Mapping[str, Level] | None = None,
    *,
    name: str = "",
    is_everything: bool = False,
) -> Role:
    """Return a new role with the given depths and levels."""
    return Role.objects.create(
        name=name or f"角色 {next(_number)}",
        depths={key: int(depth) for key, depth in (depths or {}).items()},
        levels={key: int(level) for key, level in (levels or {}).items()},
        is_everything=is_everything,
    )


def make_user(
    name: str = "",
    *,
    roles: Iterable[Role] = (),
    team: Team | None = None,
    password: str = "",
    **facts: object,
) -> User:
    """
    Return a new user; ``password`` costs time and is only needed to sign in.

    Roles and team are given here, never changed behind the commands' backs: rights are
    kept in memory from request to request.
    """
    number = next(_number)
    values = {"username": f"user{number}", "name": name or f"同事{number}", **facts}
    user = User(team=team, created_at=NOON, **values)
    user.sort_name = sort_key(user.name)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    user.roles.set(roles)
    return user


def make_administrator(name: str = "管理员", **facts: object) -> User:
    """Return a new user who may do everything."""
    return make_user(name, roles=[make_role(is_everything=True)], **facts)  # type: ignore[arg-type]  # -- the columns a test names


def make_people(*permissions: str) -> tuple[User, User, User]:
    """
    Return owner, colleague and stranger, as the permission tests speak of them.

    The owner may do ``permissions`` on what is theirs. The colleague, of the same team,
    may only read what the team has. The stranger, of another team, may do all of
    ``permissions``, but only there.
    """
    reading = {f"{name.partition('.')[0]}.read" for name in permissions}
    team, other = make_team(), make_team()
    own = dict.fromkeys({*permissions, *reading}, Depth.OWN)
    seen = dict.fromkeys(reading, Depth.TEAM)
    return (
        make_user("物主", roles=[make_role(own)], team=team),
        make_user("同事", roles=[make_role(seen)], team=team),
        make_user("生人", roles=[make_role(own)], team=other),
    )


def make_token(by: User, user: User, scopes: list[str]) -> tuple[Token, str]:
    """Return a token of ``user`` that lasts a month from `NOON` on, and its text."""
    ends = NOON + timedelta(days=30)
    return create_token(by, user, name="报表", scopes=scopes, expires_at=ends, at=NOON)
