"""``guanxi user``: colleagues, their passwords and rights, for whoever holds the server."""

from gettext import gettext as _

import click

from guanxi.config import prepare
from guanxi.config.access import access_of, access_text, roles_of
from guanxi.config.first_login import new_password
from guanxi.config.reports import json_option, report
from guanxi.config.session import CONSOLE, house_open
from guanxi.foundation import clock
from guanxi.identity import queries
from guanxi.identity.commands.role import grant_roles
from guanxi.identity.commands.user import (
    create_user,
    deactivate_user,
    reactivate_user,
    reset_password,
)
from guanxi.identity.models import Role, User
from guanxi.identity.queries.extent import extent_of


@click.group(
    "user", help=_("Add, list, lock out and unlock users; set passwords and roles.")
)
def command() -> None:
    """Group the commands about users."""


@command.command("list", help=_("List the users with their roles."))
@json_option
def list_users(*, as_json: bool) -> None:
    """Report every user."""
    with house_open():
        found = queries.users(CONSOLE).prefetch_related("roles")
        facts = [
            {
                "username": user.username,
                "name": user.name,
                "active": user.is_active,
                "roles": roles_of(user),
            }
            for user in found
        ]
        lines = [_line(user) for user in found]
        report(facts, "\n".join(lines), as_json=as_json)


@command.command("add", help=_("Add a user and print the first password."))
@click.argument("username")
@click.option("--name", default="", help=_("Name for colleagues (else the username)."))
@click.option("--email", default="", help=_("E-mail address."))
@click.option(
    "--role",
    "role_keys",
    multiple=True,
    required=True,
    help=_("Key of a role, such as sales or manager; may be repeated."),
)
@json_option
def add_user(
    username: str, *, name: str, email: str, role_keys: tuple[str, ...], as_json: bool
) -> None:
    """Create the user; the password must be changed at the first sign-in."""
    with house_open():
        prepare.ship_roles()
        password = new_password()
        create_user(
            CONSOLE,
            username=username,
            name=name or username,
            email=email,
            password=password,
            roles=[_role(key) for key in role_keys],
            at=clock.now(),
        )
        _report_password(username, password, as_json=as_json)


@command.command("password", help=_("Give a user a new password and print it."))
@click.argument("username")
@json_option
def set_password(username: str, *, as_json: bool) -> None:
    """Reset the password; sessions and tokens of the user end."""
    with house_open():
        password = new_password()
        reset_password(CONSOLE, user_named(username), password=password, at=clock.now())
        _report_password(username, password, as_json=as_json)


@command.command("roles", help=_("Show the roles of a user; grant and withdraw them."))
@click.argument("username")
@click.option(
    "--add", "added", multiple=True, help=_("Key or name of a role to grant.")
)
@click.option(
    "--remove", "removed", multiple=True, help=_("Key or name of a role to withdraw.")
)
@json_option
def change_roles(
    username: str, *, added: tuple[str, ...], removed: tuple[str, ...], as_json: bool
) -> None:
    """Let the user hold other roles from the next request on, and report all of them."""
    with house_open():
        user = user_named(username)
        held = set(user.roles.all())
        wanted = (held | {_role(key) for key in added}) - {_role(k) for k in removed}
        if wanted != held:
            grant_roles(CONSOLE, user, sorted(wanted, key=_number), at=clock.now())
        roles = roles_of(user)
        told = [f"{one['key'] or ''}\t{one['name']}".strip() for one in roles]
        facts = {"username": username, "roles": roles}
        text = "\n".join(told) or _("%(name)s has no role.") % {"name": username}
        report(facts, text, as_json=as_json)


@command.command("access", help=_("Show what a user may do and see, and by what."))
@click.argument("username")
@json_option
def show_access(username: str, *, as_json: bool) -> None:
    """Report roles, rights, teams, territories, shares and walls of the user."""
    with house_open():
        user = user_named(username)
        extent = extent_of(CONSOLE, user)
        facts = access_of(user, extent)
        report(facts, access_text(user, extent, facts), as_json=as_json)


@command.command("lock", help=_("Lock a user out at once."))
@click.argument("username")
@json_option
def lock_user(username: str, *, as_json: bool) -> None:
    """Deactivate the user; sessions and tokens end."""
    with house_open():
        deactivate_user(CONSOLE, user_named(username), at=clock.now())
    told = _("%(name)s is locked out.") % {"name": username}
    report({"username": username, "active": False}, told, as_json=as_json)


@command.command("unlock", help=_("Let a user sign in again, with the same password."))
@click.argument("username")
@json_option
def unlock_user(username: str, *, as_json: bool) -> None:
    """Reactivate the user; sessions and tokens that ended stay ended."""
    with house_open():
        reactivate_user(CONSOLE, user_named(username), at=clock.now())
    told = _("%(name)s can sign in again.") % {"name": username}
    report({"username": username, "active": True}, told, as_json=as_json)


def user_named(username: str) -> User:
    """
    Return the user ``username``.

    :raises click.UsageError: if there is none.
    """
    found = queries.users(CONSOLE).filter(username=username).first()
    if found is None:
        raise click.UsageError(
            _("There is no user %(name)s: see “guanxi user list”.") % {"name": username}
        )
    return found


def _line(user: User) -> str:
    roles = _(", ").join(role.label for role in user.roles.all())
    state = "" if user.is_active else _("locked out")
    return "\t".join((user.username, user.name, roles, state)).rstrip()


def _number(role: Role) -> int:
    return role.pk


def _role(key: str) -> Role:
    """Return the role with this key, or with this name, which is all that own roles have."""
    known = {role.key or role.name: role for role in queries.roles(CONSOLE)}
    known = {role.label: role for role in known.values()} | known
    if key not in known:
        raise click.UsageError(
            _("There is no role %(key)s; there are: %(known)s.")
            % {
                "key": key,
                "known": ", ".join(r.key or r.name for r in queries.roles(CONSOLE)),
            }
        )
    return known[key]


def _report_password(username: str, password: str, *, as_json: bool) -> None:
    facts = {"username": username, "password": password}
    report(facts, f"{username}\t{password}", as_json=as_json)
