"""
What it costs to count whom conditions fit, beside the same question in plain SQL, as JSON.

Each is counted three times and the middle time told, in seconds; then a segment of many is
found, and found again when nothing has changed, and its portrait drawn.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from bench import house
from guanxi.config.postgres import ensure_running
from guanxi.config.prepare import migrate, set_up_django
from guanxi.foundation.tables.where import Group, parse

TIMES = 3
KEPT = "c.deleted_at IS NULL"
REAL = "o.deleted_at IS NULL AND o.cancelled_at IS NULL AND o.state <> 'draft'"
CUSTOMERS = f"SELECT count(*) FROM customers_customer c WHERE {KEPT}"
TRAITS = (
    "SELECT count(*) FROM customers_customer c JOIN customers_traits t"
    f" ON t.customer_id = c.id WHERE {KEPT}"
)


def main() -> None:
    """Print the figures."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    house.enter()
    with ensure_running():
        set_up_django()
        migrate()
        json.dump(_measured(), sys.stdout, ensure_ascii=False)


def _questions(today: date) -> Sequence[tuple[str, str]]:
    """Return conditions as segments write them, each with the SQL a person would write."""
    past = today - timedelta(days=89)
    span = f"o.ordered_on BETWEEN '{past}' AND '{today}'"
    buyers = f"FROM sales_order o WHERE {REAL} AND o.customer_id = c.id"
    return [
        ("city.eq.上海", f"{CUSTOMERS} AND c.city = '上海'"),
        ("state.in.(actual)", f"{CUSTOMERS} AND c.state = 'actual'"),
        ("tier.in.(vital,major)", f"{TRAITS} AND t.tier IN ('vital', 'major')"),
        (
            "rfm_segment.in.(champions),city.eq.北京",
            f"{TRAITS} AND t.rfm_segment = 'champions' AND c.city = '北京'",
        ),
        (
            "or(life_stage.in.(decline),purchase_state.in.(lost))",
            f"{TRAITS} AND (t.life_stage = 'decline' OR t.purchase_state = 'lost')",
        ),
        (
            "not(or(tier.in.(small),city.eq.上海))",
            f"{TRAITS} AND NOT (t.tier = 'small' OR c.city = '上海')",
        ),
        ("order_total.gte.1000", f"{TRAITS} AND t.order_total >= 1000"),
        (
            "last_order_on.within.90d",
            f"{TRAITS} AND t.last_order_on BETWEEN '{past}' AND '{today}'",
        ),
        (
            "orders.least.(90d,1)",
            f"{CUSTOMERS} AND EXISTS (SELECT {buyers} AND {span})",
        ),
        (
            "orders.least.(90d,2)",
            f"{CUSTOMERS} AND c.id IN (SELECT o.customer_id FROM sales_order o"
            f" WHERE {REAL} AND {span} GROUP BY 1 HAVING count(*) >= 2)",
        ),
        (
            "orders.most.(90d,0),tier.in.(vital)",
            f"{TRAITS} AND t.tier = 'vital' AND NOT EXISTS (SELECT {buyers} AND {span})",
        ),
        (
            "order_sum.least.(30d,500)",
            f"{CUSTOMERS} AND c.id IN (SELECT o.customer_id FROM sales_order o"
            f" WHERE {REAL} AND o.currency = 'CNY'"
            f" AND o.ordered_on BETWEEN '{today - timedelta(days=29)}' AND '{today}'"
            " GROUP BY 1 HAVING sum(o.total - o.refunded) >= 500)",
        ),
        (
            "birthday.falls.next30d",
            f"{CUSTOMERS} AND c.birth_on IS NOT NULL AND EXISTS (SELECT FROM"
            f" generate_series('{today}'::date, '{today}'::date + 29, '1 day') d"
            " WHERE to_char(d, 'MMDD') = to_char(c.birth_on, 'MMDD'))",
        ),
    ]


def _measured() -> dict[str, object]:
    from django.db import connection  # noqa: PLC0415 -- needs Django

    from guanxi.customers.queries.criteria import Criteria  # noqa: PLC0415 -- needs Django
    from guanxi.foundation.actor import System  # noqa: PLC0415 -- needs Django
    from guanxi.foundation.tables.counting import counted  # noqa: PLC0415 -- needs Django
    from guanxi.sales.queries.fact import order_day_bounds  # noqa: PLC0415 -- needs Django

    # The last day of trade is today: spans speak of days before it.
    _first, last = order_day_bounds() or (date.max, date.max)
    at = datetime(last.year, last.month, last.day, 4, tzinfo=UTC)
    criteria = Criteria(System("bench"), at)

    def by_hand(text: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(text)
            return int(cursor.fetchone()[0])

    def count(group: Group) -> int:
        return counted(criteria.fitting(group), milliseconds=60_000).number

    found: dict[str, object] = {"customers": by_hand(CUSTOMERS)}
    for text, plain in _questions(criteria.today):
        group = parse(text)
        ours, number = _timed(partial(count, group))
        theirs, same = _timed(partial(by_hand, plain))
        found[text] = {
            "count": number,
            "plain_count": same,
            "seconds": ours,
            "plain_seconds": theirs,
            "ratio": round(ours / theirs, 2),
        }
    return found | {"members": _members()}


def _members() -> dict[str, object]:
    """Return what it costs to find many members, again, and to draw their portrait."""
    from django.db import connection, transaction  # noqa: PLC0415 -- needs Django

    from guanxi.customers.commands.segment_member import find_members  # noqa: PLC0415 -- needs Django
    from guanxi.customers.models import Segment  # noqa: PLC0415 -- needs Django
    from guanxi.customers.queries.segment import HOUSE  # noqa: PLC0415 -- needs Django
    from guanxi.customers.queries.segment_portrait import (  # noqa: PLC0415 -- needs Django
        segment_portrait,
    )
    from guanxi.customers.rules.segment import written_definition  # noqa: PLC0415 -- needs Django
    from guanxi.foundation.clock import now  # noqa: PLC0415 -- needs Django
    from guanxi.foundation.tables.counting import roomy  # noqa: PLC0415 -- needs Django

    with transaction.atomic():
        at = now()
        made = Segment.objects.create(
            name="bench",
            definition=written_definition(parse("created_at.filled")),
            created_at=at,
            updated_at=at,
        )
        seconds = []
        for _time in range(2):
            began = time.perf_counter()
            with roomy():
                find_members(made, at=at)
            seconds.append(round(time.perf_counter() - began, 2))
        # As is done once the members are kept; here they are taken back.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE customers_segmentmember")
        drawn, _portrait = _timed(lambda: segment_portrait(HOUSE, made, at), times=1)
        transaction.set_rollback(True)
    return {
        "members": made.members,
        "found_seconds": seconds[0],
        "again_seconds": seconds[1],
        "portrait_seconds": drawn,
    }


def _timed(ask: Callable[[], Any], *, times: int = TIMES) -> tuple[float, Any]:
    """Return the middle of the seconds that ``ask`` took, and its answer."""
    taken = []
    for _time in range(times):
        began = time.perf_counter()
        answer = ask()
        taken.append(time.perf_counter() - began)
    return round(statistics.median(taken), 3), answer


if __name__ == "__main__":
    main()
