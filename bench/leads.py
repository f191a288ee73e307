"""
How eight workers give out the leads of the pool at the same time, as JSON.

Leads and people are committed, for each worker is a process of its own, and removed at the
end. Each lead must be given exactly once, and nobody may get more than one above anybody
else. Beside it stands one bare UPDATE that writes the same owners.
"""

import argparse
import json
import sys
import time
from collections import Counter
from multiprocessing import get_context

from bench import house
from guanxi.config.prepare import set_up_django

PEOPLE, FIRST = 20, 800_001
MARK = "bench-lead"
_LEADS = """
    INSERT INTO sales_lead
        (name, company, phone, email, province, city, origin, origin_note, state,
         discard_reason, note, external_id, search, created_at, updated_at, version)
    SELECT 'Lead ' || n, '', '', '', '', '', 'web', '', 'new', '', '', %(mark)s,
           ' lead ' || n, now() - n * interval '1 second', now(), 1
    FROM generate_series(1, %(count)s) AS n
"""
_BARE = """
    UPDATE sales_lead SET owner_id = %(first)s + id %% %(people)s, version = version + 1
    WHERE external_id = %(mark)s
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=8)
    options = parser.parse_args()
    house.enter()
    set_up_django()
    from guanxi.config.session import house_open  # noqa: PLC0415 -- after the settings

    with house_open():
        found = _measured(options.count, options.workers)
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def give_out(_number: int) -> int:
    """Give out leads until there are none, in a process of its own; return how many."""
    set_up_django()
    from guanxi.foundation.clock import now  # noqa: PLC0415 -- after the settings
    from guanxi.sales.commands.lead_rule import distribute_leads  # noqa: PLC0415 -- as above
    from guanxi.sales.tasks import TENDER  # noqa: PLC0415 -- as above

    given = 0
    while count := distribute_leads(TENDER, at=now(), most=50):
        given += count
    return given


def _measured(count: int, workers: int) -> dict[str, object]:
    from django.db import connection  # noqa: PLC0415 -- after the settings

    from guanxi.foundation.models import LoggedEvent  # noqa: PLC0415 -- as above
    from guanxi.sales.models import Lead  # noqa: PLC0415 -- as above

    _clean()
    try:
        _people()
        with connection.cursor() as cursor:
            cursor.execute(_LEADS, {"count": count, "mark": MARK})
        leads = Lead.objects.filter(external_id=MARK)
        with get_context("spawn").Pool(workers) as pool:
            pool.map(_ready, range(workers), 1)
            began = time.perf_counter()
            by_worker = pool.map(give_out, range(workers), 1)
            took = time.perf_counter() - began
        without_owner = leads.filter(owner=None).count()
        turns = Counter(leads.exclude(owner=None).values_list("owner_id", flat=True))
        told = LoggedEvent.objects.filter(
            name="sales.LeadGiven", subject_id__in=leads.values("pk")
        )
        given = Counter(told.values_list("subject_id", flat=True))
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(_BARE, {"first": FIRST, "people": PEOPLE, "mark": MARK})
        bare = time.perf_counter() - began
    finally:
        _clean()
    return {
        "leads": count,
        "workers": workers,
        "given_exactly_once": sum(times == 1 for times in given.values()),
        "without_owner": without_owner,
        "fairness_difference": max(turns.values()) - min(turns.values()),
        "by_worker": sorted(by_worker),
        "seconds": round(took, 2),
        "leads_per_second": round(count / took),
        "bare_update_seconds": round(bare, 3),
    }


def _ready(_number: int) -> None:
    """Let each process load its modules before the clock runs."""
    set_up_django()
    time.sleep(0.5)


def _people() -> None:
    from guanxi.foundation.clock import now  # noqa: PLC0415 -- after the settings
    from guanxi.identity.models import User  # noqa: PLC0415 -- as above
    from guanxi.sales.models import LeadReceiver, LeadRule  # noqa: PLC0415 -- as above

    people = User.objects.bulk_create(
        User(
            pk=FIRST + n,
            username=f"{MARK}-{n}",
            name=f"Person {n}",
            sort_name=f"person {n}",
            created_at=now(),
        )
        for n in range(PEOPLE)
    )
    rule = LeadRule.objects.create(name=MARK)
    LeadReceiver.objects.bulk_create(
        LeadReceiver(rule=rule, user=one) for one in people
    )


def _clean() -> None:
    from guanxi.foundation.models import LoggedEvent  # noqa: PLC0415 -- after the settings
    from guanxi.identity.models import User  # noqa: PLC0415 -- as above
    from guanxi.sales.models import Lead, LeadRule  # noqa: PLC0415 -- as above

    leads = Lead.objects.filter(external_id=MARK)
    told = LoggedEvent.objects.filter(kind="lead", subject_id__in=leads.values("pk"))
    told.delete()
    leads.delete()
    LeadRule.objects.filter(name=MARK).delete()
    User.objects.filter(username__startswith=MARK).delete()


if __name__ == "__main__":
    main()
