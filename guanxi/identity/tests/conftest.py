"""People and places that most tests of identity need."""

import pytest

from guanxi.identity.models import Team, User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.tests.factories import (
    PASSWORD,
    make_administrator,
    make_team,
    make_user,
)


@pytest.fixture(autouse=True)
def _fresh_rights() -> None:
    """Start every test without remembered rights: a rolled-back id may come again."""
    forget_rights()


@pytest.fixture
def admin(db: None) -> User:
    return make_administrator()


@pytest.fixture
def team(db: None) -> Team:
    return make_team("华东")


@pytest.fixture
def person(db: None) -> User:
    return make_user(
        "李雷", username="li.lei", email="lilei@example.com", password=PASSWORD
    )
