"""How many rows a query has, without counting them."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def estimated_rows(rows: "QuerySet[Any]") -> int:
    """
    Return how many rows PostgreSQL's planner expects; the query itself is not run.

    Counting a million rows takes a tenth of a second at each page, planning a
    millisecond. The estimate comes from the statistics of the last ANALYZE.
    """
    try:
        sql, parameters = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        (plan,) = cursor.fetchone()
    return int(plan[0]["Plan"]["Plan Rows"])
