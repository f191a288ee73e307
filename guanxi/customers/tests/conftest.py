"""Whoever works on customers in these tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.models import User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.tests.factories import (
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
