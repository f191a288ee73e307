"""
A bucket of requests per caller, kept where the cache is: in PostgreSQL, for all processes.

The bucket is one instant per caller: when it will be full again (the generic cell rate
algorithm). A request moves it on by one share of its span, usually a minute; a bucket that
would be full only after more than a span from now is empty. That instant is the row's time of
expiry, so an idle caller's row is an expired row of the cache.
"""

import math
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from guanxi.foundation.errors import TooOften

MINUTE = timedelta(minutes=1)
_TAKE = """
    INSERT INTO foundation_cache AS c (cache_key, value, expires)
    VALUES (%(key)s, '', %(taken)s)
    ON CONFLICT (cache_key) DO UPDATE
    SET expires = greatest(c.expires + (%(taken)s - %(at)s), %(taken)s)
    WHERE c.expires + (%(taken)s - %(at)s) <= %(empty)s
    RETURNING 1
"""
_FULL_AT = "SELECT expires FROM foundation_cache WHERE cache_key = %s"


def take(caller: str, most: int, *, at: datetime, span: timedelta = MINUTE) -> None:
    """
    Take one request out of the bucket of ``caller``: ``most`` in each ``span``.

    :raises TooOften: if it is empty; says when to come again.
    """
    key, share = f"throttle:{caller}", span / most
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE, {"key": key, "at": at, "taken": at + share, "empty": at + span}
        )
        if cursor.fetchone():
            return
        cursor.execute(_FULL_AT, [key])
        # The cache may have thrown the row away in between.
        (full_at,) = cursor.fetchone() or (at + span,)
    wait = max(1, math.ceil((full_at + share - span - at).total_seconds()))
    told = _("Too many requests. Try again in %(seconds)d s.") % {"seconds": wait}
    raise TooOften(told, wait=wait)
