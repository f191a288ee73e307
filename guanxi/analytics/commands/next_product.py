"""Propose products to customers, and record what came of offering them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from guanxi.analytics.events import (
    OfferAccepted,
    OfferDeclined,
    OfferTakenBack,
    ProductOffered,
)
from guanxi.analytics.models import NextProduct, OfferGround
from guanxi.analytics.rules import OFFER_DAYS, REST_DAYS, OfferState
from guanxi.customers.queries.limit import unprofiled_facts
from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import Event, publish, publish_all
from guanxi.sales.queries.fact import buyers_entered_since, first_order_of

if TYPE_CHECKING:
    import psycopg

TOGETHER = 2_000
_COUNTED = ("kind", "both", "among", "base", "is_current")
_ANSWERS = {
    OfferState.OPEN: OfferTakenBack,
    OfferState.OFFERED: ProductOffered,
    OfferState.ACCEPTED: OfferAccepted,
    OfferState.DECLINED: OfferDeclined,
}
# What may follow what; to begin anew takes back what was recorded.
_FOLLOWS = {
    OfferState.OPEN: {OfferState.OFFERED, OfferState.ACCEPTED, OfferState.DECLINED},
    OfferState.OFFERED: {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.OPEN},
    OfferState.ACCEPTED: {OfferState.OPEN},
    OfferState.DECLINED: {OfferState.OPEN},
}
# Of those who object meanwhile, and of what is no longer on offer, nothing is written.
_STAGE = f"""
    CREATE TEMPORARY TABLE next_stage ON COMMIT DROP AS
    SELECT f.customer_id, f.product_id, f.rank, g.id AS ground_id
    FROM next_found f
    JOIN unnest(%s::bigint[]) WITH ORDINALITY AS g(id, place) ON g.place = f.place + 1
    JOIN customers_customer c ON c.id = f.customer_id AND c.deleted_at IS NULL
    JOIN sales_product p ON p.id = f.product_id AND p.deleted_at IS NULL AND p.is_active
    WHERE f.customer_id NOT IN ({unprofiled_facts()})
"""  # noqa: S608 -- words of our own
_IS_OPEN = "n.state = 'open' AND n.bought_at IS NULL"
_SAME = "s.customer_id = n.customer_id AND s.product_id = n.product_id"
_GONE = f"""
    DELETE FROM analytics_nextproduct n
    WHERE {_IS_OPEN} AND NOT EXISTS (SELECT FROM next_stage s WHERE {_SAME})
"""  # noqa: S608 -- words of our own
_MOVED = f"""
    UPDATE analytics_nextproduct n SET rank = s.rank, ground_id = s.ground_id
    FROM next_stage s WHERE {_IS_OPEN} AND {_SAME}
      AND (n.rank, n.ground_id) IS DISTINCT FROM (s.rank, s.ground_id)
"""  # noqa: S608 -- words of our own
_NEW = f"""
    INSERT INTO analytics_nextproduct
      (customer_id, product_id, ground_id, rank, state, found_at)
    SELECT s.customer_id, s.product_id, s.ground_id, s.rank, 'open', %s
    FROM next_stage s
    WHERE NOT EXISTS (SELECT FROM analytics_nextproduct n WHERE {_IS_OPEN} AND {_SAME})
