"""
What access control costs a list: the first page and an exact count, as JSON.

On the world of `bench.world`, with 200 users in a tree of teams four levels deep, a
territory for each province, a hundred shares and ten walls for each user. All of it is
taken back at the end: the world stays as it was.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import house, world
from guanxi.config.prepare import set_up_django

if TYPE_CHECKING:
    from guanxi.foundation.actor import Actor

USERS, SHARES, WALLS = 200, 100, 10
WARMING, PAGES, COUNTS = 6, 25, 5  # rounds
FIRST_TEAM, FIRST_PERSON = 900_001, 900_001
# What each of these roles reaches, and where in the tree of teams its holder stands.
VIEWERS = {
    "own": ("OWN", 4),
    "team": ("TEAM", 4),
    "district": ("TEAM_TREE", 3),
    "region": ("TEAM_TREE", 2),
    "territory": ("TERRITORY", 4),
    "all": ("ALL", 1),
}


def main() -> None:
    """Print the figures."""
    options = _options()
    house.enter()
    set_up_django()
    from guanxi.config.session import house_open  # noqa: PLC0415 -- after the settings

    with house_open():
        found = _measured(options.seed)
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=world.SEED)
    return parser.parse_args()


def _measured(seed: int) -> dict[str, object]:
    from django.db import connection  # noqa: PLC0415 -- after the settings

    with _taken_back():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        viewers, made = _peopled(random.Random(seed))
        costs = _costs(viewers)
    free = costs.pop("unscoped")
    return {
        **made,
        "unscoped": free,
        "scoped": {
            name: cost | {f"{key}_times": _times(cost, free, key) for key in _MEASURES}
            for name, cost in costs.items()
        },
    }


_WRITTEN = (
    *("customers_customershare", "customers_customerwall", "identity_team"),
    *("customers_territorycustomer", "customers_territorymember"),
)
_MEASURES = ("page_ms", "count_ms")


def _times(cost: Mapping[str, float], free: Mapping[str, float], key: str) -> float:
    return round(cost[key] / free[key], 2)


@contextmanager
def _taken_back() -> Iterator[None]:
    from django.db import transaction  # noqa: PLC0415 -- after the settings

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _peopled(rng: random.Random) -> "tuple[dict[str, Actor], dict[str, object]]":
    """Return who looks, by what his role reaches, and how the world was peopled."""
    from django.db import connection  # noqa: PLC0415 -- after the settings

    from guanxi.foundation.actor import System  # noqa: PLC0415 -- needs Django

    leaves = _tree()
    viewers = _viewers(leaves)
    everybody = _people(leaves)
    began = time.perf_counter()
    placed = _territories(everybody, viewers["territory"].pk, rng)
    seconds = round(time.perf_counter() - began, 1)
    _ties(everybody, rng)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(_WRITTEN)}")
    made: dict[str, object] = {
        "users": len(everybody),
        "placed": placed,
        "placing_seconds": seconds,
        "shares": SHARES * len(everybody),
        "walls": WALLS * len(everybody),
    }
    return {"unscoped": System("bench"), **viewers}, made


def _tree() -> Sequence[int]:
    """Put the teams of the world under districts, regions and a company; return them."""
    from guanxi.identity.models import Team  # noqa: PLC0415 -- after the settings

    leaves = list(Team.objects.order_by("pk").values_list("pk", flat=True))
    company, *regions = range(FIRST_TEAM, FIRST_TEAM + 3)
    districts = range(FIRST_TEAM + 3, FIRST_TEAM + 8)
    paths = {company: [company]} | {pk: [company, pk] for pk in regions}
    paths |= {pk: [*paths[regions[pk % 2]], pk] for pk in districts}
    for pk, path in paths.items():
        parent = path[-2] if len(path) > 1 else None
        Team.objects.create(pk=pk, name=f"bench {pk}", parent_id=parent, path=path)
    for number, pk in enumerate(leaves):
        above = districts[number % len(districts)]
        Team.objects.filter(pk=pk).update(parent=above, path=[*paths[above], pk])
    return leaves


def _viewers(leaves: Sequence[int]) -> dict[str, Any]:
    """Return one user for each of `VIEWERS`; the first user of the world owns as he did."""
    from guanxi.foundation.actor import Depth  # noqa: PLC0415 -- after the settings
    from guanxi.identity.models import Role, Team, User  # noqa: PLC0415 -- needs Django

    found = {}
    for number, (name, (depth, level)) in enumerate(VIEWERS.items()):
        team = Team.objects.filter(path__len=level).order_by("pk")[0]
        depths = {"customer.read": int(Depth[depth]), "customer.edit": 1}
        role = Role.objects.create(name=f"bench {name}", depths=depths)
        user = (
            User.objects.get(pk=world.FIRST_USER)
            if name == "own"
            else _user(FIRST_PERSON + number, team.pk)
        )
        user.roles.set([role])
        found[name] = user
    return found


def _user(pk: int, team_id: int) -> Any:
    from guanxi.identity.models import User  # noqa: PLC0415 -- after the settings

    at = datetime.now(UTC)
    return User.objects.create(
        pk=pk, username=f"bench{pk}", name=f"bench {pk}", team_id=team_id, created_at=at
    )


def _people(leaves: Sequence[int]) -> list[int]:
    """Fill the teams up to as many users as there are to be; return them all."""
    from guanxi.identity.models import User  # noqa: PLC0415 -- after the settings

    known = User.objects.count()
    for number in range(USERS - known):
        _user(FIRST_PERSON + 1000 + number, leaves[number % len(leaves)])
    return list(User.objects.order_by("pk").values_list("pk", flat=True))


def _territories(people: Sequence[int], viewer: int, rng: random.Random) -> int:
    """Draw a territory for each province and give it to some; return what lies in them."""
    from guanxi.customers.commands.territory import (  # noqa: PLC0415 -- needs Django
        refill_territory,
    )
    from guanxi.customers.models import (  # noqa: PLC0415 -- needs Django
        Customer,
        Territory,
        TerritoryMember,
    )
    from guanxi.foundation.actor import System  # noqa: PLC0415 -- needs Django

    provinces = (
        Customer.objects.order_by().values_list("province", flat=True).distinct()
    )
    drawn = []
    for name in sorted(provinces):
        one = Territory.objects.create(name=f"bench {name}", provinces=[name])
        one.path = [one.pk]
        one.save()
        drawn.append(one)
        for pk in rng.sample(people, 5):
            TerritoryMember.objects.get_or_create(territory=one, user_id=pk)
    TerritoryMember.objects.filter(user_id=viewer).delete()
    TerritoryMember.objects.create(territory=drawn[len(drawn) // 2], user_id=viewer)
    at = datetime.now(UTC)
    return sum(refill_territory(System("bench"), one, at=at) for one in drawn)


def _ties(people: Sequence[int], rng: random.Random) -> None:
    from guanxi.customers.models import (  # noqa: PLC0415 -- after the settings
        Customer,
        CustomerShare,
        CustomerWall,
    )

    most = Customer.objects.order_by("-pk").values_list("pk", flat=True)[0]
    same = {"reason": "bench", "set_at": datetime.now(UTC)}
    kinds: list[tuple[Any, int]] = [(CustomerShare, SHARES), (CustomerWall, WALLS)]
    for ties, count in kinds:
        ties._base_manager.bulk_create(
            ties(user_id=user, record_id=pk, **same)
            for user in people
            for pk in rng.sample(range(1, most), count)
        )


def _costs(viewers: "Mapping[str, Actor]") -> dict[str, dict[str, float]]:
    """
    Return what the first page and a count take each viewer, and how many rows he has.

    Turn by turn, so that a slow moment is everybody's. The first rounds are not told: a
    connection plans a statement anew five times before it keeps the plan.
    """
    from guanxi.customers.queries.customer import customers  # noqa: PLC0415 -- needs Django

    costs: dict[str, dict[str, float]] = {
        name: {"rows": customers(viewer).count()} for name, viewer in viewers.items()
    }
    pages = {name: _page(viewer) for name, viewer in viewers.items()}
    counts = {name: customers(viewer).count for name, viewer in viewers.items()}
    for key, acts, rounds in (
        ("page_ms", pages, WARMING + PAGES),
        ("count_ms", counts, COUNTS),
    ):
        for name, taken in _in_turn(acts, rounds).items():
            told = taken[WARMING:] or taken
            costs[name][key] = round(median(told), 2)
    return costs


def _page(viewer: "Actor") -> Callable[[], object]:
    from guanxi.customers.tables import CUSTOMERS  # noqa: PLC0415 -- needs Django
    from guanxi.foundation.tables.listing import Listing  # noqa: PLC0415 -- needs Django
    from guanxi.foundation.tables.state import State  # noqa: PLC0415 -- needs Django

    today = datetime.now(UTC).date()
    return lambda: Listing(CUSTOMERS, viewer, State(), today).page()


def _in_turn(
    acts: Mapping[str, Callable[[], object]], rounds: int
) -> dict[str, list[float]]:
    """Return the milliseconds that each act took in each round."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _round in range(rounds):
        for name, act in acts.items():
            began = time.perf_counter()
            act()
            taken[name].append((time.perf_counter() - began) * 1000)
    return taken


if __name__ == "__main__":
    main()
