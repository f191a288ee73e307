"""Carry the next products from the warehouse into the database; loads the engines."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_noop
from pyarrow import csv

from guanxi.analytics.commands.next_product import settle_offers, store_next_products
from guanxi.analytics.cross_selling import NextProducts, Pairs, next_products
from guanxi.analytics.events import ProductsProposed
from guanxi.analytics.models import AnalysisRun, NextProduct, OfferGround
from guanxi.analytics.offers import OFFERED
from guanxi.analytics.queries import analysis_settings, unprofiled
from guanxi.analytics.rules import OFFER_DAYS, REST_DAYS, GroundKind, OfferState
from guanxi.analytics.science.grouped import Ints
from guanxi.foundation.actor import System
from guanxi.foundation.events import publish
from guanxi.sales.queries.product import products

ANALYST = System(gettext_noop("analysis"))
# Orders that files brought are looked at once more than need be.
ENTERED_WITHIN = timedelta(days=3)
ROWS = 50_000


def propose(run_id: int, *, at: datetime) -> int:
    """
    Work out from the loaded lines what to propose to whom; return how much of it is new.

    As of the day of the run, whose summary then tells how good the suggestions are.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    settle_offers(ANALYST, since=at - ENTERED_WITHIN)
    run = AnalysisRun.objects.select_for_update().get(pk=run_id)
    found = next_products(
        settings.WAREHOUSE_ROOT,
        analysis_settings().offer,
        as_of=run.as_of,
        on_offer=_on_offer(),
        without=np.array(unprofiled(), np.int64),
        refused=_refused(at),
    )
    if found is None:
        return store_next_products(ANALYST, [], [], at=at)
    fresh = store_next_products(ANALYST, _grounds(found), _blocks(found), at=at)
    told = asdict(found.quality) | {"buyers": found.buyers}
    run.summary = {**run.summary, OFFERED: told}
    run.save(update_fields=["summary"])
    publish(
        ProductsProposed(run_id=run.pk, as_of=run.as_of.isoformat(), added=fresh, at=at)
    )
    return fresh


def _on_offer() -> Ints:
    rows = products(ANALYST).filter(is_active=True).order_by()
    return np.array(sorted(rows.values_list("pk", flat=True)), np.int64)


def _refused(at: datetime) -> Pairs:
    """Return the customers and products that have had their offer for a while."""
    is_waiting = Q(
        state__in=[OfferState.OFFERED, OfferState.ACCEPTED],
        offered_at__gt=at - timedelta(days=OFFER_DAYS),
        bought_at__isnull=True,
    )
    rested = at - timedelta(days=REST_DAYS)
    is_unwanted = Q(state=OfferState.DECLINED, decided_at__gt=rested)
    rows = NextProduct.objects.filter(is_waiting | is_unwanted)
    pairs = np.array(list(rows.values_list("customer_id", "product_id")), np.int64)
    first, second = pairs.reshape(-1, 2).T
    return first, second


def _grounds(found: NextProducts) -> list[OfferGround]:
    why, grounds = found.why, []
    for number in range(len(why.product)):
        is_rule, given = bool(why.is_rule[number]), int(why.given[number])
        form, industry, tier = ("", "", "") if is_rule else found.groups[given]
        grounds.append(
            OfferGround(
                kind=GroundKind.RULE if is_rule else GroundKind.PEERS,
                given_id=given if is_rule else None,
                form=form,
                industry=industry,
                tier=tier,
                product_id=int(why.product[number]),
                both=int(why.both[number]),
                among=int(why.among[number]),
                base=round(float(why.base[number]), 6),
            )
        )
    return grounds


def _blocks(found: NextProducts) -> Iterator[bytes]:
    """Yield the suggestions as COPY reads them, a batch at a time."""
    columns = (found.customers, found.products, found.ranks, found.grounds)
    table = pa.table(dict(zip("cprg", columns, strict=True)))
    for batch in table.to_batches(max_chunksize=ROWS):
        stream = pa.BufferOutputStream()
        csv.write_csv(batch, stream, csv.WriteOptions(include_header=False))
        yield stream.getvalue().to_pybytes()
