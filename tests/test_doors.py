"""Every address and every command, as owner, colleague, stranger and anonymous."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.plugin import DjangoDbBlocker

from guanxi.config.reference import load_commands
from guanxi.config.rest import api
from guanxi.foundation.commands import all_commands
from guanxi.foundation.errors import Denied, NotVisible, Refused
from tests.door_calls import ARGS, CALLS, DATA, QUERIES
from tests.doors import ADDRESSES, COMMANDS
from tests.world import World

pytestmark = pytest.mark.django_db
ACTORS = ("owner", "colleague", "stranger", "anonymous")
# Rows about the request itself: who is signed in, and how often somebody asked.
ABOUT_REQUESTS = {"django_session", "usersessions_usersession", "foundation_cache"}
READS_MAY_WRITE = ABOUT_REQUESTS | {"foundation_access", "foundation_accesswaiting"}
NOTED = {"foundation_loggedevent"}
UNNAMED = {"healthz", "readyz"}
# What is written down although nobody was let in: wrong passwords.
REFUSALS_NOTED = {"account_login": NOTED}
_WRITES = """
    SELECT relname, n_tup_ins + n_tup_upd + n_tup_del
    FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""


@dataclass(frozen=True)
class Door:
    """One line of the matrix."""

    name: str
    method: str
    wanted: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.name}".strip()


def read_matrix(text: str, actors: tuple[str, ...], *, has_method: bool) -> list[Door]:
    """Return the lines of a matrix."""
    doors = []
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if words:
            method = words.pop(1) if has_method else ""
            name, *wanted = words
            doors.append(Door(name, method, dict(zip(actors, wanted, strict=True))))
    return doors


DOORS = read_matrix(ADDRESSES, ACTORS, has_method=True)
COMMAND_DOORS = read_matrix(
    COMMANDS, ("owner", "colleague", "stranger", "nobody"), has_method=False
)

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


@pytest.fixture
def _django_db_helper() -> None:
    """Stand in for the transaction of each test: the world has one for all."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Build the world once; every knock is rolled back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def addresses(
    resolver: URLResolver | None = None, prefix: str = "", route: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield name and route of every address of the house."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or here}", here
        else:
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern, prefix + namespace, here)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    there = {name for name, _route in addresses()}
    told = {door.name for door in DOORS}
    # Two addresses of allauth's only redirect to the third, which has a row.
    assert there - told - {"accounts/email/"} == set()
    assert told - there == set()


def test_every_operation_of_programs_has_the_method_of_its_row() -> None:
    there = {
        (f"api:{api.get_operation_url_name(operation, router.template)}", method)
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
        for method in operation.methods
    }
    told = {(d.name, d.method) for d in DOORS if d.name.startswith("api:")}
    assert told - {("api:openapi-json", "GET"), ("api:api-root", "GET")} == there


def test_every_command_has_a_row_and_every_row_a_command() -> None:
    load_commands()
    assert {door.name for door in COMMAND_DOORS} == set(all_commands())


def writes() -> dict[str, int]:
    """Return how many rows of each table this transaction has written so far."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITES)
        return dict(cursor.fetchall())


def written_since(before: Mapping[str, int]) -> set[str]:
    return {table for table, count in writes().items() if count > before.get(table, 0)}


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_address(world: World, door: Door) -> None:
    got, spoiled = {}, {}
    for actor in ACTORS:
        with transaction.atomic():
            before = writes()
            response = knock(world, door, actor)
            spoiled[actor] = forbidden(door, response, written_since(before))
            if response.streaming:
                list(response)  # to its end, where what it reads is closed
            transaction.set_rollback(True)
        got[actor] = str(response.status_code)
    assert got == door.wanted
    assert not any(spoiled.values()), spoiled


def forbidden(door: Door, response: "Response", written: set[str]) -> set[str]:
    """Return the tables that this answer may not have written to."""
    if door.method == "GET":
        return written - READS_MAY_WRITE
    if is_denied(response):
        return written - ABOUT_REQUESTS - REFUSALS_NOTED.get(door.name, set())
    return set()


def is_denied(response: "Response") -> bool:
    sent_away = response.get("Location", "").startswith("/accounts/login/")
    return response.status_code in {400, 401, 403, 404, 405} or sent_away


def knock(world: World, door: Door, actor: str) -> "Response":
    """Return what ``actor`` gets at ``door``."""
    world.knocking = actor if actor != "anonymous" else "owner"
    args = ARGS[door.name](world) if door.name in ARGS else []
    path = f"/{door.name}" if door.name in UNNAMED else reverse(door.name, args=args)
    if door.name.startswith("api:"):
        return _knock_as_program(world, door, actor, path)
    client = Client(raise_request_exception=True)
    if actor != "anonymous":
        client.cookies[settings.SESSION_COOKIE_NAME] = world.cookies[actor]
    if door.method == "GET":
        query = QUERIES[door.name](world) if door.name in QUERIES else {}
        return client.get(path, query)
    data: Any = DATA[door.name](world) if door.name in DATA else {}
    return client.post(path, data)


def _knock_as_program(world: World, door: Door, actor: str, path: str) -> "Response":
    headers = {}
    if actor != "anonymous":
        headers["authorization"] = f"Bearer {world.tokens[actor]}"
    data = DATA[door.name](world) if door.name in DATA else None
    if data and "file" in data:
        return Client().post(path, data, headers=headers)
    return Client().generic(
        door.method,
        path,
        json.dumps(data) if data is not None else "",
        content_type="application/json",
        headers=headers,
        query_params=QUERIES[door.name](world) if door.name in QUERIES else None,
    )


UNTOLD = [
    Door(name, method, {})
    for name in sorted({d.name for d in DOORS if not d.name.startswith("api:")})
    for method in ("GET", "POST")
    if method not in {d.method for d in DOORS if d.name == name}
]


@pytest.mark.parametrize("door", UNTOLD, ids=str)
def test_a_method_without_a_row_does_nothing(world: World, door: Door) -> None:
    with transaction.atomic():
        before = writes()
        response = knock(world, door, "owner")
        written = written_since(before)
        transaction.set_rollback(True)
    assert written - READS_MAY_WRITE == set()
    assert response.status_code in {404, 405} or door.method == "POST"


@pytest.mark.parametrize("door", COMMAND_DOORS, ids=str)
def test_command(world: World, door: Door) -> None:
    got, spoiled = {}, {}
    for actor, wanted in door.wanted.items():
        # No door leads there without signing in.
        if wanted == "-":
            got[actor] = "-"
            continue
        with transaction.atomic():
            before = writes()
            outcome = _outcome(door.name, world, actor)
            written = written_since(before)
            transaction.set_rollback(True)
        got[actor] = "nothing" if outcome == "done" and not written else outcome
        if outcome in {"denied", "unseen"} and written:
            spoiled[actor] = written
    assert got == door.wanted
    assert spoiled == {}


def _outcome(name: str, world: World, actor: str) -> str:
    # A savepoint of its own: what a command refuses must not undo the count.
    try:
        with transaction.atomic():
            here = world.copy()
            CALLS[name](here.person(actor), here)
    except NotVisible:
        return "unseen"
    except Denied:
        return "denied"
    except Refused:
        return "refused"
    return "done"
