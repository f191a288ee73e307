"""Is the access log as it was written? If not: which is the first row that is not?"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.access_log.chain import BEGINNING, is_marked, is_signed, noted
from guanxi.foundation.access_log.events import AccessLogBroken
from guanxi.foundation.access_log.seal import claim, kept_head, rows_hold
from guanxi.foundation.events import publish
from guanxi.foundation.models import (
    Access,
    AccessCheck,
    AccessStretch,
    AccessWaiting,
)
from guanxi.foundation.sealing.ring import Ring, ring

CHUNK = 20
FLAWS = {
    "row": _("row %(row)s was changed, deleted or put in by hand"),
    "stranger": _("row %(row)s was put in by hand"),
    "stretch": _("stretch %(stretch)s was changed, or one before it was taken away"),
    "end": _("the end was taken away: stretch %(stretch)s is missing or another one"),
}
_STRANGER = """
    SELECT min(a.id) FROM foundation_access a
    LEFT JOIN (SELECT unnest(access_ids) AS id FROM foundation_accessstretch) s
        ON s.id = a.id
    LEFT JOIN foundation_accesswaiting w ON w.row = a.id
    WHERE s.id IS NULL AND w.row IS NULL
"""


@dataclass(frozen=True)
class Verdict:
    """
    How the chain was found.

    ``flaw`` is a key of ``FLAWS``, or empty if all is well; ``row`` and ``number``
    say which row or stretch it is. If all is well ``number`` is the last stretch.
    """

    rows: int
    stretches: int
    flaw: str = ""
    row: int | None = None
    number: int | None = None

    @property
    def told(self) -> str:
        """Return the flaw as a sentence, or nothing."""
        named = {"row": self.row, "stretch": self.number}
        return str(FLAWS[self.flaw]) % named if self.flaw else ""


@dataclass(frozen=True)
class _Flaw:
    key: str
    row: int | None = None
    number: int | None = None


class _Walk:
    """Goes up the chain and remembers how far it came."""

    def __init__(self, keys: Ring, after: int) -> None:
        self.keys = keys
        self.rows = 0
        self.stretches = 0
        below = AccessStretch.objects.filter(number=after).first()
        self.below: AccessStretch | None = below
        self.todo = AccessStretch.objects.filter(number__gt=after).order_by("number")

    def flaw(self) -> _Flaw | None:
        """Return what is wrong with the first stretch or row that is not well."""
        for stretch in self.todo.iterator(chunk_size=CHUNK):
            if not (self._fits(stretch) and is_signed(stretch, self.keys)):
                return _Flaw("stretch", number=stretch.number)
            wrong = rows_hold(stretch)
            if wrong is not None:
                return _Flaw("row", row=wrong, number=stretch.number)
            self.rows += len(stretch.access_ids)
            self.stretches += 1
            self.below = stretch
        return None

    def _fits(self, stretch: AccessStretch) -> bool:
        """Tell whether ``stretch`` follows the one below, or begins the chain."""
        if len(stretch.access_ids) != len(stretch.digests):
            return False
        if stretch.digests and bytes(stretch.digests[-1]) != bytes(stretch.digest):
            return False
        if self.below is None:
            begins = stretch.number == 1 and bytes(stretch.before) == BEGINNING
            return begins or stretch.cut_at is not None
        follows = stretch.number == self.below.number + 1
        return follows and bytes(stretch.before) == bytes(self.below.digest)


def verify(*, after: int = 0) -> Verdict:
    """
    Return how the chain is found; ``after`` leaves out the stretches up to that number.

    Rows that no stretch knows are looked for in the whole log only. Nothing is sealed
    meanwhile; people go on working.
    """
    with transaction.atomic():
        claim()
        walk = _Walk(ring(), after)
        flaw = walk.flaw() or _waiting_flaw(walk.keys)
        if not (flaw or after):
            flaw = _stranger()
        flaw = flaw or _end_flaw()
    found = flaw or _Flaw("", number=walk.below.number if walk.below else None)
    return Verdict(walk.rows, walk.stretches, found.key, found.row, found.number)


def since_last_check() -> Verdict:
    """Return how the chain is found above what the last full check went through."""
    last = last_check()
    if last is None:
        return verify()
    if last.flaw:
        return Verdict(last.rows, last.stretches, last.flaw, last.row, last.number)
    return verify(after=last.number or 0)


def check(at: datetime) -> None:
    """Verify the whole log and keep the verdict; a flaw that is new is announced."""
    keep(verify(), at)


def keep(verdict: Verdict, at: datetime) -> None:
    """Write ``verdict`` down; announce a flaw that was not known."""
    before = last_check()
    with transaction.atomic():
        AccessCheck.objects.create(
            at=at,
            rows=verdict.rows,
            stretches=verdict.stretches,
            flaw=verdict.flaw,
            row=verdict.row,
            number=verdict.number,
        )
        if verdict.flaw and not (before and _same(before, verdict)):
            publish(
                AccessLogBroken(
                    flaw=verdict.flaw,
                    row=verdict.row,
                    number=verdict.number,
                    at=at,
                )
            )


def last_check() -> AccessCheck | None:
    """Return how the chain was found the last time."""
    return AccessCheck.objects.order_by("-at", "-pk").first()


def waiting_since() -> datetime | None:
    """Return when the oldest row was written that is in no stretch yet."""
    first = AccessWaiting.objects.order_by("pk").values("pk")[:1]
    return Access.objects.filter(pk__in=first).values_list("at", flat=True).first()


def _same(known: AccessCheck, verdict: Verdict) -> bool:
    facts = (known.flaw, known.row, known.number)
    return facts == (verdict.flaw, verdict.row, verdict.number)


def _waiting_flaw(keys: Ring) -> _Flaw | None:
    waiting = dict(AccessWaiting.objects.order_by("pk").values_list("pk", "mark"))
    rows = Access.objects.in_bulk(list(waiting))
    for pk, mark in waiting.items():
        if pk not in rows or not is_marked(keys, mark, noted(rows[pk])):
            return _Flaw("row", row=pk)
    return None


def _stranger() -> _Flaw | None:
    with connection.cursor() as cursor:
        cursor.execute(_STRANGER)
        (pk,) = cursor.fetchone()
    return None if pk is None else _Flaw("stranger", row=pk)


def _end_flaw() -> _Flaw | None:
    """Compare how the chain ends with what the data folder knows of it."""
    known = kept_head() if settings.ACCESS_HEAD_FILE else None
    if known is None:
        return None
    ends = AccessStretch.objects.filter(number=known["number"]).first()
    if ends and bytes(ends.digest).hex() == known["digest"]:
        return None
    last = AccessStretch.objects.order_by("number").first()
    is_cut = ends is None and last is not None and last.number > known["number"]
    return None if is_cut else _Flaw("end", number=known["number"])
