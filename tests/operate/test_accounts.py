"""``guanxi user`` and ``guanxi token``: who may enter, told to people and to programs."""

import json
from datetime import datetime
from typing import Any

import click
import pytest
from click.testing import CliRunner

from guanxi.config.commands import token, user
from guanxi.customers.commands.share import share_customer
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    make_administrator,
    make_role,
    make_team,
    make_user,
)
from tests.callers import Program

pytestmark = pytest.mark.django_db
HOUSE = System("tests")


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


def test_given_roles_when_granted_and_withdrawn_then_the_log_tells_of_both() -> None:
    told(user.command, "add", "li.na", "--role", "sales")
    make_role({"order.read": Depth.ALL}, name="对账")
    changed = told(
        *(user.command, "roles", "li.na", "--add", "对账", "--add", "manager"),
        *("--remove", "sales"),
    )
    assert {one["key"] or one["name"] for one in changed["roles"]} == {
        "manager",
        "对账",
    }
    assert told(user.command, "roles", "li.na") == changed
    names = LoggedEvent.objects.values_list("name", "actor_name")
    logged = [name.rsplit(".", 1)[-1] for name, actor in names if actor == "console"]
    assert logged.count("RoleGranted") == 3
    assert logged.count("RoleWithdrawn") == 1


def test_given_the_last_administrator_when_the_role_is_withdrawn_then_refused() -> None:
    admin = make_administrator(username="root")
    key = admin.roles.get().key or admin.roles.get().name
    ended = CliRunner().invoke(user.command, ["roles", "root", "--remove", key])
    assert isinstance(ended.exception, Refused)
    assert admin.roles.count() == 1
    wrong = CliRunner().invoke(user.command, ["roles", "root", "--add", "none"])
    assert wrong.exit_code == 2


def test_given_ties_when_access_is_shown_then_it_tells_what_and_by_whom() -> None:
    region = make_team("华东")
    team = make_team("上海", region)
    role = make_role(
        {"customer.read": Depth.TEAM, "customer.edit": Depth.OWN},
        {"customer.phone": Level.MASKED, "customer.email": Level.HIDDEN},
        name="顾问",
    )
    agent = make_user("李娜", username="li.na", roles=[role], team=team)
    boss = make_administrator()
    shared, walled = make_customer("王芳", owner=boss), make_customer("张伟", team=team)
    share_customer(boss, shared, to=region, reason="区域支援", at=now())
    set_wall(boss, walled, to=agent, reason="利益冲突", at=now())

    seen = told(user.command, "access", "li.na")

    assert (seen["team"], seen["teams"]) == ("上海", ["上海"])
    assert seen["rights"]["customer"]["actions"] == {"read": "team", "edit": "own"}
    fields = seen["rights"]["customer"]["fields"]
    assert (fields["phone"], fields["email"]) == ("masked", "hidden")
    (share,), (wall,) = seen["shares"], seen["walls"]
    assert (share["id"], share["by_team"], share["level"]) == (
        shared.pk,
        "华东",
        "read",
    )
    assert (wall["id"], wall["by_team"], wall["reason"]) == (
        walled.pk,
        None,
        "利益冲突",
    )
    text = CliRunner().invoke(user.command, ["access", "li.na"]).output
    assert "顾问" in text
    assert "王芳" not in text
    told(user.command, "lock", "li.na")
    locked = told(user.command, "access", "li.na")
    assert (locked["active"], locked["rights"], locked["shares"]) == (False, {}, [])
    assert locked["walls"] == []
