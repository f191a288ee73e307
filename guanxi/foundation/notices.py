"""The bell: what a user is told about, kept until it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.models import Notice

SHOWN = 20
# In SQL because every page asks it, and building the question costs more than asking.
_UNREAD = """
    SELECT count(*) FROM (SELECT FROM foundation_notice
    WHERE user_id = %s AND read_at IS NULL LIMIT 100) AS unread
"""


@dataclass(frozen=True)
class Told:
    """One notice in the language of the moment."""

    pk: int
    text: str
    at: datetime
    url: str
    is_new: bool


def notify(
    user_id: int,
    sentence: str,
    words: Mapping[str, object],
    *,
    at: datetime,
    url: str = "",
) -> Notice:
    """
    Tell ``user_id`` a sentence: a msgid (see ``gettext_noop``) and what fills it.

    It is translated when it is read, so that it follows the reader's language.
    """
    return Notice.objects.create(
        user_id=user_id, name=sentence, payload=dict(words), at=at, url=url
    )


def notices_of(user_id: int) -> list[Told]:
    """Return the latest notices of a user, the newest first."""
    rows = Notice.objects.filter(user_id=user_id).order_by("-pk")[:SHOWN]
    return [_told(row) for row in rows]


def unread_of(user_id: int) -> int:
    """Return how many notices a user has not read, counted to 100."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [user_id])
        (count,) = cursor.fetchone()
    return int(count)


@command(needs="")
def read_notices(by: Actor, *, latest: int, at: datetime) -> None:
    """
    Mark one's own notices as read, up to the number of the ``latest`` that was shown.

    What arrived meanwhile stays new.
    """
    unread = Notice.objects.filter(user=by.actor_id, read_at__isnull=True)
    unread.filter(pk__lte=latest).update(read_at=at)


def _told(row: Notice) -> Told:
    return Told(
        pk=row.pk,
        text=gettext(row.name) % row.payload,
        at=row.at,
        url=row.url,
        is_new=row.read_at is None,
    )
