"""
What nobody is told who may not know it.

Marked values stand in the house, one for each field that a role can hide; whatever a
viewer gets behind any door is searched for those that are not for him.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from guanxi.actions.tests.factories import make_message, make_task
from guanxi.customers.commands.customer import create_customer
from guanxi.customers.commands.note import add_note
from guanxi.customers.models import Traits
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.point import Place, Point
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.policies import all_policies, policy_of
from guanxi.foundation.rooms import collected
from guanxi.identity.commands.role import ship_roles
from guanxi.identity.models import Role, User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.policies import permissions
from guanxi.identity.rules.shipped import SHIPPED
from guanxi.identity.tests.factories import make_role, make_team, make_user
from guanxi.sales.commands.line import NewLine
from guanxi.sales.commands.order import Terms, place_order
from guanxi.sales.commands.payment import receive_payment
from guanxi.sales.models import Order
from guanxi.sales.tests.factories import make_product
from tests.callers import token_of
from tests.door_calls import ARGS
from tests.test_doors import DOORS
from tests.world import HOUSE, World
from tests.worlds.answers import FIRST_NEW_ID, numbered_from

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
# What gives a value away, by the field that decides about it; blanks are left out.
SECRETS: Mapping[str, tuple[str, ...]] = {
    "customer.name": ("名字金丝雀",),
    "customer.short_name": ("简称金丝雀",),
    "customer.phone": ("13912340417",),
    "customer.email": ("canary.0417@",),
    "customer.wechat": ("canarywx0417",),
    "customer.address": ("街道金丝雀",),
    "customer.birth_on": ("1961-07-29", "1961年7月29日"),
    "customer.id_number": ("310104196107290417",),
    "customer.bank_card": ("6222021234567890128",),
    "customer.credit_code": ("91350100M000100Y43",),
    "customer.note": ("备注金丝雀", "跟进金丝雀"),
    "customer.province": ("雀东",),
    "customer.city": ("雀西", "雀南"),
    "customer.industry": ("行业金丝雀",),
    "customer.website": ("canary-site.example",),
    "customer.employees": ("41704", "41,704"),
    "customer.founded_year": ("1887",),
    "customer.annual_revenue": ("50417050", "50,417,050"),
    "customer.source": ("canarysource",),
    "customer.external_id": ("CX-0417",),
    "customer.tags": ("标签金丝雀",),
    "customer.owner": ("负责金丝雀",),
    "customer.team": ("团队金丝雀",),
    "customer.order_total": ("717041.7", "717,041.7"),
    "customer.order_mean": ("13904.17", "13,904.17"),
    "customer.next_order_on": ("2031-01-17", "2031年1月17日"),
    "order.total": ("104170.4", "104,170.4"),
    "order.paid": ("30417.2", "30,417.2"),
    "order.lines": ("52085.2", "52,085.2"),
    "order.note": ("订单金丝雀",),
    "product.price": ("70417.3", "70,417.3"),
    "product.cost": ("60417.9", "60,417.9"),
    "product.note": ("成本金丝雀",),
    "user.email": ("owner.0417@",),
}
# What stands on records of another team.
ELSEWHERE = ("外人金丝雀", "FX-0417")
ASKED = ("金丝雀", "名字金丝雀", "简称金丝雀", "13912340417", "CX-0417", "NX-0417")
# Ways in, and doors that show one's own sessions or nothing of the house.
APART = re.compile(r"account_|mfa_|user|healthz|readyz|api:(openapi|api)|identity:ses")


@dataclass
class House:
    """The world of the doors with marked records in it, and who looks at them."""

    world: World
    viewers: Mapping[str, User]


@pytest.fixture
def _django_db_helper() -> None:
    """Stand in for the transaction of each test: the house has one for all."""


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """Build the house once; looking does not change it."""
    # Numbers of records must not happen to be a marked one, like a year.
    with (
        django_db_blocker.unblock(),
        numbered_from(FIRST_NEW_ID),
        transaction.atomic(),
    ):
        world = World()
        _mark_customer(world)
        _mark_elsewhere(world)
        _mark_order(world)
        ship_roles(HOUSE)
        team = world.customer.team
        viewers = {
            key: make_user(roles=[Role.objects.get(key=key)], team=team)
            for key in SHIPPED
        }
        viewers["blind"] = make_user(roles=[_covering(Level.HIDDEN)])
        viewers["veiled"] = make_user(roles=[_covering(Level.MASKED)])
        forget_rights()
        yield House(world, viewers)
        transaction.set_rollback(True)


def _mark_customer(world: World) -> None:
    team = make_team("团队金丝雀")
    owner = make_user("负责金丝雀", team=team, email="owner.0417@example.cn")
    party = create_customer(
        HOUSE,
        name="名字金丝雀",
        owner=owner,
        points=[
            Point(PointKind.PHONE, "139 1234 0417"),
            Point(PointKind.EMAIL, "canary.0417@example.cn"),
            Point(PointKind.WECHAT, "canarywx0417"),
        ],
        place=Place("雀东", "雀西", "雀南", "街道金丝雀", "200000"),
        tags=["标签金丝雀"],
        at=world.at,
        short_name="简称金丝雀",
        birth_on=date(1961, 7, 29),
        id_number="310104196107290417",
        bank_card="6222021234567890128",
        credit_code="91350100M000100Y43",
        note="备注金丝雀",
        industry="行业金丝雀",
        website="canary-site.example",
        employees=41704,
        founded_year=1887,
        annual_revenue=Decimal("50417050.00"),
        source="canarysource",
        external_id="CX-0417",
    )
    add_note(HOUSE, party, "跟进金丝雀", at=world.at)
    Traits.objects.filter(customer=party).update(
        order_count=7,
        order_total=Decimal("717041.70"),
        order_mean=Decimal("13904.17"),
        next_order_on=date(2031, 1, 17),
    )
    world.customer = party


def _mark_order(world: World) -> None:
    at, party = world.at, world.customer
    world.product = make_product(
        "产品", price="70417.30", cost=Decimal("60417.90"), note="成本金丝雀"
    )
    line = NewLine(world.product, quantity=Decimal(2), unit_price=Decimal("52085.20"))
    terms = Terms(note="订单金丝雀")
    order = place_order(
        HOUSE, party, lines=[line], terms=terms, number="NX-0417", at=at
    )
    receive_payment(HOUSE, order, amount=Decimal("30417.20"), at=at)
    # Whose an order is, nobody hides: so it is not the marked colleague's.
    Order.objects.filter(pk=order.pk).update(owner=world.owner, team=world.team)
    world.order = order
    theirs: Any = {"assignee_id": world.owner.pk, "team_id": world.team.pk}
    world.task = make_task(party, **theirs)
    world.message = make_message(
        party,
        facts={"days": 90, "rhythm": 30, "count": 7, "total": "717041.70"},
        **theirs,
    )


def _mark_elsewhere(world: World) -> None:
    other = make_user(team=make_team())
    party = create_customer(HOUSE, name="外人金丝雀", owner=other, at=world.at)
    line = NewLine(name="椅子", unit_price=Decimal(100))
    place_order(HOUSE, party, lines=[line], number="FX-0417", at=world.at)
    make_task(party, title="外人金丝雀")
    make_message(party, due_on=date(2026, 3, 2) + timedelta(days=1))


def _covering(level: Level) -> Role:
    """Return a role that may do everything with all records, their fields covered."""
    apart = {"user", "team", "role", "token", "audit", "code"}
    every = {
        policy.permission(action): Depth.ALL
        for policy in all_policies()
        for action in policy.actions
        if policy.kind not in apart
    }
    return make_role(every, dict.fromkeys(SECRETS, level))


@pytest.mark.parametrize("role", [*sorted(SHIPPED), "blind", "veiled"])
def test_nobody_is_told_what_he_may_not_read(house: House, role: str) -> None:
    viewer = house.viewers[role]
    hidden = {key: marks for key, marks in SECRETS.items() if not _reads(viewer, key)}
    if viewer.grants.depth("customer.read") is not Depth.ALL:
        hidden["elsewhere"] = ELSEWHERE
    told = set()
    for place, text in _told(house.world, viewer):
        told |= {
            (place, key)
            for key, marks in hidden.items()
            if any(mark in text for mark in marks)
        }
    assert told == set()


def test_the_marks_are_found_where_they_may_be(house: House) -> None:
    viewer = house.viewers["administrator"]
    texts = "".join(text for _place, text in _told(house.world, viewer))
    missing = {key for key, marks in SECRETS.items() if marks[0] not in texts}
    assert missing == set()
    assert all(mark in texts for mark in ELSEWHERE)


def _reads(viewer: User, key: str) -> bool:
    kind, _dot, name = key.partition(".")
    return policy_of(kind).level(viewer, name) >= Level.READ


def _told(world: World, viewer: User) -> Iterator[tuple[str, str]]:
    """Yield what ``viewer`` reads behind every door into which one can look."""
    client = Client()
    client.force_login(viewer)
    scopes = [name for name in permissions() if viewer.grants.depth(name) > Depth.NONE]
    token = token_of(viewer, *scopes)
    program = Client(headers={"authorization": f"Bearer {token}"})
    for door in DOORS:
        if door.method == "GET" and not APART.match(door.name):
            args = ARGS[door.name](world) if door.name in ARGS else []
            caller = program if door.name.startswith("api:") else client
            yield door.name, _text(caller.get(reverse(door.name, args=args)))
    yield from _found(client)
    yield from _listed(client)


def _found(client: Client) -> Iterator[tuple[str, str]]:
    doors = {
        "foundation:search": "q",
        "customers:results": "who",
        "sales:customer_results": "customer_query",
    }
    for door, name in doors.items():
        for asked in ASKED:
            response = client.get(reverse(door), {name: asked})
            # Every page says what it was asked.
            yield f"{door} {asked}", _text(response).replace(asked, "")


def _listed(client: Client) -> Iterator[tuple[str, str]]:
    for table in collected("tables"):
        every = ",".join(column.key for column in table.columns)
        url = reverse(table.url)
        yield table.key, _text(client.get(url, {"cols": every}))
        yield (
            f"file of {table.key}",
            _text(client.get(url, {"cols": every, "export": "csv"})),
        )
        for tool in ("filter", "columns", "view"):
            address = reverse(f"foundation:table_{tool}", args=[table.key])
            yield f"{tool} of {table.key}", _text(client.get(address, {"cols": every}))


def _text(response: "Response") -> str:
    """Return the answer without blanks: 139 1234 0417 is 13912340417."""
    whole: Any = response
    raw = b"".join(whole.streaming_content) if whole.streaming else whole.content
    return re.sub(r"\s+", "", raw.decode("utf-8", "replace"))
