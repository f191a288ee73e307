"""Queries that run in this process's database, or over a connection of somebody's own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django.db import connection
from psycopg import sql

Values = Sequence[int | str] | Mapping[str, int | str]
_HAS_COLUMN = """
    SELECT 1 FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = %s AND column_name = %s
"""
Ask = Callable[[sql.Composed | str, Values], list[Any]]


def ask(query: sql.Composed | str, values: Values) -> list[Any]:
    """Return the rows of ``query`` in the database of this process."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cast("list[Any]", cursor.fetchall())


def has_column(ask: Ask, table: str, column: str) -> bool:
    """Tell whether the database has a column already: before it migrates it may not."""
    return bool(ask(_HAS_COLUMN, [table, column]))
