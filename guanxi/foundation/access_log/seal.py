"""
Rows that wait are chained some seconds after they were written; old stretches are cut off.

Nobody who shows a page waits for it: rows are written side by side, and one process at a
time puts what is committed in line.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from guanxi.foundation.access_log.chain import (
    BEGINNING,
    is_marked,
    is_signed,
    link,
    noted,
    sign,
)
from guanxi.foundation.models import Access, AccessStretch, AccessWaiting
from guanxi.foundation.sealing.ring import Ring, ring

STEP = 2000
# Any fixed number: whoever holds it in the database seals, cuts or verifies.
CHAIN_LOCK = 7_210_349


def seal(at: datetime) -> None:
    """Chain the rows that wait; unless somebody else does just now."""
    while _seal_some(at) == STEP:
        pass
    _keep_head()


def cut(before: datetime, at: datetime) -> None:
    """
    Remove the stretches whose rows are all older than ``before``, with their rows.

    From below and whole ones only, so that what is left hangs on the signed end of the
    last that went. One that is not as it was signed stays, to be found.
    """
    while _cut_one(before, at):
        pass


def sign_anew(keys: Ring) -> int:
    """Sign with the active key what an older one signed; return how many it was."""
    done = 0
    with transaction.atomic():
        claim()
        _let_change()
        for stretch in AccessStretch.objects.exclude(
            signature__startswith=f"{keys.active}."
        ):
            if is_signed(stretch, keys):
                sign(stretch, keys)
                stretch.save(update_fields=["signature"])
                done += 1
    return done


def claim() -> None:
    """Be the only one at the chain until the transaction ends; wait for another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def rows_hold(stretch: AccessStretch) -> int | None:
    """Return the first row that is not as it was chained, or None."""
    rows = Access.objects.in_bulk(stretch.access_ids)
    digest = bytes(stretch.before)
    chained = zip(stretch.access_ids, stretch.digests, strict=False)
    for pk, kept in chained:
        row = rows.get(pk)
        digest = link(digest, pk, noted(row) if row else None)
        if row is None or digest != bytes(kept) or pk in stretch.doubtful:
            return int(pk)
    return None


def kept_head() -> Mapping[str, Any] | None:
    """Return number and digest of the last stretch as the data folder knows it."""
    with suppress(FileNotFoundError):
        found: Mapping[str, Any] = json.loads(
            Path(settings.ACCESS_HEAD_FILE).read_text()
        )
        return found
    return None


def _seal_some(at: datetime) -> int:
    with transaction.atomic():
        if not _is_ours():
            return 0
        some = AccessWaiting.objects.order_by("pk")[:STEP]
        waiting = dict(some.values_list("pk", "mark"))
        if waiting:
            _stretch(waiting, at).save(force_insert=True)
            AccessWaiting.objects.filter(pk__in=list(waiting)).delete()
    return len(waiting)


def _stretch(waiting: Mapping[int, str], at: datetime) -> AccessStretch:
    """Return the rows ``waiting``, with their marks, as a stretch on top of the last."""
    keys, rows = ring(), Access.objects.in_bulk(list(waiting))
    last = AccessStretch.objects.order_by("-number").first()
    before = bytes(last.digest) if last else BEGINNING
    digests: list[bytes] = []
    doubtful: list[int] = []
    for pk, mark in waiting.items():
        said = noted(rows[pk]) if pk in rows else None
        digests.append(link(digests[-1] if digests else before, pk, said))
        if said is None or not is_marked(keys, mark, said):
            doubtful.append(pk)
    made = AccessStretch(
        number=last.number + 1 if last else 1,
        access_ids=list(waiting),
        digests=digests,
        doubtful=doubtful,
        before=before,
        digest=digests[-1],
        latest_at=max((row.at for row in rows.values()), default=at),
        sealed_at=at,
    )
    sign(made, keys)
    return made


def _cut_one(before: datetime, at: datetime) -> bool:
    with transaction.atomic():
        claim()
        lowest = AccessStretch.objects.order_by("number")[:2]
        goes = next((one for one in lowest if one.cut_at is None), None)
        keys = ring()
        if goes is None or goes.latest_at >= before:
            return False
        if not is_signed(goes, keys) or rows_hold(goes) is not None:
            return False
        _let_change()
        Access.objects.filter(pk__in=goes.access_ids).delete()
        AccessStretch.objects.filter(number__lt=goes.number).delete()
        goes.access_ids, goes.digests, goes.doubtful = [], [], []
        goes.cut_at = at
        sign(goes, keys)
        goes.save()
    return True


def _keep_head() -> None:
    """
    Write down outside the database how the chain ends: who shortens it is found out.

    What the folder knows and the chain has not is left, as a proof.
    """
    last = AccessStretch.objects.order_by("-number").first()
    if not settings.ACCESS_HEAD_FILE or last is None:
        return
    head = {"number": last.number, "digest": bytes(last.digest).hex()}
    known = kept_head()
    if known is None or known["number"] < last.number:
        _write(Path(settings.ACCESS_HEAD_FILE), json.dumps(head))


def _write(target: Path, text: str) -> None:
    """Write a file: whole, or not at all."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(text)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _is_ours() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CHAIN_LOCK])
        (is_ours,) = cursor.fetchone()
    return bool(is_ours)


def _let_change() -> None:
    """Open what a trigger keeps shut, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL guanxi.access_log = 'open'")
