"""``guanxi token``: keys with which programs use the REST interface."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from gettext import gettext as _

import click

from guanxi.config.commands.user import user_named
from guanxi.config.reports import json_option, report
from guanxi.config.session import CONSOLE, house_open
from guanxi.foundation import clock
from guanxi.foundation.actor import Depth
from guanxi.foundation.errors import NotVisible
from guanxi.identity import queries
from guanxi.identity.commands.token import create_token, revoke_token
from guanxi.identity.models import Token, User
from guanxi.identity.policies import permissions
from guanxi.identity.rules.token import LONGEST_LIFE_DAYS


@click.group("token", help=_("Make, list and revoke keys for programs."))
def command() -> None:
    """Group the commands about tokens."""


@command.command("list", help=_("List the tokens; their text is kept nowhere."))
@json_option
def list_tokens(*, as_json: bool) -> None:
    """Report every token."""
    at = clock.now()
    with house_open():
        facts = [
            {
                "id": token.pk,
                "user": token.user.username,
                "name": token.name,
                "state": token.state(at),
                "scopes": token.scopes,
                "expires_at": token.expires_at,
            }
            for token in queries.tokens(CONSOLE)
        ]
        lines = [_line(one) for one in facts]
        report(facts, "\n".join(lines) or _("There are no tokens."), as_json=as_json)


@command.command("create", help=_("Make a token for a user and print it, once."))
@click.argument("username")
@click.option("--name", required=True, help=_("What it is for."))
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    help=_(
        "A permission such as customer.read; may be repeated. All of the user's if absent."
    ),
)
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST_LIFE_DAYS),
    default=90,
    show_default=True,
    help=_("Days until it expires."),
)
@json_option
def new_token(
    username: str, *, name: str, scopes: tuple[str, ...], days: int, as_json: bool
) -> None:
    """Create a token that acts for the user."""
    at = clock.now()
    with house_open():
        user = user_named(username)
        token, text = create_token(
            CONSOLE,
            user,
            name=name,
            scopes=scopes or _all_scopes(user),
            expires_at=at + timedelta(days=days),
            at=at,
        )
        facts = {
            "id": token.pk,
            "token": text,
            "scopes": token.scopes,
            "expires_at": token.expires_at,
        }
        report(facts, text, as_json=as_json)


@command.command("revoke", help=_("Let a token work no more."))
@click.argument("token_id", type=int)
@json_option
def end_token(token_id: int, *, as_json: bool) -> None:
    """Revoke the token."""
    with house_open():
        revoke_token(CONSOLE, _token(token_id), at=clock.now())
    told = _("Token %(id)s works no more.") % {"id": token_id}
    report({"id": token_id, "state": "revoked"}, told, as_json=as_json)


def _line(facts: Mapping[str, object]) -> str:
    states = {"active": _("active"), "expired": _("expired"), "revoked": _("revoked")}
    shown = (facts["id"], facts["user"], facts["name"], states[str(facts["state"])])
    return "\t".join(map(str, shown))


def _all_scopes(user: User) -> Sequence[str]:
    granted = user.grants
    return [one for one in permissions() if granted.depth(one) > Depth.NONE]


def _token(token_id: int) -> Token:
    try:
        return queries.token(CONSOLE, token_id)
    except NotVisible as error:
        raise click.UsageError(
            _("There is no token %(id)s: see “guanxi token list”.") % {"id": token_id}
        ) from error
