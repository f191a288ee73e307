"""Rows in bulk: ids reserved ahead, one COPY a table, and history nobody is called for."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice, repeat
from types import NoneType
from typing import cast

import orjson
import psycopg
from django.db import IntegrityError, connection
from django.db.models import Model
from psycopg import sql

from guanxi.foundation.actor import Actor
from guanxi.foundation.events import Changes, Event
from guanxi.foundation.models import LoggedEvent

# Written together: fewer calls into libpq, still a small piece of memory.
LINES_A_WRITE = 500
_QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"'})
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
# What reads as it is, whatever the value.
_UNESCAPED = frozenset({int, Decimal, date, datetime, bool})
_NULL = "\\N"
_EVENT_COLUMNS = ("at", "subject_id", "party_id", "payload", "changes")
_NO_CHANGES: Changes = {}
# The checks of foreign keys are triggers, and triggers are what replicas leave out.
_MAY_PROVE = """
    SELECT has_parameter_privilege('session_replication_role', 'SET')
"""


def refresh_statistics(models: Iterable[type[Model]]) -> None:
    """
    Have the planner look anew at the tables of ``models`` that were just written.

    It does so by itself within minutes; until then lists guess how long they are. Nobody
    is waited for: who holds a table in this way looks at it already. In a transaction
    nothing is done: the counts of rows that are rolled back would stay.
    """
    if connection.in_atomic_block:
        return
    names = sql.SQL(", ").join(sql.Identifier(m._meta.db_table) for m in models)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE (SKIP_LOCKED) {}").format(names))


def forget_plans() -> None:
    """
    Have this session plan its checks of keys anew.

    A plan made while a table was tiny reads all of it, for each of the many rows to come.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def reserve_ids(model: type[Model], count: int) -> list[int]:
    """Return ``count`` new ids of ``model``, rising, that nobody else will get."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            # In a query of its own the name of the sequence is looked up once; one text
            # is quicker to fetch than as many rows.
            "SELECT string_agg(nextval("
            "(SELECT pg_get_serial_sequence(%s, 'id')::regclass))::text, ',') "
            "FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        (told,) = cursor.fetchone()
    return sorted(map(int, told.split(",")))


def array(values: Collection[int] | Collection[str]) -> str:
    """
    Return ``values`` as PostgreSQL writes an array, to be compared with ``= ANY(%s)``.

    The driver writes lists too, but looks at each value several times: of thousands that
    takes longer than the query.
    """
    if not values:
        return "{}"
    together = '","'.join(map(str, values))
    if "\\" in together or together.count('"') > 2 * (len(values) - 1):
        together = '","'.join(str(v).translate(_QUOTED) for v in values)
    return f'{{"{together}"}}'


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
    tail = "".join(f"\t{cell}" for cell in _cells(list(constant.values()))) + "\n"
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
    rows = map(_history, events, chain(changes, repeat(_NO_CHANGES)))
    copy_rows(LoggedEvent, _EVENT_COLUMNS, rows, _same_of(events[0], by))


def same_history(example: Event, ids: Sequence[int], by: Actor) -> None:
    """
    Record that what ``example`` tells of its subject happened to each of ``ids``.

    Without making an object a row; otherwise as `copy_history`. The subject is the party.
    """
    facts = vars(example).items()
    rest = {k: v for k, v in facts if k not in ("at", example.subject)}
    others = orjson.dumps(rest, default=str).decode()[1:]
    head = f'{{"{example.subject}": '
    tail = f", {others}" if rest else others
    same = _same_of(example, by) | {"at": example.at, "changes": "{}"}
    rows = ((pk, pk, f"{head}{pk}{tail}") for pk in ids)
    copy_rows(LoggedEvent, ("subject_id", "party_id", "payload"), rows, same)


def _same_of(event: Event | type[Event], by: Actor) -> dict[str, object]:
    """Return the columns that the rows of events of one kind share."""
    return {
        "name": event.event_name(),
        "kind": event.kind,
        "actor_id": by.actor_id,
        "actor_name": by.actor_name[:150],
    }


@contextmanager
def proven_keys() -> Iterator[None]:
    """
    Write rows in the block without asking for each whether what it points at is there.

    The caller has proven it, and keeps those rows from going (`hold_targets`) or has written
    them itself in the same transaction. A database user without the right to this
    writes more slowly and no less surely.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MAY_PROVE)
        (may,) = cursor.fetchone()
        if not may:
            yield
            return
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def hold_targets(model: type[Model], **pks: Collection[int | None]) -> None:
    """
    Keep the rows that foreign keys of ``model`` are about to point at from going.

    ``pks`` are the ids of each key by its field.

    :raises IntegrityError: if one is gone already.
    """
    for name, given in pks.items():
        wanted = {pk for pk in given if pk is not None}
        target = model._meta.get_field(name).related_model
        if not wanted or target is None or isinstance(target, str):
            continue
        statement = sql.SQL("SELECT id FROM {} WHERE id = ANY(%s) FOR KEY SHARE")
        table = sql.Identifier(target._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table), [array(wanted)])
            if cursor.rowcount < len(wanted):
                raise IntegrityError(f"{model.__name__}.{name} points at nothing")


def copy_facts(
    event: type[Event],
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
    by: Actor,
) -> None:
    """
    Record events of one kind as `copy_history` does, without making an object a row.

    ``rows`` hold the values of the fields ``names``, all but ``at``, and the moment last.
    """
    subject, party = names.index(event.subject), names.index(event.party)
    told = (
        (
            facts[-1],
            facts[subject],
            facts[party],
            # The moment has no name: zip leaves it out.
            orjson.dumps(dict(zip(names, facts, strict=False)), default=str).decode(),
        )
        for facts in rows
    )
    same = _same_of(event, by) | {"changes": "{}"}
    copy_rows(LoggedEvent, _EVENT_COLUMNS[:-1], told, same)


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
    rest = iter(rows)
    while some := list(islice(rest, LINES_A_WRITE)):
        columns = map(_cells, zip(*some, strict=True))
        lines = map("\t".join, zip(*columns, strict=True))
        yield tail.join(lines) + tail


def _cells(values: Sequence[object]) -> Sequence[str]:
    """
    Return the values of a column, or of a row, as COPY reads them.

    Most columns hold one type, and texts that need no escape: one look at all of them
    together costs a fraction of a look at each.
    """
    types = set(map(type, values))
    if types == {str}:
        texts = cast("Sequence[str]", values)
        together = "".join(texts)
        if together.isprintable() and "\\" not in together:
            return texts
    elif types == {NoneType}:
        return [_NULL] * len(values)
    elif types <= _UNESCAPED:
        return list(map(str, values))
    return [_cell(value) for value in values]


def _cell(value: object) -> str:
    if value is None:
        return _NULL
    text = str(value)
    is_plain = text.isprintable() and "\\" not in text
    return text if is_plain else text.translate(_ESCAPED)
