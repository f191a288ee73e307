"""Rows in bulk: ids reserved ahead, one COPY a table, and history nobody is called for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import cast

import orjson
import psycopg
from django.db import connection
from django.db.models import Model
from psycopg import sql

from guanxi.foundation.actor import Actor
from guanxi.foundation.events import Changes, Event
from guanxi.foundation.models import LoggedEvent

# Written together: fewer calls into libpq, still a small piece of memory.
LINES_A_WRITE = 500
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_EVENT_COLUMNS = ("at", "subject_id", "party_id", "payload", "changes")
_NO_CHANGES: Changes = {}


def reserve_ids(model: type[Model], count: int) -> list[int]:
    """Return ``count`` new ids of ``model``, rising, that nobody else will get."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) "
            "FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def copy_rows(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    same: Mapping[str, object] | None = None,
) -> None:
    """
    Write ``rows`` into the table of ``model``.

    ``same`` are columns that have one value in all rows; columns named nowhere take the
    default of the table.
    """
    copy_into(model._meta.db_table, columns, rows, same)


def copy_into(
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    same: Mapping[str, object] | None = None,
) -> None:
    """Write ``rows`` into ``table``, as `copy_rows` does."""
    constant = same or {}
    names = sql.SQL(", ").join(map(sql.Identifier, (*columns, *constant)))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    tail = "".join(f"\t{_text(value)}" for value in constant.values()) + "\n"
    with connection.cursor() as wrapped:
        cursor = cast("psycopg.Cursor[tuple[object, ...]]", wrapped.cursor)
        with cursor.copy(statement) as stream:
            for block in _blocks(rows, tail):
                stream.write(block)


def copy_history(
    events: Sequence[Event], by: Actor, changes: Iterable[Changes] = ()
) -> None:
    """
    Record events of one kind that are history: they are read, and nobody is called.

    What a file brings happened before; automation that answered each row of it would
    answer the past. ``changes`` are those of each event, if there are any.
    """
    if not events:
        return
    first = events[0]
    copy_rows(
        LoggedEvent,
        _EVENT_COLUMNS,
        map(_history, events, chain(changes, repeat(_NO_CHANGES))),
        {
            "name": first.event_name(),
            "kind": first.kind,
            "actor_id": by.actor_id,
            "actor_name": by.actor_name[:150],
        },
    )


def _history(event: Event, changes: Changes) -> Sequence[object]:
    facts = {name: value for name, value in vars(event).items() if name != "at"}
    return (
        event.at,
        facts.get(event.subject),
        facts.get(event.party),
        orjson.dumps(facts, default=str).decode(),
        orjson.dumps(changes).decode() if changes else "{}",
    )


def _blocks(rows: Iterable[Sequence[object]], tail: str) -> Iterator[str]:
    """Return the lines of COPY's text format, some hundred at a time."""
    lines: list[str] = []
    for row in rows:
        lines.append("\t".join([_text(value) for value in row]) + tail)
        if len(lines) == LINES_A_WRITE:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _text(value: object) -> str:
    """Return ``value`` as COPY reads it."""
    if value is None:
        return "\\N"
    if not isinstance(value, str):
        return "t" if value is True else "f" if value is False else str(value)
    if value.isprintable() and "\\" not in value:
        return value
    return value.translate(_ESCAPED)
