"""The first logins: made once, each shown until somebody changes its password."""

import os
import secrets
from datetime import datetime
from gettext import gettext as _
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

from guanxi.foundation import clock
from guanxi.foundation.actor import System

# Each file holds a username and, on the next line, the password it began with.
FIRST_LOGIN = "first-login.txt"
DEMO_LOGIN = "demo-login.txt"
LOGINS = (FIRST_LOGIN, DEMO_LOGIN)
USERNAME = "admin"

# Without letters and figures that look alike; twelve of them are 59 bits.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def ensure() -> None:
    """
    Make the user ``admin`` in a house without users; forget passwords out of use.

    Until then name and password stand in the data folder, readable by its owner only.
    """
    from guanxi.identity.models import User  # noqa: PLC0415 -- Django must be set up

    if not User.objects.exists():
        path = settings.HOME / FIRST_LOGIN
        _make_administrator(_kept_password(path), at=clock.now())
    for name in LOGINS:
        path = settings.HOME / name
        if path.exists() and not _lets_in(*path.read_text().split()):
            path.unlink()


def _lets_in(username: str, password: str) -> bool:
    from guanxi.identity.models import User  # noqa: PLC0415 -- as above

    user = User.objects.filter(username=username, is_active=True).first()
    return user is not None and user.check_password(password)


def new_password() -> str:
    """Return a random password that can be typed from a screen: ``k7mp-x3vd-9hqt``."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _letter in range(4))
        for _group in range(3)
    )
    return "-".join(groups)


def _kept_password(path: Path) -> str:
    """Return the password in ``path``; it is written before the user is, never after."""
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(f"{USERNAME}\n{new_password()}\n")
        unfinished.replace(path)
    return path.read_text().split()[-1]


def _make_administrator(password: str, *, at: datetime) -> None:
    from guanxi.identity.commands.user import create_user  # noqa: PLC0415 -- as above
    from guanxi.identity.models import Role  # noqa: PLC0415 -- as above

    create_user(
        System(gettext_noop("first start")),
        username=USERNAME,
        name=_("Administrator"),
        password=password,
        roles=list(Role.objects.filter(is_everything=True)[:1]),
        must_change_password=False,
        at=at,
    )
