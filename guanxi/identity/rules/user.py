"""What usernames look like, which passwords are too plain, and how one may like it."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

THEMES = {
    "system": pgettext_lazy("theme", "Like the device"),
    "light": pgettext_lazy("theme", "Light"),
    "dark": pgettext_lazy("theme", "Dark"),
}
DENSITIES = {
    "compact": pgettext_lazy("density", "Compact"),
    "comfortable": pgettext_lazy("density", "Comfortable"),
}
USERNAME = re.compile(r"[\w.+-]{2,60}")
USERNAME_HELP = _("2 to 60 letters, digits or . _ + -; without @ and blanks.")


def normalize_username(text: str) -> str:
    """
    Return ``text`` as usernames are kept: NFKC, lower case, no blanks around.

    Letters of any script, digits and ``. _ + -``; no ``@``, so that no username can
    pass for somebody's e-mail address at sign-in. Returns ``""`` for anything else.
    """
    name = unicodedata.normalize("NFKC", text).strip().lower()
    return name if USERNAME.fullmatch(name) else ""


def is_repetitive(password: str) -> bool:
    """Tell whether ``password`` is one to three characters over and over (111111)."""
    return any(
        len(password) > width
        and password == (password[:width] * len(password))[: len(password)]
        for width in (1, 2, 3)
    )
