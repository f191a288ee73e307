"""``guanxi user`` and ``guanxi token``: who may enter, told to people and to programs."""

import json
from datetime import datetime
from typing import Any

import click
import pytest
from click.testing import CliRunner

from guanxi.config.commands import token, user
from guanxi.foundation.actor import Depth
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_role, make_user
from tests.callers import Program

pytestmark = pytest.mark.django_db


def told(command: click.Command, *arguments: str) -> Any:
    """Run a console command and return what it reports as JSON."""
    ended = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def test_given_new_user_when_listed_then_programs_know_the_role_by_its_key() -> None:
    made = told(user.command, "add", "li.na", "--name", "李娜", "--role", "sales")

    assert User.objects.get(username="li.na").check_password(made["password"])
    assert told(user.command, "list") == [
        {
            "username": "li.na",
            "name": "李娜",
            "active": True,
            "roles": [{"key": "sales", "name": "销售代表"}],
        }
    ]


def test_given_locked_user_when_unlocked_then_the_password_is_as_before() -> None:
    made = told(user.command, "add", "li.na", "--role", "sales")

    assert told(user.command, "lock", "li.na") == {"username": "li.na", "active": False}
    assert not User.objects.get(username="li.na").is_active
    assert told(user.command, "unlock", "li.na") == {
        "username": "li.na",
        "active": True,
    }
    found = User.objects.get(username="li.na")
    assert found.is_active
    assert found.check_password(made["password"])


def test_given_token_when_revoked_then_it_works_no_more() -> None:
    make_user(username="li.na", roles=[make_role({"customer.read": Depth.ALL})])
    made = told(token.command, "create", "li.na", "--name", "till")
    program = Program(made["token"])
    assert program.get("/customers").status_code == 200

    revoked = told(token.command, "revoke", str(made["id"]))

    assert revoked == {"id": made["id"], "state": "revoked"}
    assert program.get("/customers").status_code == 401


def test_given_moments_when_told_to_programs_then_as_rest_tells_them() -> None:
    make_user(username="li.na", roles=[make_role({"customer.read": Depth.ALL})])
    made = told(token.command, "create", "li.na", "--name", "till")

    assert "T" in made["expires_at"]
    assert datetime.fromisoformat(made["expires_at"]).tzinfo is not None
