"""
Sealed values in the journals of merges, which give them back when a merge is undone.

An undo writes back what still is as the merge left it. So what a journal says to be left is
the very value of the row, also after both were turned over to another key.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model
from psycopg import sql

from guanxi.foundation.merging.journal import JournalField
from guanxi.foundation.sealing.asking import Ask, has_column
from guanxi.foundation.sealing.field import Sealed, SealedField, place, sealed_fields
from guanxi.foundation.sealing.ring import MARK, Ring

STEP = 200
_COUNT = """
    SELECT split_part(v #>> '{{}}', %(mark)s, 1), count(*)
    FROM {table} t, jsonb_path_query(t.{column}, {path}) v
    WHERE v #>> '{{}}' <> '' GROUP BY 1
"""
# Where a step keeps a column of a row: before and after a change, and of a deleted row.
_PLACES = ("before", "after", "rows[*]")


def counts(ask: Ask) -> Iterator[sql.Composed]:
    """Yield the queries that count by key what journals keep of sealed columns."""
    there = [
        (model, column)
        for model, column in _journals()
        if has_column(ask, model._meta.db_table, column)
    ]
    for model, column in there:
        for field in _every_field():
            label = field.model._meta.label
            for name in _PLACES:
                path = f'$[*] ? (@.model == "{label}").{name}.{field.column}'
                yield sql.SQL(_COUNT).format(
                    table=sql.Identifier(model._meta.db_table),
                    column=sql.Identifier(column),
                    path=sql.Literal(path),
                )


def turn_over(keys: Ring) -> int:
    """Seal anew what journals keep under another key; return how many values it was."""
    return sum(_turn(model, column, keys) for model, column in _journals())


def _turn(model: type[Model], column: str, keys: Ring) -> int:
    done, after = 0, 0
    while True:
        with transaction.atomic():
            rows = model._base_manager.select_for_update().filter(pk__gt=after)
            some = list(rows.exclude(**{column: []}).order_by("pk")[:STEP])
            for row in some:
                count = sum(_turn_step(step, keys) for step in getattr(row, column))
                if count:
                    row.save(update_fields=[column])
                done += count
        if not some:
            return done
        after = some[-1].pk


def _turn_step(step: Mapping[str, Any], keys: Ring) -> int:
    """Turn over what one step keeps, in place; return how many values it was."""
    model = apps.get_model(step["model"])
    kept = [(step[n], step["pk"]) for n in ("before", "after") if n in step]
    kept += [(row, row["id"]) for row in step.get("rows", ())]
    return sum(
        _turn_value(row, pk, field, keys)
        for field in sealed_fields(model)
        for row, pk in kept
    )


def _turn_value(row: dict[str, Any], pk: int, field: SealedField, keys: Ring) -> int:
    token = row.get(field.column)
    if not token or token.partition(MARK)[0] == keys.active:
        return 0
    where = place(field.column_name, pk)
    text = keys.open(token, where)
    present, index = _present(field, pk)
    if not (present and keys.open(present, where) == text):
        present = keys.seal(text, where)
        index = keys.index(field.plain(text), field.column_name)
    row[field.column], row[field.index] = present, index
    return 1


def _present(field: SealedField, pk: int) -> tuple[str, str]:
    """Return what the row has now, and its index; nothing if it is gone."""
    rows = field.model._base_manager.filter(pk=pk)
    value, index = rows.values_list(field.name, field.index).first() or ("", "")
    return (value.token, index) if isinstance(value, Sealed) else ("", "")


def _journals() -> Iterator[tuple[type[Model], str]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, JournalField):
                yield model, field.name


def _every_field() -> Iterator[SealedField]:
    for model in apps.get_models():
        yield from sealed_fields(model)
