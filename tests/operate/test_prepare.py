"""What a start prepares is whole after a start that was cut off."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from guanxi.config import first_login, prepare
from guanxi.config.run import welcome
from guanxi.foundation.actor import System
from guanxi.identity.commands.user import deactivate_user, reset_password
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_user


@pytest.mark.django_db
def test_given_start_killed_while_it_migrates_then_no_later_one_lacks_the_cache(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(name: str, **options: Any) -> None:
        call_command(name, **options)
        if name == "migrate":
            raise KeyboardInterrupt

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE foundation_cache")
    monkeypatch.setattr(prepare, "pending_migrations", lambda: ["foundation.0001"])
    monkeypatch.setattr(prepare, "call_command", run)

    with pytest.raises(KeyboardInterrupt):
        prepare.migrate()

    assert "foundation_cache" in connection.introspection.table_names()


def _change(user: User) -> None:
    reset_password(System("tests"), user, password="fern-lake-owl-27", at=NOON)


def _lock(user: User) -> None:
    deactivate_user(System("tests"), user, at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [first_login.FIRST_LOGIN, first_login.DEMO_LOGIN])
@pytest.mark.parametrize("end", [_change, _lock])
def test_given_first_password_out_of_use_then_the_welcome_shows_it_no_more(
    name: str, end: Callable[[User], None]
) -> None:
    path = settings.HOME / name
    user = make_user(username="first", password="k7mp-x3vd-9hqt")
    path.write_text("first\nk7mp-x3vd-9hqt\n")
    first_login.ensure()
    assert "k7mp-x3vd-9hqt" in welcome()

    end(user)
    first_login.ensure()

    assert "k7mp-x3vd-9hqt" not in welcome()
    assert not path.exists()
