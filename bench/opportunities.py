"""
What the board, the list and the outlook of many open opportunities cost, as JSON.

Made in one transaction that is taken back at the end, with 500 owners in 50 teams;
answered in this process by the pages themselves, for who sees all and for one owner.
Beside them stands the bare sum by stage of the same rows.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from bench import house
from guanxi.config.prepare import set_up_django

if TYPE_CHECKING:
    from guanxi.identity.models import User

ROUNDS, WARMING = 30, 3
OWNERS, TEAMS = 500, 50
FIRST = 800_001
_MANY = """
    INSERT INTO sales_opportunity
        (name, stage_id, state, owner_id, team_id, amount, currency, expected_on, channel,
         next_step, lost_reason, close_note, note, external_id, stage_since, search,
         created_at, updated_at, version)
    SELECT 'Deal ' || n, stages[1 + n %% array_length(stages, 1)], 'open',
           %(first)s + n %% %(owners)s, %(first)s + n %% %(teams)s,
           (n * 7919) %% 900000 + 1000, 'CNY', DATE '2026-01-01' + (n * 31) %% 700,
           'sales', '', '', '', '', '', now(), ' deal ' || n,
           now() - n * interval '1 minute', now(), 1
    FROM generate_series(1, %(count)s) AS n,
         (SELECT array_agg(id ORDER BY position) AS stages FROM sales_stage) AS known
"""
_BARE = (
    "SELECT stage_id, count(*), sum(amount) FROM sales_opportunity GROUP BY stage_id"
)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    count = parser.parse_args().count
    house.enter()
    set_up_django()
    from guanxi.config.session import house_open  # noqa: PLC0415 -- after the settings

    with house_open():
        found = _measured(count)
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _measured(count: int) -> dict[str, object]:
    from django.db import connection, transaction  # noqa: PLC0415 -- after the settings
    from django.test import Client  # noqa: PLC0415 -- as above

    with transaction.atomic():
        everything, owner = _people()
        facts = {"count": count, "first": FIRST, "owners": OWNERS, "teams": TEAMS}
        with connection.cursor() as cursor:
            cursor.execute(_MANY, facts)
            cursor.execute("ANALYZE sales_opportunity")

            def bare() -> None:
                cursor.execute(_BARE)
                cursor.fetchall()

            found: dict[str, object] = {"count": count, "bare_sum": _times(bare)}
            for name, user in (("all", everything), ("own", owner)):
                client = Client(SERVER_NAME="localhost")
                client.force_login(user)
                found[name] = {
                    page: _times(partial(_opened, client, page))
                    for page in ("", "board/", "outlook/")
                }
        transaction.set_rollback(True)
    return found


def _opened(client: Any, page: str) -> None:
    answer = client.get(f"/sales/opportunities/{page}")
    if answer.status_code != 200:
        raise SystemExit(f"{page} answered {answer.status_code}")


def _people() -> "tuple[User, User]":
    """Make the owners and their teams; return one who sees all, and one of them."""
    from guanxi.foundation.actor import Depth  # noqa: PLC0415 -- after the settings
    from guanxi.identity.models import (  # noqa: PLC0415 -- as above
        Role,
        Team,
        User,
    )
    from guanxi.identity.tests.factories import (  # noqa: PLC0415 -- as above
        NOON,
        make_role,
        make_user,
    )

    Team.objects.bulk_create(
        Team(pk=FIRST + n, name=f"Team {n}", path=[FIRST + n]) for n in range(TEAMS)
    )
    User.objects.bulk_create(
        User(
            pk=FIRST + n,
            username=f"owner{n}",
            name=f"Owner {n}",
            sort_name=f"owner {n}",
            team_id=FIRST + n % TEAMS,
            created_at=NOON,
        )
        for n in range(OWNERS)
    )
    role: Role = make_role(
        {"opportunity.read": Depth.OWN, "opportunity.edit": Depth.OWN}
    )
    owner = User.objects.get(pk=FIRST)
    owner.roles.add(role)
    return make_user(roles=[make_role(is_everything=True)]), owner


def _times(act: Callable[[], None]) -> dict[str, float]:
    """Return the milliseconds of many rounds."""
    for _round in range(WARMING):
        act()
    took = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return {
        "p50_ms": round(took[len(took) // 2], 1),
        "p95_ms": round(took[int(len(took) * 0.95)], 1),
    }


if __name__ == "__main__":
    main()
