"""Rows in bulk: ids reserved ahead, then one COPY a table."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import cast

import psycopg
from django.db import connection
from django.db.models import Model
from psycopg import sql
from psycopg.types.json import Jsonb

from guanxi.foundation.events import Event
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User

_EVENT_COLUMNS = (
    "name", "at", "actor_id", "actor_name", "kind", "subject_id", "party_id",
    "payload", "changes",
)  # fmt: skip


def reserve_ids(model: type[Model], count: int) -> list[int]:
    """Return ``count`` new ids of ``model``, in order, that nobody else will get."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) "
            "FROM generate_series(1, %s)",
            [table, count],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def copy_rows(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write ``rows`` into the table of ``model``; columns not named take its defaults."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
    )
    with connection.cursor() as wrapped:
        cursor = cast("psycopg.Cursor[tuple[object, ...]]", wrapped.cursor)
        with cursor.copy(statement) as stream:
            for row in rows:
                stream.write_row(row)


def copy_objects(model: type[Model], objects: Sequence[Model]) -> None:
    """
    Write unsaved ``objects`` with all their columns; an id that is set is kept.

    What the database computes itself is left to it.
    """
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated
        and (not field.primary_key or any(thing.pk for thing in objects[:1]))
    ]
    columns = [field.column for field in fields]
    names = [field.attname for field in fields]
    copy_rows(model, columns, ([_cell(getattr(o, n)) for n in names] for o in objects))


def _cell(value: object) -> object:
    """Return a value as COPY takes it."""
    return Jsonb(value) if isinstance(value, dict) else value


def copy_events(events: Iterable[tuple[Event, User | None]]) -> None:
    """
    Record events with who did it, the oldest first.

    They are the past: nobody is told of them.
    """
    oldest_first = sorted(events, key=lambda pair: pair[0].at)
    copy_rows(
        LoggedEvent, _EVENT_COLUMNS, (_row(event, by) for event, by in oldest_first)
    )


def _row(event: Event, by: User | None) -> tuple[object, ...]:
    facts = {name: value for name, value in vars(event).items() if name != "at"}
    return (
        event.event_name(),
        event.at,
        by.pk if by else None,
        by.name if by else "",
        event.kind,
        facts.get(event.subject) if event.subject else None,
        facts.get(event.party) if event.party else None,
        json.dumps(facts, default=_plain),
        "{}",
    )


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