"""  # noqa: S608 -- words of our own


class OfferSettled(Refused):
    """What is to be recorded does not follow from what was recorded before."""

    code = "offer_settled"


@command(needs="customer.score")
def store_next_products(
    by: Actor, why: Sequence[OfferGround], blocks: Iterable[bytes], *, at: datetime
) -> int:
    """
    Keep what is proposed to whom, and why; return how many suggestions are new.

    ``blocks`` are lines of CSV as COPY reads it, because millions are never objects here:
    the customer, the product, the rank and the place of the ground in ``why``. What is
    proposed no more goes, what stays is written only where it differs, and what somebody
    has offered is left as it is.

    :raises Denied: for whoever does not speak for all customers: what is not found goes.
    """
    if by.grants.depth("customer.score") is not Depth.ALL:
        raise Denied("customer.score")
    numbers = _keep_grounds(why)
    with connection.cursor() as wrapped:
        cursor = cast("psycopg.Cursor[tuple[object, ...]]", wrapped.cursor)
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "CREATE TEMPORARY TABLE next_found (customer_id bigint, product_id bigint,"
            " rank smallint, place integer) ON COMMIT DROP"
        )
        with cursor.copy("COPY next_found FROM STDIN (FORMAT csv)") as stream:
            for block in blocks:
                stream.write(block)
        cursor.execute(_STAGE, [numbers])
        cursor.execute("ANALYZE next_stage")
        cursor.execute(_GONE)
        cursor.execute(_MOVED)
        cursor.execute(_NEW, [at])
        fresh = cursor.rowcount
        cursor.execute("DROP TABLE next_found, next_stage")
    _forget_old(at)
    return fresh


@command(needs="next_product.record")
def record_offer(
    by: Actor, row: NextProduct, *, outcome: OfferState, at: datetime
) -> NextProduct:
    """
    Record that the product was offered, or what the customer said to it.

    An answer without an offer before it is both at once. `OfferState.OPEN` takes back
    what was recorded.

    :raises OfferSettled: if that does not follow from what was recorded before.
    """
    held = NextProduct.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if outcome not in _FOLLOWS[OfferState(held.state)] or not _may_begin(held, outcome):
        raise OfferSettled(_("Somebody else has recorded this meanwhile."))
    is_open = outcome is OfferState.OPEN
    if is_open or held.offered_at is None:
        held.offered_at = None if is_open else at
        held.offered_by_id = None if is_open else by.actor_id
    is_answer = outcome in (OfferState.ACCEPTED, OfferState.DECLINED)
    held.state, held.decided_at = outcome, at if is_answer else None
    held.save(update_fields=["state", "offered_at", "offered_by", "decided_at"])
    publish(_event(held, outcome, at))
    return held


@command(needs="customer.score")
def settle_offers(
    by: Actor, *, customer_id: int | None = None, since: datetime | None = None
) -> int:
    """
    Notice which proposed products customers have ordered; return how many.

    Of one customer, or of those whose orders were entered ``since``. An order within
    ninety days after the offer is its acceptance, whoever took it. To do it again does
    nothing: what was bought is marked so.

    :raises Denied: for whoever does not speak for all customers.
    """
    if by.grants.depth("customer.score") is not Depth.ALL:
        raise Denied("customer.score")
    rows = NextProduct.objects.filter(bought_at=None)
    if customer_id is not None:
        rows = rows.filter(customer=customer_id)
    if since is not None:
        rows = rows.filter(customer_id__in=buyers_entered_since(since))
    rows = rows.alias(began_at=Coalesce("offered_at", "found_at")).annotate(
        ordered_at=first_order_of(
            customer="customer_id", product="product_id", after="began_at"
        )
    )
    rows = rows.exclude(ordered_at=None).select_related("product").order_by("pk")
    found = list(rows.select_for_update(of=("self",)))
    taken = [row for row in found if _settle(row)]
    fields = ("bought_at", "state", "decided_at")
    NextProduct.objects.bulk_update(found, fields, batch_size=TOGETHER)
    publish_all(
        [
            _event(row, OfferState.ACCEPTED, row.decided_at)
            for row in taken
            if row.decided_at
        ]
    )
    return len(found)


def forget_next_products(customer_id: int) -> None:
    """Remove what is proposed to somebody who objects to being judged."""
    NextProduct.objects.filter(customer=customer_id).delete()


def _keep_grounds(why: Sequence[OfferGround]) -> list[int]:
    """Write the grounds, marked as those that hold now; return their numbers."""
    OfferGround.objects.filter(is_current=True).update(is_current=False)
    known = {_key(row): row for row in OfferGround.objects.all()}
    fresh, moved = [], []
    for one in why:
        row = known.get(_key(one))
        if row is None:
            fresh.append(one)
            continue
        for name in _COUNTED:
            setattr(row, name, getattr(one, name))
        moved.append(row)
    OfferGround.objects.bulk_update(moved, _COUNTED, batch_size=TOGETHER)
    OfferGround.objects.bulk_create(fresh, batch_size=TOGETHER)
    known |= {_key(row): row for row in fresh}
    return [known[_key(one)].pk for one in why]


def _key(row: OfferGround) -> tuple[Any, ...]:
    return row.product_id, row.given_id, row.form, row.industry, row.tier


def _forget_old(at: datetime) -> None:
    """Remove what tells nothing any more: old purchases, and grounds that nothing names."""
    old = at - timedelta(days=REST_DAYS)
    bought = NextProduct.objects.filter(state=OfferState.OPEN, bought_at__lt=old)
    bought.delete()
    named = Exists(NextProduct.objects.filter(ground=OuterRef("pk")))
    OfferGround.objects.filter(~Q(named), is_current=False).delete()


def _may_begin(held: NextProduct, outcome: OfferState) -> bool:
    """Tell whether a suggestion is open again if it has to be: none is beside it."""
    if outcome is not OfferState.OPEN:
        return True
    others = NextProduct.objects.filter(
        customer=held.customer_id, product=held.product_id, state=OfferState.OPEN
    )
    return held.bought_at is None and not others.filter(bought_at=None).exists()


def _settle(row: Any) -> bool:
    """Mark a suggestion as bought; tell whether that is the answer to an offer."""
    row.bought_at = row.ordered_at
    if row.state != OfferState.OFFERED or row.offered_at is None:
        return False
    if row.ordered_at > row.offered_at + timedelta(days=OFFER_DAYS):
        return False
    row.state, row.decided_at = OfferState.ACCEPTED, row.ordered_at
    return True


def _event(row: NextProduct, outcome: OfferState, at: datetime) -> Event:
    return _ANSWERS[outcome](
        next_product_id=row.pk,
        customer_id=row.customer_id,
        product=row.product.name,
        at=at,
    )
