"""Whoever works on customers in these tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from guanxi.customers.commands.field import add_group
from guanxi.customers.models import Customer, FieldGroup
from guanxi.customers.rules.field import Names
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.identity.models import User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_people,
    make_role,
    make_user,
)

PERMISSIONS = (
    "user.read",
    "duplicate_pair.read",
    *(
        f"customer.{action}"
        for action in (
            "read",
            "create",
            "edit",
            "delete",
            "restore",
            "assign",
            "merge",
            "reveal",
            "consent",
            "privacy",
            "score",
            "export",
        )
    ),
)
Writes = Callable[[], object]
SEGMENT_RIGHTS = [f"segment.{a}" for a in ("read", "create", "edit", "delete", "share")]


@pytest.fixture(autouse=True)
def _fresh_rights() -> None:
    """Start every test without remembered rights: a rolled-back id may come again."""
    forget_rights()


@pytest.fixture
def people(db: None) -> tuple[User, User, User]:
    """Owner, colleague and stranger: see ``make_people``."""
    return make_people(*PERMISSIONS)


@pytest.fixture
def owner(people: tuple[User, User, User]) -> User:
    return people[0]


@pytest.fixture
def colleague(people: tuple[User, User, User]) -> User:
    return people[1]


@pytest.fixture
def stranger(people: tuple[User, User, User]) -> User:
    return people[2]


@pytest.fixture
def admin(db: None) -> User:
    return make_administrator("周明")


@pytest.fixture
def agent(owner: User) -> User:
    """One who works on the team's customers without clear personal data."""
    hidden = ("phone", "email", "wechat", "id_number", "birth_on", "address")
    role = make_role(
        dict.fromkeys(PERMISSIONS, Depth.TEAM),
        {f"customer.{name}": Level.MASKED for name in hidden},
    )
    return make_user("坐席", roles=[role], team=owner.team)


@pytest.fixture
def customer(owner: User) -> Customer:
    """A customer of the owner."""
    return make_customer(
        "张伟",
        owner=owner,
        team=owner.team,
        city="上海",
        phone="13800138000",
        email="zhang.wei@example.com",
    )


@pytest.fixture
def client_of_owner(owner: User) -> Client:
    """Return a browser in which the owner is signed in."""
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def group(db: None) -> FieldGroup:
    """Return a group that the house added to the fields of customers."""
    return add_group(
        System("tests"), Names("本人信息", "About the person"), form="", at=NOON
    )


@pytest.fixture
def manager(owner: User) -> User:
    """One who works on the team's customers, and on segments of his own."""
    depths = dict.fromkeys(("customer.read", "customer.edit"), Depth.TEAM)
    role = make_role({**depths, **dict.fromkeys(SEGMENT_RIGHTS, Depth.OWN)})
    return make_user("经理", roles=[role], team=owner.team)


@pytest.fixture
def mate(owner: User) -> User:
    """A colleague of the team who sees segments shared with him."""
    role = make_role({"customer.read": Depth.TEAM, "segment.read": Depth.OWN})
    return make_user("同事", roles=[role], team=owner.team)


@pytest.fixture
def team(owner: User) -> Callable[..., Customer]:
    """Make a customer of the team."""
    return lambda name, **facts: make_customer(
        name, owner=owner, team=owner.team, **facts
    )


@pytest.fixture
def nothing_written(db: None) -> Callable[[], object]:
    """A context in which no row but of who saw what may be written; PostgreSQL counts."""

    @contextmanager
    def check() -> Iterator[None]:
        before = _written()
        yield
        assert _written() == before

    return check


def _written() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
            " FROM pg_stat_xact_user_tables WHERE relname NOT IN ('foundation_access', 'foundation_accesswaiting')"
        )
        (count,) = cursor.fetchone()
    return int(count)
