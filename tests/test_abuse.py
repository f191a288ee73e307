"""What people with bad intentions send: foreign numbers, columns, hosts, stale tokens."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import connection, transaction
from django.forms.forms import BaseForm
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from guanxi.foundation.models import LoggedEvent
from guanxi.identity.commands.user import deactivate_user
from guanxi.identity.models import Token
from guanxi.identity.tests.factories import PASSWORD
from tests.callers import token_of
from tests.door_calls import ARGS, DATA
from tests.test_doors import DOORS, Door, is_denied, knock, writes, written_since
from tests.world import HOUSE, World
from tests.worlds.answers import number_from

pytestmark = pytest.mark.django_db
REST = [door for door in DOORS if door.name.startswith("api:") and door.method != ""]
WRITING = [door for door in REST if door.method != "GET"]
FORMS = [
    door
    for door in DOORS
    if door.method == "POST"
    and door.name in DATA
    # Takes a choice for each column: what is none, it refuses.
    and door.name != "customers:merge"
    and door.name.split(":")[0] in {"identity", "customers", "sales", "actions"}
]
OPEN = {"api:openapi-json", "api:api-root"}
NEW_ID = 6_000_000
NOTED = {"foundation_access", "foundation_cache", "django_session"}
# Every column of the house, and names by which others were taken over.
COLUMNS = {
    field.attname: "1"
    for model in apps.get_models()
    if model.__module__.startswith("guanxi.")
    for field in model._meta.concrete_fields
} | dict.fromkeys(("is_staff", "is_superuser", "role", "tenant", "auto_bcc"), "1")


@pytest.fixture
def _django_db_helper() -> None:
    """Stand in for the transaction of each test: the world has one for all."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Build the world once, and let its clock stand still."""
    with django_db_blocker.unblock(), transaction.atomic():
        built = World()
        with time_machine.travel(built.at + timedelta(minutes=1), tick=False):
            yield built
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _undone() -> Iterator[None]:
    """Undo what a test does to the world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_every_answer_has_the_headers_that_protect_it(world: World) -> None:
    wrong = {}
    for door in DOORS:
        for actor in ("owner", "anonymous"):
            with transaction.atomic():
                answer = knock(world, door, actor)
                if answer.streaming:
                    list(answer)
                transaction.set_rollback(True)
            if missing := _unprotected(door, answer):
                wrong[f"{door} {actor}"] = missing
    assert wrong == {}


def _unprotected(door: Door, answer: Any) -> list[str]:
    """Return what is missing among the headers of an answer."""
    policy = answer.get("Content-Security-Policy", "")
    is_page = answer.get("Content-Type", "").startswith("text/html")
    wanted = {
        "nosniff": answer.get("X-Content-Type-Options") == "nosniff",
        "referrer": answer.get("Referrer-Policy") == "same-origin",
        "opener": answer.get("Cross-Origin-Opener-Policy") == "same-origin",
        "framing": answer.get("X-Frame-Options") == "DENY",
        "sources": "default-src 'none'" in policy and "frame-ancestors" in policy,
        "safe": "unsafe-inline" not in policy or not is_page,
        "private": door.name in {"healthz", "readyz", *OPEN}
        or "no-store" in answer.get("Cache-Control", ""),
    }
    return [name for name, holds in wanted.items() if not holds]


@pytest.mark.parametrize("door", WRITING, ids=str)
def test_programs_write_no_column_that_is_not_theirs(world: World, door: Door) -> None:
    data = DATA[door.name](world) if door.name in DATA else None
    if data is None or "file" in data:
        pytest.skip("takes no fields")
    program = Client(headers={"authorization": f"Bearer {world.tokens['owner']}"})
    before = writes()
    answer = program.generic(
        door.method,
        _path(world, door),
        json.dumps({**dict.fromkeys(COLUMNS, 1), **data}),
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert written_since(before) <= NOTED
    assert mail.outbox == []


@pytest.mark.parametrize("door", FORMS, ids=str)
def test_forms_write_no_column_that_is_not_theirs(world: World, door: Door) -> None:
    data = dict(DATA[door.name](world))
    plain = _stored_by(world, door, data)
    taken = {*data, *_taken()}
    more = {name: value for name, value in COLUMNS.items() if name not in taken}
    assert len(more) > len(COLUMNS) / 3
    stored = _stored_by(world, door, {**more, **data})
    # Some forms are refused as a whole for a field that they do not know.
    assert stored in ({}, plain)


def _taken() -> set[str]:
    """Return the names of all fields that some form or page of the house has."""
    classes, found = [BaseForm], {"tags", "stage", "target", "choice"}
    for one in classes:
        classes += one.__subclasses__()
        found |= getattr(one, "base_fields", {}).keys()
    return found


def _stored_by(
    world: World, door: Door, data: Mapping[str, Any]
) -> Mapping[str, list[str]]:
    """Return the rows of each table that a form writes to, as they are afterwards."""
    with transaction.atomic():
        number_from(NEW_ID)
        before = writes()
        client = Client()
        client.cookies = SimpleCookie({"sessionid": world.cookies["owner"]})
        client.post(_path(world, door), data)
        found = {
            table: _rows_of(table)
            for table in written_since(before) - {"django_session"}
        }
        transaction.set_rollback(True)
    return found


def _rows_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        # Secrets are drawn anew each time.
        cursor.execute(
            f'SELECT (to_jsonb(t) - %s::text[])::text FROM "{table}" t ORDER BY 1',
            [["password", "digest", "prefix", "mark"]],
        )
        return [row for (row,) in cursor.fetchall()]


@pytest.mark.parametrize("door", REST, ids=str)
def test_a_token_opens_only_what_its_scopes_name(world: World, door: Door) -> None:
    if door.name in OPEN:
        pytest.skip("is open to everybody")
    narrow = token_of(world.owner, "code.read")
    before = writes()
    answer = _as(world, door, narrow)
    assert is_denied(answer), answer.status_code
    assert written_since(before) <= NOTED


@pytest.mark.parametrize("door", REST, ids=str)
def test_a_token_that_ended_opens_nothing(world: World, door: Door) -> None:
    if door.name in OPEN:
        pytest.skip("is open to everybody")
    text = token_of(world.owner)
    newest = Token.objects.order_by("-pk")[:1].values("pk")
    for ended in (
        {"revoked_at": world.at},
        {"revoked_at": None, "expires_at": world.at},
    ):
        Token.objects.filter(pk__in=newest).update(**ended)
        assert _as(world, door, text).status_code == 401


def _as(world: World, door: Door, token: str) -> Any:
    """Return what a program with ``token`` gets at ``door``."""
    usual, world.tokens = world.tokens, {**world.tokens, "owner": token}
    try:
        return knock(world, door, "owner")
    finally:
        world.tokens = usual


def test_sessions_and_tokens_end_with_the_account(world: World) -> None:
    door = next(door for door in DOORS if door.name == "customers:customers")
    rest = next(door for door in DOORS if door.name == "api:list_customers")
    assert knock(world, door, "colleague").status_code == 200
    assert knock(world, rest, "colleague").status_code == 200
    deactivate_user(HOUSE, world.colleague, at=world.at)
    assert knock(world, door, "colleague").status_code == 302
    assert knock(world, rest, "colleague").status_code == 401


def test_a_bulk_action_leaves_rows_alone_that_are_out_of_sight(world: World) -> None:
    chosen = {"action": "trash", "pk": [str(world.customer.pk)]}
    client = Client()
    client.cookies = SimpleCookie({"sessionid": world.cookies["stranger"]})
    answer = client.post(reverse("customers:customers"), chosen)
    assert answer.status_code == 302
    world.customer.refresh_from_db()
    assert world.customer.deleted_at is None


@pytest.mark.parametrize(
    "said",
    [
        {"x-forwarded-host": "evil.example"},
        {"forwarded": "host=evil.example"},
        {"x-forwarded-for": "6.6.6.6", "cf-connecting-ip": "6.6.6.6"},
    ],
)
def test_what_a_request_says_of_itself_is_not_believed(
    world: World, said: Mapping[str, str]
) -> None:
    world.owner.email = "owner@example.cn"
    world.owner.save()
    client = Client(headers=said)
    client.post(reverse("account_reset_password"), {"email": "owner@example.cn"})
    [message] = mail.outbox
    assert "evil" not in message.body
    client.post(
        "/accounts/login/", {"login": world.owner.username, "password": PASSWORD}
    )
    told = str(list(LoggedEvent.objects.order_by("-pk").values("payload")[:5]))
    assert "6.6.6.6" not in told


def test_a_foreign_host_gets_no_page() -> None:
    assert Client(headers={"host": "evil.example"}).get("/").status_code == 400


def test_looking_at_a_reset_link_does_not_use_it_up(world: World) -> None:
    world.owner.email = "owner@example.cn"
    world.owner.save()
    Client().post(reverse("account_reset_password"), {"email": "owner@example.cn"})
    link = re.search(r"http://[^/]+(/\S+)", str(mail.outbox[0].body))
    assert link is not None
    for scanner in (Client().head, Client().get):
        scanner(link[1], follow=True)
    person = Client()
    form = person.get(link[1], follow=True).redirect_chain[-1][0]
    new = {"password1": "new-green-Teapots-7", "password2": "new-green-Teapots-7"}
    assert person.post(form, new).status_code == 302
    again = Client().get(link[1], follow=True)
    assert 'name="password1"' not in again.content.decode()


def test_no_secret_is_written_down(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = token_of(world.owner)
    for path in ("/api/v1/customers", "/api/v1/nowhere", "/api/v1/orders/0"):
        Client(headers={"authorization": f"Bearer {token}"}).get(path)
    wrong = {"login": world.owner.username, "password": "a-wrong-Secret-417"}
    Client().post("/accounts/login/", wrong)
    right = {"login": world.owner.username, "password": PASSWORD}
    Client().post("/accounts/login/", right)
    for secret in (token, "a-wrong-Secret-417", PASSWORD):
        assert secret not in caplog.text
        assert _places_of(secret) == set()


def _places_of(secret: str) -> set[str]:
    """Return the tables that hold a text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return {table for table in tables if _holds(cursor, table, secret)}


def _holds(cursor: Any, table: str, secret: str) -> bool:
    cursor.execute(
        f'SELECT EXISTS (SELECT FROM "{table}" t WHERE to_jsonb(t)::text LIKE %s)',
        [f"%{secret}%"],
    )
    return bool(cursor.fetchone()[0])


def _path(world: World, door: Door) -> str:
    args = ARGS[door.name](world) if door.name in ARGS else []
    return reverse(door.name, args=args)
