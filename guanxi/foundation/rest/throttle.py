"""
A bucket of requests per caller, kept where the cache is: in PostgreSQL, for all processes.

The bucket is one instant per caller: when it will be full again (the generic cell rate
algorithm). A request moves it on by one share of a minute; a bucket that would be full
only after more than a minute from now is empty. That instant is the row's time of
expiry, so an idle caller's row is an expired row of the cache.
"""

import math
from datetime import datetime, timedelta

from django.db import connection

from guanxi.foundation.rest.problems import TooMany

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


def take(caller: str, *, per_minute: int, at: datetime) -> None:
    """
    Take one request out of the bucket of ``caller``, which holds ``per_minute``.

    :raises TooMany: if it is empty; says when to come again.
    """
    key, share = f"throttle:{caller}", MINUTE / per_minute
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE, {"key": key, "at": at, "taken": at + share, "empty": at + MINUTE}
        )
        if cursor.fetchone():
            return
        cursor.execute(_FULL_AT, [key])
        # The cache may have thrown the row away in between.
        (full_at,) = cursor.fetchone() or (at + MINUTE,)
    wait = full_at + share - MINUTE - at
    raise TooMany(max(1, math.ceil(wait.total_seconds())))
