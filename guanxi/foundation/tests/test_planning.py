"""Statements that come again and again are planned once, except where told otherwise."""

import pytest
from django.db import connection

from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.planning import planned_for_values

# psycopg prepares what it has sent so many times before.
THRESHOLD = 5

pytestmark = pytest.mark.django_db


def _is_prepared(name: str) -> bool:
    """Ask the same question with other values, and tell whether the server kept it."""
    # A comment makes it a statement of this test's own.
    rows = LoggedEvent.objects.extra(where=[f"/* {name} */ true"])
    for _again in range(THRESHOLD + 2):
        rows.filter(name=name).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE strpos(statement, %s) > 0",
            [f"/* {name} */"],
        )
        (count,) = cursor.fetchone()
    return bool(count)


def test_a_usual_statement_is_planned_once() -> None:
    assert _is_prepared("usual")


def test_within_a_search_statements_are_planned_for_their_values() -> None:
    with planned_for_values():
        assert not _is_prepared("searching")

    assert _is_prepared("afterwards")
