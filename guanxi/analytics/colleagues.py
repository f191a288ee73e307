"""Colleagues as people write them into a form: names, one after the other."""

import re

from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import Refused
from guanxi.identity.queries import colleagues_called

_BETWEEN = re.compile(r"[,，、;；\n]")


def numbers_of(viewer: Actor, text: str, *, field: str) -> list[int]:
    """
    Return the numbers of the colleagues whom ``text`` names, with commas between.

    :raises Refused: for a name that nobody has whom ``viewer`` sees, at ``field``.
    """
    names = [name for one in _BETWEEN.split(text) if (name := one.strip())]
    if not names:
        return []
    found = list(colleagues_called(viewer, names))
    known = {one.name for one in found} | {one.username for one in found}
    strange = [name for name in names if name not in known]
    if strange:
        told = _("There is no colleague called “%(name)s”.") % {"name": strange[0]}
        raise Refused(told, field=field)
    return [one.pk for one in found]
