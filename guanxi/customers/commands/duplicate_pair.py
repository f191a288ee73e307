"""Keep the pairs that are likely one, and what people say about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.db import connection

from guanxi.customers.events import DuplicateDismissed, DuplicateReopened
from guanxi.customers.models import Customer, DuplicatePair
from guanxi.customers.rules.duplicate import PairState
from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied
from guanxi.foundation.events import publish

if TYPE_CHECKING:
    import psycopg

_STAGE = """
    CREATE TEMPORARY TABLE found_pair (
        one_id bigint, other_id bigint, score smallint, reasons text,
        one_mark text, other_mark text
    ) ON COMMIT DROP
"""
_COPY = "COPY found_pair FROM STDIN (FORMAT csv)"
# Somebody's word stands until what was compared of one of the two has changed.
_STORE = """
    INSERT INTO customers_duplicatepair AS p
        (one_id, other_id, score, reasons, one_mark, other_mark, state, found_at)
    SELECT f.one_id, f.other_id, f.score, string_to_array(f.reasons, ' '),
        f.one_mark, f.other_mark, 'open', %(at)s
    FROM found_pair f
    JOIN customers_customer a ON a.id = f.one_id AND a.deleted_at IS NULL
    JOIN customers_customer b ON b.id = f.other_id AND b.deleted_at IS NULL
    ON CONFLICT (one_id, other_id) DO UPDATE
    SET score = excluded.score, reasons = excluded.reasons,
        one_mark = excluded.one_mark, other_mark = excluded.other_mark,
        state = CASE WHEN (p.one_mark, p.other_mark)
            = (excluded.one_mark, excluded.other_mark) THEN p.state ELSE 'open' END
    WHERE (p.score, p.reasons, p.one_mark, p.other_mark) IS DISTINCT FROM
        (excluded.score, excluded.reasons, excluded.one_mark, excluded.other_mark)
    RETURNING xmax = 0
"""
# What is not likely any more goes; a pair that was merged waits for an undo.
_FORGET = """
    DELETE FROM customers_duplicatepair p
    USING customers_customer a, customers_customer b
    WHERE p.state = 'open' AND a.id = p.one_id AND b.id = p.other_id
      AND a.deleted_at IS NULL AND b.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM found_pair f
                      WHERE f.one_id = p.one_id AND f.other_id = p.other_id)
"""


@dataclass(frozen=True)
class StoredPairs:
    """How many pairs a run added, changed and took away."""

    added: int
    changed: int
    gone: int


@command(needs="customer.score")
def store_pairs(by: Actor, blocks: Iterable[bytes], *, at: datetime) -> StoredPairs:
    """
    Keep the pairs found by a run over the whole base; only what differs is written.

    ``blocks`` are whole lines of CSV as COPY reads it: the numbers of both (the lower one
    first), the score in percent, the reasons between blanks, the marks of both.

    :raises Denied: for whoever does not speak for all customers: what is not found goes.
    """
    if by.grants.depth("customer.score") is not Depth.ALL:
        raise Denied("customer.score")
    with connection.cursor() as wrapped:
        cursor = cast("psycopg.Cursor[tuple[bool]]", wrapped.cursor)
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as stream:
            for block in blocks:
                stream.write(block)
        cursor.execute("ANALYZE found_pair")
        cursor.execute(_STORE, {"at": at})
        new = [is_new for (is_new,) in cursor.fetchall()]
        cursor.execute(_FORGET)
        gone = cursor.rowcount
        cursor.execute("DROP TABLE found_pair")
    return StoredPairs(added=sum(new), changed=len(new) - sum(new), gone=gone)


@command(needs="customer.merge")
def dismiss_pair(
    by: Actor, one: Customer, other: Customer, *, at: datetime
) -> DuplicatePair | None:
    """
    Say that two customers are not the same: they are not proposed again as they are.

    Return the pair, or None if nobody proposes it.
    """
    return _decide(by, one, other, PairState.DIFFERENT, at)


@command(needs="customer.merge")
def reopen_pair(
    by: Actor, one: Customer, other: Customer, *, at: datetime
) -> DuplicatePair | None:
    """Take back that two customers are not the same."""
    return _decide(by, one, other, PairState.OPEN, at)


def _decide(
    by: Actor, one: Customer, other: Customer, state: PairState, at: datetime
) -> DuplicatePair | None:
    first, second = sorted((one.pk, other.pk))
    rows = DuplicatePair.objects.select_for_update()
    pair = rows.filter(one_id=first, other_id=second).exclude(state=state).first()
    if pair is None:
        return None
    is_open = state is PairState.OPEN
    pair.state = state
    pair.decided_at = None if is_open else at
    pair.decided_by_id = None if is_open else by.actor_id
    pair.save(update_fields=["state", "decided_at", "decided_by"])
    event = DuplicateReopened if is_open else DuplicateDismissed
    for this, that in ((first, second), (second, first)):
        publish(event(customer_id=this, other_id=that, at=at))
    return pair
