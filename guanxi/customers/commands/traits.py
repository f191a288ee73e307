"""Write what the house has learned about its customers, a million at a time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import cast

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connection
from psycopg import sql

from guanxi.customers.events import LifeStageChanged
from guanxi.customers.models import Customer, Traits
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.limit import unprofiled_facts
from guanxi.customers.rules.quality import Dimension
from guanxi.customers.rules.trait import EMPTY_PROFILE
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.commands import command
from guanxi.foundation.events import publish_all

_KEY = "customer_id"
_STAGE = sql.Identifier("traits_stage")
_TABLE = sql.Identifier(Traits._meta.db_table)
# Given once for all rows, not as a column of each.
_MARKS = frozenset({"as_of", "run_id", "is_stage_set"})
# A stage that somebody has set stays; only a change from one stage to another is told.
_NEW_STAGE = sql.SQL("CASE WHEN t.is_stage_set THEN t.life_stage ELSE s.life_stage END")
_TURNED = sql.SQL(
    "SELECT t.customer_id, t.life_stage, s.life_stage FROM {table} AS t"
    " JOIN {stage} AS s ON s.customer_id = t.customer_id WHERE NOT t.is_stage_set"
    " AND t.life_stage <> '' AND s.life_stage <> '' AND t.life_stage <> s.life_stage"
)
# Events that are made at once.
TOGETHER = 5_000
# What people decide, and what is judged of the record itself: no analysis writes it.
_DECIDED = frozenset(
    {
        *("credit_grade", "credit_limit", "next_birthday_on", "quality"),
        *("satisfaction", "lock_in", "switching_cost"),
        *Dimension.values,
    }
)
WRITABLE = frozenset(field.attname for field in Traits._meta.concrete_fields) - (
    _DECIDED | {_KEY}
)


@command(needs="customer.score")
def set_traits(
    by: Actor,
    blocks: Iterable[bytes],
    *,
    columns: Sequence[str],
    as_of: date,
    run_id: int | None = None,
) -> int:
    """
    Write rows of traits and return how many customers they changed.

    ``blocks`` are whole lines of CSV as COPY reads it, because a million rows are never
    objects here: nothing is NULL, ``""`` is empty text. The first column is ``customer_id``, the others are columns of ``Traits``; those
    not named stay, and so does a life-cycle stage that a person has set. Only rows that
    differ are written, and get ``as_of`` and ``run_id``; who changed the stage is told.
    Customers that are not for ``by`` to score are left out, and of those who object to
    being profiled only what they bought is written.

    :raises ValueError: for columns that are not traits.
    """
    names = list(columns[1:])
    if columns[0] != _KEY or not set(names) <= WRITABLE - _MARKS:
        raise ValueError(columns)
    with connection.cursor() as wrapped:
        cursor = cast("psycopg.Cursor[tuple[object, ...]]", wrapped.cursor)
        # The web's limit for one statement is not meant for a million rows.
        cursor.execute("SET LOCAL statement_timeout = 0")
        _stage(cursor, blocks, columns)
        _leave_out_closed(cursor, by)
        _empty_profiles(cursor, names)
        if "life_stage" in names:
            _tell_turns(cursor, at=now())
        cursor.execute(_update(names), {"as_of": as_of, "run_id": run_id})
        changed = cursor.rowcount
        cursor.execute(sql.SQL("DROP TABLE {}").format(_STAGE))
    return changed


def _stage(
    cursor: "psycopg.Cursor[tuple[object, ...]]",
    blocks: Iterable[bytes],
    columns: Sequence[str],
) -> None:
    """Copy ``blocks`` into a temporary table of the same column types."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0"
        ).format(_STAGE, names, _TABLE)
    )
    copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(_STAGE, names)
    with cursor.copy(copy) as stream:
        for block in blocks:
            stream.write(block)
    cursor.execute(sql.SQL("ANALYZE {}").format(_STAGE))


def _leave_out_closed(cursor: "psycopg.Cursor[tuple[object, ...]]", by: Actor) -> None:
    """Drop from the stage what is not for ``by``; whoever scores all drops nothing."""
    visible = CUSTOMER.visible(by, "score")
    if not visible:
        return
    pks = Customer.objects.filter(visible).values("pk")
    try:
        query, parameters = pks.query.sql_with_params()
    except EmptyResultSet:
        query, parameters = "SELECT NULL::bigint WHERE false", ()
    cursor.execute(
        sql.SQL("DELETE FROM {} WHERE customer_id NOT IN ({})").format(
            _STAGE, sql.SQL(query)
        ),
        parameters,
    )


def _empty_profiles(
    cursor: "psycopg.Cursor[tuple[object, ...]]", names: Sequence[str]
) -> None:
    """Take out of the stage what judges somebody who objects to that."""
    empty = {name: EMPTY_PROFILE[name] for name in names if name in EMPTY_PROFILE}
    if not empty:
        return
    pairs = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value))
        for name, value in empty.items()
    ]
    cursor.execute(
        sql.SQL("UPDATE {} SET {} WHERE customer_id IN ({})").format(
            _STAGE, sql.SQL(", ").join(pairs), sql.SQL(unprofiled_facts())
        )
    )


def _tell_turns(cursor: "psycopg.Cursor[tuple[object, ...]]", *, at: datetime) -> None:
    """Announce for whom the staged rows hold another stage than before."""
    cursor.execute(_TURNED.format(table=_TABLE, stage=_STAGE))
    turns = cast("list[tuple[int, str, str]]", cursor.fetchall())
    for start in range(0, len(turns), TOGETHER):
        publish_all(
            [
                LifeStageChanged(customer_id=pk, old=old, new=new, at=at)
                for pk, old, new in turns[start : start + TOGETHER]
            ]
        )


def _update(names: Sequence[str]) -> sql.Composed:
    """Return the statement that writes the staged rows that differ."""
    columns = [sql.Identifier(name) for name in names]
    values = [
        _NEW_STAGE if name == "life_stage" else sql.SQL("s.{}").format(column)
        for name, column in zip(names, columns, strict=True)
    ]
    pairs = [
        sql.SQL("{} = {}").format(column, value)
        for column, value in zip(columns, values, strict=True)
    ]
    return sql.SQL(
        "UPDATE {table} AS t SET {pairs}, as_of = %(as_of)s, run_id = %(run_id)s "
        "FROM {stage} AS s WHERE t.customer_id = s.customer_id "
        "AND ({old}) IS DISTINCT FROM ({new})"
    ).format(
        table=_TABLE,
        stage=_STAGE,
        pairs=sql.SQL(", ").join(pairs),
        old=sql.SQL(", ").join(sql.SQL("t.{}").format(column) for column in columns),
        new=sql.SQL(", ").join(values),
    )
