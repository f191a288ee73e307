"""
Makes the world a firm, for good: added fields, a tree of teams, territories, ties.

Thirty added fields of all kinds, of which ten are filled for everybody; 200 users in four
levels of teams, a territory for each province, a hundred shares and ten walls for each
user. Prints as JSON whom `bench.pages` can sign in as: a manager of the whole tree.
"""

import json
import random
import secrets
import sys
from datetime import UTC, datetime

from bench import access, house, world
from guanxi.config.prepare import set_up_django

FIELDS, FILLED = 30, 10


def main() -> None:
    """Make it, unless that was done; print the login."""
    house.enter()
    set_up_django()
    from guanxi.config.session import house_open  # noqa: PLC0415 -- after the settings

    with house_open():
        login = _made()
    json.dump({"login": login}, sys.stdout)
    sys.stdout.write("\n")


def _made() -> str:
    from django.db import connection, transaction  # noqa: PLC0415 -- needs the settings

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        _add_fields()
        viewers, _told = access._peopled(random.Random(world.SEED))
        login = _manager(viewers["region"].pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) customers_customer")
    return login


def _add_fields() -> None:
    from django.db import connection  # noqa: PLC0415 -- needs the settings

    from guanxi.customers.commands.field import (  # noqa: PLC0415 -- needs Django
        add_field,
        add_group,
    )
    from guanxi.customers.rules.field import (  # noqa: PLC0415 -- needs Django
        FieldKind,
        Names,
    )
    from guanxi.foundation.actor import System  # noqa: PLC0415 -- needs Django

    by, at = System("bench"), datetime.now(UTC)
    group = add_group(by, Names("基准", "Bench"), form="", at=at)
    kinds = [FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DATE, FieldKind.BOOLEAN]
    keys = [
        add_field(
            by, group, kinds[n % 4], at=at, names=Names(f"字段{n}", f"Field {n}")
        ).key
        for n in range(FIELDS)
    ]
    values = {
        FieldKind.TEXT: "to_jsonb('值' || id % 97)",
        FieldKind.NUMBER: "to_jsonb((id % 1000)::text)",
        FieldKind.DATE: "to_jsonb((date '2020-01-01' + (id % 1000)::int)::text)",
        FieldKind.BOOLEAN: "to_jsonb(id % 2 = 0)",
    }
    pairs = ", ".join(
        f"'{key}', {values[kinds[n % 4]]}" for n, key in enumerate(keys[:FILLED])
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE customers_customer SET extra = jsonb_build_object({pairs})"
        )


def _manager(pk: int) -> str:
    """Let this user manage the whole tree, and sign in; return name and password."""
    from guanxi.identity.models import Role, Team, User  # noqa: PLC0415 -- needs Django

    user = User.objects.get(pk=pk)
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.team = Team.objects.get(pk=access.FIRST_TEAM)
    user.must_change_password = False
    user.save()
    user.roles.set([Role.objects.get(key="manager")])
    return f"{user.username} {password}"


if __name__ == "__main__":
    main()
