"""How a user likes the product to be."""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.identity.commands.guard import self_of
from guanxi.identity.models import User
from guanxi.identity.rules.user import DENSITIES, THEMES


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What to change; None leaves a preference as it is, ``""`` follows the default."""

    language: str | None = None
    time_zone: str | None = None
    theme: str | None = None
    density: str | None = None
    has_keys: bool | None = None

    def chosen(self) -> dict[str, str | bool]:
        """Return the preferences to change."""
        return {key: value for key, value in vars(self).items() if value is not None}


@command(needs="")
def set_preferences(by: Actor, preferences: Preferences) -> None:
    """
    Change how ``by`` likes the product to be.

    :raises Refused: for a value that is none of those offered.
    """
    chosen = preferences.chosen()
    _require_offered(chosen)
    User.objects.filter(pk=self_of(by).pk).update(**chosen)


def _require_offered(chosen: Mapping[str, str | bool]) -> None:
    offered: dict[str, set[str | bool]] = {
        "language": {"", *dict(settings.LANGUAGES)},
        "time_zone": {"", *zoneinfo.available_timezones()},
        "theme": set(THEMES),
        "density": set(DENSITIES),
        "has_keys": {True, False},
    }
    for key, value in chosen.items():
        if value not in offered[key]:
            raise Refused(_("Choose one of the values offered."), field=key)
