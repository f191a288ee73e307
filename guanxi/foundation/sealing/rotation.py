"""
Turning sealed values over to the key that is active now, some at a time.

Each step is a transaction of its own, and what it wrote needs no second look: whoever is
killed begins anew and finds only what is left. What imports and merges remember of
records, to give it back, is turned over with them, and the access log signed anew.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from guanxi.foundation.access_log.seal import sign_anew
from guanxi.foundation.sealing import journals
from guanxi.foundation.sealing.asking import Ask, ask, has_column
from guanxi.foundation.sealing.field import SealedField, place, sealed_fields
from guanxi.foundation.sealing.ring import MARK, Ring, Unreadable

STEP = 2000
# Any fixed number: whoever holds it in the database turns over.
ROTATION_LOCK = 7_210_348

_IN_TABLE = """
    SELECT id, id, {column} FROM {table}
    WHERE id > %(after)s AND {column} <> '' AND split_part({column}, %(mark)s, 1) <> %(active)s
    ORDER BY id LIMIT %(step)s FOR UPDATE
"""
_TURN_TABLE = """
    UPDATE {table} t SET {column} = v.token, {index} = v.index
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS v(id, token, index)
    WHERE t.id = v.id
"""
_IN_TRACES = """
    SELECT id, record_id, before ->> {name} FROM foundation_importedrow
    WHERE id > %(after)s AND kind = {kind} AND before ->> {name} <> ''
        AND split_part(before ->> {name}, %(mark)s, 1) <> %(active)s
    ORDER BY id LIMIT %(step)s FOR UPDATE
"""
_TURN_TRACES = """
    UPDATE foundation_importedrow t
    SET before = t.before || jsonb_build_object({name}, v.token, {index_name}, v.index)
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS v(id, token, index)
    WHERE t.id = v.id
"""
_COUNT_TABLE = """
    SELECT split_part({column}, %(mark)s, 1), count(*) FROM {table}
    WHERE {column} <> '' GROUP BY 1
"""
_SAMPLE_TABLE = """
    SELECT id, {column} FROM {table}
    WHERE {column} <> '' AND split_part({column}, %(mark)s, 1) = %(key)s LIMIT 1
"""
_SAMPLE_TRACES = """
    SELECT record_id, before ->> {name} FROM foundation_importedrow
    WHERE kind = {kind} AND split_part(before ->> {name}, %(mark)s, 1) = %(key)s LIMIT 1
"""
_COUNT_TRACES = """
    SELECT split_part(before ->> {name}, %(mark)s, 1), count(*) FROM foundation_importedrow
    WHERE kind = {kind} AND before ->> {name} <> '' GROUP BY 1
"""
_COUNT_STRETCHES = """
    SELECT split_part(signature, %(mark)s, 1), count(*) FROM foundation_accessstretch
    GROUP BY 1
"""


@dataclass(frozen=True)
class Store:
    """Where values of one sealed field stand: how they are found, written and counted."""

    field: SealedField
    find: sql.Composed
    turn: sql.Composed
    count: sql.Composed
    sample: sql.Composed


def uses(ask: Ask = ask) -> Mapping[str, int]:
    """Return how many values each key has sealed, by its id; ``ask`` runs a query."""
    found: Counter[str] = Counter()
    for store in _stores(ask):
        found.update(dict(ask(store.count, {"mark": MARK})))
    for query in journals.counts(ask):
        found.update(dict(ask(query, {"mark": MARK})))
    if has_column(ask, "foundation_accessstretch", "signature"):
        found.update(dict(ask(_COUNT_STRETCHES, {"mark": MARK})))
    return found


def closed(keys: Ring) -> list[str]:
    """Return the ids of keys of the ring that do not open a value they are said to."""
    wrong: set[str] = set()
    for store in _stores(ask):
        for key_id in keys.keys:
            rows = ask(store.sample, {"mark": MARK, "key": key_id})
            if not all(_opens(store, keys, *row) for row in rows):
                wrong.add(key_id)
    return sorted(wrong)


def turn_over(keys: Ring, tell: Callable[[int], None] = lambda _done: None) -> int:
    """
    Seal anew whatever another key than the active one has sealed; return how many it was.

    ``tell`` hears after each step how many are done.

    :raises Unreadable: for a value whose key the ring does not have.
    """
    done = 0
    for store in _stores(ask):
        after: int | None = 0
        while after is not None:
            with transaction.atomic():
                after, count = _step(store, keys, after)
            done += count
            if count:
                tell(done)
    return done + journals.turn_over(keys) + sign_anew(keys)


def claim() -> bool:
    """Be the only one who turns over, as long as the connection lives; tell if so."""
    ((is_ours,),) = ask("SELECT pg_try_advisory_lock(%s)", [ROTATION_LOCK])
    return bool(is_ours)


def _step(store: Store, keys: Ring, after: int) -> tuple[int | None, int]:
    """Turn some values over; return where to go on, None at the end, and how many."""
    values: Mapping[str, int | str] = {
        "after": after,
        "mark": MARK,
        "active": keys.active,
        "step": STEP,
    }
    with connection.cursor() as cursor:
        cursor.execute(store.find, values)
        rows: list[tuple[int, int, str]] = cursor.fetchall()
        if not rows:
            return None, 0
        tokens, indexes = [], []
        column = store.field.column_name
        for _row, record, token in rows:
            text = keys.open(token, place(column, record))
            tokens.append(keys.seal(text, place(column, record)))
            indexes.append(keys.index(store.field.plain(text), column))
        cursor.execute(store.turn, [[row for row, *_rest in rows], tokens, indexes])
    return rows[-1][0], len(rows)


def _opens(store: Store, keys: Ring, record: int, token: str) -> bool:
    try:
        keys.open(token, place(store.field.column_name, record))
    except Unreadable:
        return False
    return True


def _stores(ask: Ask) -> Iterator[Store]:
    for model in apps.get_models():
        for field in sealed_fields(model):
            if has_column(ask, model._meta.db_table, field.index):
                yield from _stores_of(field)


def _stores_of(field: SealedField) -> Iterator[Store]:
    """Yield the table of a field, and what imports remember of its records."""
    meta = field.model._meta
    words: dict[str, sql.Composable] = {
        "table": sql.Identifier(meta.db_table),
        "column": sql.Identifier(field.column),
        "index": sql.Identifier(field.index),
        "name": sql.Literal(field.column),
        "index_name": sql.Literal(field.index),
        # A record is known to imports by the kind of its policy: the model's own name.
        "kind": sql.Literal(meta.model_name),
    }
    for statements in (
        (_IN_TABLE, _TURN_TABLE, _COUNT_TABLE, _SAMPLE_TABLE),
        (_IN_TRACES, _TURN_TRACES, _COUNT_TRACES, _SAMPLE_TRACES),
    ):
        texts = (sql.SQL(text).format(**words) for text in statements)
        yield Store(field, *texts)
