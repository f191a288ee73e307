"""What analytics does once scores are new."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_noop

from guanxi.analytics.commands.key_proposal import forget_key_proposal
from guanxi.analytics.commands.next_product import (
    forget_next_products,
    settle_offers,
)
from guanxi.analytics.commands.relation_month import count_relationships
from guanxi.analytics.events import ScoresRefreshed
from guanxi.analytics.queries import analysis_settings, latest_runs
from guanxi.customers.commands.state import mark_lost
from guanxi.customers.events import ProcessingLimited, WallSet
from guanxi.customers.queries.trait import silent_buyers
from guanxi.customers.rules.limit import UNPROFILED
from guanxi.foundation.actor import System
from guanxi.foundation.clock import now
from guanxi.foundation.events import Event
from guanxi.foundation.jobs import job
from guanxi.sales.events import OrderChanged, OrderPlaced
from guanxi.sales.queries.fact import last_order_days

ANALYST = System(gettext_noop("analysis"))
# As many as are locked together: nobody waits long to save one of them.
TOGETHER = 500
SCORES, DAYS, COSTS = "scores.parquet", "days.parquet", "costs.parquet"


def forget_profile(event: ProcessingLimited) -> None:
    """Remove the scores of somebody who objects to them, and what explains them."""
    if event.limit in UNPROFILED:
        forget_key_proposal(event.customer_id)
        forget_next_products(event.customer_id)
        _forget([event.customer_id])


def forget_persons(customer_ids: Sequence[int], _signs: Sequence[str]) -> None:
    """Remove the scores of persons who are erased; what was bought has but a number."""
    _forget(customer_ids)
    if (settings.WAREHOUSE_ROOT / COSTS).exists():
        _wait_for_engines()
        from guanxi.analytics.loading import (  # noqa: PLC0415 -- loads the engines
            forget_costs,
        )

        forget_costs(customer_ids)


def let_go(event: ScoresRefreshed) -> None:
    """Make lost customers of those whom the scores find lost, some at a time."""
    found = list(silent_buyers(ANALYST))
    for start in range(0, len(found), TOGETHER):
        mark_silent.later(customer_ids=found[start : start + TOGETHER])


def measure(event: ScoresRefreshed) -> None:
    """Count the relationships month by month, as of the day of the analysis."""
    count_relationships(ANALYST, as_of=date.fromisoformat(event.as_of), at=now())


def measure_apart(event: WallSet) -> None:
    """Count the relationships anew, so that those shut from somebody stand apart."""
    for run in latest_runs(1):
        count_relationships(ANALYST, as_of=run.as_of, at=now())


def keep_states(event: ScoresRefreshed) -> None:
    """Keep who is in which class at the end of each month."""
    _wait_for_engines()
    from guanxi.analytics.states import keep_months  # noqa: PLC0415 -- loads the engines

    for run in latest_runs(1):
        keep_months(run.as_of)


def load(event: ScoresRefreshed) -> None:
    """Let the warehouse have the classes that were just found."""
    _wait_for_engines()
    from guanxi.analytics.loading import (  # noqa: PLC0415 -- loads the engines
        load_dimensions,
    )

    load_dimensions()
    propose_products.later(run_id=event.run_id)


def notice_purchase(event: OrderPlaced | OrderChanged) -> None:
    """Mark what the customer ordered of the products proposed: perhaps it was offered."""
    settle_offers(ANALYST, customer_id=event.customer_id)


def count_days(event: Event) -> None:
    """Let the calendar of the cubes have the working days as the house now has them."""
    if not (settings.WAREHOUSE_ROOT / DAYS).exists():
        return
    _wait_for_engines()
    from guanxi.analytics.loading import load_days  # noqa: PLC0415 -- loads the engines

    load_days()


@job(queue="analysis")
def propose_products(*, run_id: int) -> None:
    """Work out the next products of customers, from the lines that were just loaded."""
    from guanxi.analytics.proposing import propose  # noqa: PLC0415 -- loads the engines

    with transaction.atomic():
        propose(run_id, at=now())


@job(queue="analysis")
def mark_silent(*, customer_ids: Sequence[int]) -> None:
    """
    Make lost customers of those among ``customer_ids`` who are still silent.

    Who has ordered since the day as of which the scores were made is left alone, and so
    for the shortest time of getting lost is whom somebody has won back.
    """
    ordered = last_order_days(customer_ids)
    silent = [
        pk
        for pk, last_order_on in silent_buyers(ANALYST, customer_ids).items()
        if ordered.get(pk, last_order_on) <= last_order_on
    ]
    patience = timedelta(days=analysis_settings().state.lost_floor_days)
    mark_lost(ANALYST, silent, at=now(), patience=patience)


def _forget(customer_ids: Sequence[int]) -> None:
    if not (settings.WAREHOUSE_ROOT / SCORES).exists():
        return
    _wait_for_engines()
    from guanxi.analytics.scoring import forget_scores  # noqa: PLC0415 -- loads the engines

    forget_scores(customer_ids)


def _wait_for_engines() -> None:
    """Let the transaction rest: to load the engines and the facts takes its time."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
