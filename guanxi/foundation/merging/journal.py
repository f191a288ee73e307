"""
What was done when two records became one, step by step, so that it can be taken back.

Rows are kept as PostgreSQL writes them in JSON: exactly, whatever a column means and
however it is stored.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection
from django.db.models import CASCADE, ForeignKey, GeneratedField, JSONField, Model
from psycopg import sql

if TYPE_CHECKING:
    _JSONField = JSONField[Any, Any]
else:
    _JSONField = JSONField

Row = Mapping[str, Any]
Step = dict[str, Any]

_ROWS = "SELECT to_jsonb(t)::text FROM {table} t WHERE t.{key} = ANY(%(keys)s)"
_SET = """
    UPDATE {table} SET {column} = %(new)s
    WHERE {key} = ANY(%(keys)s) AND {column} IS NOT DISTINCT FROM %(old)s
    RETURNING {key}
"""
_DELETE = "DELETE FROM {table} WHERE {key} = ANY(%(keys)s)"
_INSERT = """
    INSERT INTO {table} ({columns})
    SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %(rows)s::jsonb) r
    WHERE {held}
"""
_HELD = "EXISTS (SELECT FROM {target} t WHERE t.{key} = r.{column})"
_WRITE = """
    UPDATE {table} t SET ({columns}) = ROW({written})
    FROM jsonb_populate_record(NULL::{table}, %(row)s::jsonb) r
    WHERE t.{key} = %(pk)s
"""


class JournalField(_JSONField):
    """Where a model keeps the steps of a journal: what is sealed there is found by it."""

    def deconstruct(self) -> Any:
        """Return what migrations know: JSON."""
        name, _kind, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options


class Journal:
    """Carries out steps and keeps them; ``steps`` can be stored as JSON."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def set(
        self, model: type[Model], column: str, pks: Sequence[Any], old: Any, new: Any
    ) -> None:
        """Write ``new`` into the ``column`` of the rows ``pks``, which have ``old`` there."""
        changed = _set(model._meta.label, column, pks, old, new)
        if changed:
            self.steps.append(
                {
                    "act": "set",
                    "model": model._meta.label,
                    "column": column,
                    # A row that is known by this very column is now known by the new one.
                    "pks": [new] if column == _key(model) else changed,
                    "old": old,
                    "new": new,
                }
            )

    def delete(self, model: type[Model], pks: Sequence[Any]) -> None:
        """Delete rows that nothing points at any more."""
        rows = rows_of(model, pks)
        if rows:
            _run(_DELETE, model, {"keys": list(pks)})
            self.steps.append({"act": "gone", "model": model._meta.label, "rows": rows})

    def changed(self, model: type[Model], before: Row) -> None:
        """Note how the row that was ``before`` differs by now, but for its version."""
        key = _key(model)
        (after,) = rows_of(model, [before[key]])
        names = [n for n in after if n != "version" and before[n] != after[n]]
        if names:
            self.steps.append(
                {
                    "act": "changed",
                    "model": model._meta.label,
                    "pk": before[key],
                    "before": {name: before[name] for name in names},
                    "after": {name: after[name] for name in names},
                }
            )


def rows_of(model: type[Model], pks: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the rows ``pks`` of ``model``, column by column as JSON."""
    found = _run(_ROWS, model, {"keys": list(pks)})
    return [json.loads(text) for (text,) in found]


def take_back(steps: Sequence[Step]) -> list[str]:
    """
    Undo ``steps``, the last one first.

    What somebody has changed since keeps the value it has now: return the columns of
    changed records of which that is so.
    """
    kept: list[str] = []
    for step in reversed(steps):
        if step["act"] == "set":
            _set(step["model"], step["column"], step["pks"], step["new"], step["old"])
        elif step["act"] == "gone":
            _insert(step)
        else:
            kept += _write_back(step)
    return kept


def _set(label: str, column: str, pks: Sequence[Any], old: Any, new: Any) -> list[Any]:
    values = {"keys": list(pks), "old": old, "new": new}
    found = _run(_SET, apps.get_model(label), values, column=sql.Identifier(column))
    return [pk for (pk,) in found]


def _insert(step: Step) -> None:
    """Write the rows again, but for those that would have gone with what they hang on."""
    model = apps.get_model(step["model"])
    names = sql.SQL(", ").join(map(sql.Identifier, _written(model, step["rows"][0])))
    rows = {"rows": json.dumps(step["rows"])}
    _run(_INSERT, model, rows, columns=names, held=_held(model))


def _held(model: type[Model]) -> sql.Composable:
    """Return the condition that all is there with which a row goes."""
    conditions = [
        sql.SQL(_HELD).format(
            column=sql.Identifier(field.column),
            target=sql.Identifier(field.target_field.model._meta.db_table),
            key=sql.Identifier(field.target_field.column),
        )
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey)
        and field.remote_field.on_delete is CASCADE
        and not field.null
    ]
    return sql.SQL(" AND ").join([sql.SQL("true"), *conditions])


def _write_back(step: Step) -> list[str]:
    """Write the columns that still are as the step left them; return the others."""
    model = apps.get_model(step["model"])
    now = next(iter(rows_of(model, [step["pk"]])), None)
    if now is None:
        return []
    names = _written(model, step["before"])
    same = [name for name in names if now[name] == step["after"][name]]
    if same:
        columns = sql.SQL(", ").join(map(sql.Identifier, same))
        written = sql.SQL(", ").join(
            sql.SQL("r.{}").format(sql.Identifier(n)) for n in same
        )
        row = {"row": json.dumps(step["before"]), "pk": step["pk"]}
        _run(_WRITE, model, row, columns=columns, written=written)
    return [name for name in names if name not in same]


def _written(model: type[Model], row: Row) -> list[str]:
    """Return the columns of ``row`` that the model has and the database does not compute."""
    fields = model._meta.concrete_fields
    computed = {f.column for f in fields if isinstance(f, GeneratedField)}
    return [f.column for f in fields if f.column in row and f.column not in computed]


def _key(model: type[Model]) -> str:
    key = model._meta.pk
    assert key is not None
    return str(key.column)


def _run(
    statement: str,
    model: type[Model],
    values: Mapping[str, Any],
    **parts: sql.Composable,
) -> list[tuple[Any, ...]]:
    text = sql.SQL(statement).format(
        table=sql.Identifier(model._meta.db_table),
        key=sql.Identifier(_key(model)),
        **parts,
    )
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return list(cursor.fetchall()) if cursor.description else []
