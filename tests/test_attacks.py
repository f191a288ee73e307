"""What hostile input does: nothing."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django.plugin import DjangoDbBlocker

from guanxi.customers.commands.customer import create_customer
from guanxi.customers.commands.note import add_note
from guanxi.customers.tables import CUSTOMERS
from guanxi.foundation.rooms import collected
from guanxi.foundation.tables.saved import save_view
from guanxi.identity.tests.factories import PASSWORD, make_administrator, make_team
from guanxi.sales.commands.line import NewLine
from guanxi.sales.commands.order import Terms, place_order
from guanxi.sales.tests.factories import make_product
from tests.door_calls import ARGS, DATA
from tests.test_doors import DOORS
from tests.test_secrets import APART
from tests.world import HOUSE, World

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

SCRIPT = "<img src=x onerror=alert(1)>"
ELSEWHERE = (
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example/",
    "\x01//e.x",
)


@pytest.fixture
def _django_db_helper() -> None:
    """Stand in for the transaction of each test: the house has one for all."""


@pytest.fixture(scope="module")
def hostile(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """The world of the doors, everything in it called like a script."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        _name_everything(world)
        yield world
        transaction.set_rollback(True)


def _name_everything(world: World) -> None:
    owner = make_administrator(SCRIPT, team=make_team(SCRIPT))
    facts: Any = {"industry": SCRIPT, "note": SCRIPT, "short_name": SCRIPT}
    party = create_customer(
        HOUSE, name=SCRIPT, owner=owner, tags=[SCRIPT], at=world.at, **facts
    )
    add_note(HOUSE, party, SCRIPT, at=world.at)
    world.product = make_product(SCRIPT, code=SCRIPT, note=SCRIPT, category=SCRIPT)
    lines = [NewLine(world.product), NewLine(name=SCRIPT, unit_price=Decimal(1))]
    terms = Terms(note=SCRIPT)
    world.order = place_order(
        HOUSE, party, lines=lines, terms=terms, number=SCRIPT, at=world.at
    )
    world.customer, world.owner = party, owner
    world.task.title = world.message.note = SCRIPT
    world.import_run.name, world.import_run.headings = SCRIPT, [SCRIPT]
    for record in (world.task, world.message, world.import_run):
        record.save()
    save_view(owner, CUSTOMERS, name=SCRIPT, query="?q=1", is_shared=True, at=world.at)


@pytest.mark.django_db
def test_names_are_words_and_never_markup(hostile: World) -> None:
    client = Client()
    client.force_login(hostile.owner)
    pages = dict(_pages(client, hostile))
    assert {place for place, text in pages.items() if SCRIPT in text} == set()
    told = {place for place, text in pages.items() if escape(SCRIPT) in text}
    assert {"customers:customer", "sales:order", "actions:tasks", "imports:run"} <= told


@pytest.mark.django_db
def test_no_form_is_taken_from_another_site(hostile: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(hostile.owner)
    taken = set()
    for door in DOORS:
        if door.method == "POST" and door.name[:3] != "api":
            args = ARGS[door.name](hostile) if door.name in ARGS else []
            data = DATA[door.name](hostile) if door.name in DATA else {}
            if client.post(reverse(door.name, args=args), data).status_code != 403:
                taken.add(door.name)
    assert taken == set()


@pytest.mark.django_db
def test_a_session_writes_through_rest_only_with_the_token_of_its_pages(
    hostile: World,
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(hostile.owner)
    response = client.post(
        "/api/v1/customers", {"name": "张伟"}, content_type="application/json"
    )
    assert response.status_code == 403
    assert response.json()["code"] == "csrf"


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.django_db
def test_nobody_is_sent_to_another_site(hostile: World, elsewhere: str) -> None:
    client = Client()
    name = hostile.colleague.username
    secret = {"login": name, "password": PASSWORD, "next": elsewhere}
    answer = client.post("/accounts/login/", secret)
    assert answer.status_code == 302
    assert _is_ours(answer["Location"])
    client.force_login(hostile.owner)
    sent = {"language": "en", "theme": "dark", "next": elsewhere}
    headers = {"referer": elsewhere, "hx-current-url": elsewhere}
    for door in ("set_language", "identity:preferences", "actions:reopening"):
        args = ARGS[door](hostile) if door in ARGS else []
        answer = client.post(reverse(door, args=args), sent, headers=headers)
        assert _is_ours(answer.get("Location", "/")), door


def _is_ours(address: str) -> bool:
    return address.startswith("/") and address[1:2] not in ("/", "\\")


def _pages(client: Client, world: World) -> Iterator[tuple[str, str]]:
    for door in DOORS:
        if (
            door.method == "GET"
            and not APART.match(door.name)
            and door.name[:3] != "api"
        ):
            args = ARGS[door.name](world) if door.name in ARGS else []
            yield door.name, _html(client.get(reverse(door.name, args=args)))
    for place, name in (("foundation:search", "q"), ("customers:results", "who")):
        yield f"{place} asked", _html(client.get(reverse(place), {name: SCRIPT}))
    for table in collected("tables"):
        every = ",".join(column.key for column in table.columns)
        asked = {"cols": every, "q": SCRIPT, "where": f'{SCRIPT[1:4]}.eq."{SCRIPT}"'}
        for address in (
            reverse(table.url),
            *(
                reverse(f"foundation:table_{t}", args=[table.key])
                for t in ("filter", "columns", "view")
            ),
        ):
            yield address, _html(client.get(address, {"cols": every}))
            yield address, _html(client.get(address, asked))


def _html(response: "Response") -> str:
    if not response.get("Content-Type", "").startswith("text/html"):
        if response.streaming:
            b"".join(response)  # read to its end a file closes itself
        return ""
    return response.content.decode()
