"""
The nightly judging of all customers' data, as JSON.

Twice: the first night writes what it finds, the second finds nothing changed. Beside it
what one plain aggregate over the same two tables takes, and one customer judged at once.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bench import house
from guanxi.config.postgres import ensure_running
from guanxi.config.prepare import set_up_django

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SINGLE = 50
_PLAIN = """
    SELECT c.form, c.province, count(*), count(nullif(c.phone, '')),
        count(nullif(c.email, '')), count(nullif(c.city, '')), sum(t.order_total)
    FROM customers_customer c JOIN customers_traits t ON t.customer_id = c.id
    WHERE c.deleted_at IS NULL GROUP BY c.form, c.province
"""


def main() -> None:
    """Judge the world of `bench.world` twice and print seconds, megabytes and ratio."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    house.enter()
    with ensure_running():
        set_up_django()
        found = _measured()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    json.dump(found | {"peak_mb": peak}, sys.stdout, indent=1)
    sys.stdout.write("\n")


def _measured() -> dict[str, object]:
    from django.db import connection  # noqa: PLC0415 -- once the house is known

    from guanxi.customers.models import Customer  # noqa: PLC0415 -- see above
    from guanxi.customers.tasks import judge_nightly  # noqa: PLC0415 -- see above

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        _seconds(lambda: cursor.execute(_PLAIN))  # the cache is warm then
        plain = _seconds(lambda: cursor.execute(_PLAIN))
    first = _seconds(lambda: judge_nightly(AT))
    second = _seconds(lambda: judge_nightly(AT))
    return {
        "customers": Customer.objects.kept().count(),
        "plain_aggregate_seconds": plain,
        "first_night_seconds": first,
        "second_night_seconds": second,
        "second_night_to_plain": round(second / plain, 1),
        "one_customer_ms": _one(),
    }


def _one() -> float:
    """Return the milliseconds in which one customer is judged, the median of some."""
    from django.db import transaction  # noqa: PLC0415 -- once the house is known

    from guanxi.customers.commands.quality_score import judge  # noqa: PLC0415 -- see above
    from guanxi.customers.models import Customer  # noqa: PLC0415 -- see above

    pks = Customer.objects.kept().order_by("pk").values_list("pk", flat=True)[:SINGLE]
    taken = []
    for pk in list(pks):
        with transaction.atomic():
            taken.append(_seconds(lambda pk=pk: judge([pk], at=AT)))  # type: ignore[misc]  # -- bound now
    return round(sorted(taken)[len(taken) // 2] * 1000, 1)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return round(time.perf_counter() - began, 4)


if __name__ == "__main__":
    main()
