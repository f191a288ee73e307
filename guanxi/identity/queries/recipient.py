"""To whom identity sends personal data, and what programs with tokens read."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.policies import READ, all_policies
from guanxi.foundation.purposes import Recipient
from guanxi.foundation.rooms import allowed
from guanxi.identity.models import Token
from guanxi.identity.models.token import TokenActor
from guanxi.identity.policies import TOKEN


def servers(_viewer: Actor, _at: datetime) -> Iterator[Recipient]:
    """Yield the servers that send mail to colleagues and sign them in."""
    if settings.EMAIL_HOST:
        mail = {"user.name", "user.username", "user.email"}
        yield Recipient(_("Mail server"), settings.EMAIL_HOST, mail)
    if settings.OIDC_ISSUER:
        yield Recipient(
            _("Sign-in provider"), settings.OIDC_ISSUER, {"user.last_login"}
        )


def programs(viewer: Actor, at: datetime) -> Iterator[Recipient]:
    """Yield the programs with tokens that work, as far as ``viewer`` sees tokens."""
    rows = Token.objects.usable(at).filter(TOKEN.visible(viewer)).order_by("pk")
    for token in rows.select_related("user__team"):
        gets = _read_in_clear(TokenActor(token.user, token))
        yield Recipient(_("Program with a token"), token.name, gets)


def _read_in_clear(actor: Actor) -> frozenset[str]:
    """Return the fields about people that ``actor`` reads in clear."""
    return frozenset(
        policy.permission(name)
        for policy in all_policies()
        if allowed(actor, policy.permission(READ))
        for name in policy.fields
        if policy.purposes_of(name) and policy.level(actor, name) >= Level.READ
    )
