"""
What a run did to records that were there before, so that it can be taken back.

Before a record is changed its row, or what will change of it, is kept as JSON; taking
back writes that again, unless somebody has changed the record since.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import ForeignObjectRel, Model
from psycopg import sql

from guanxi.foundation.bulk import array, copy_rows
from guanxi.foundation.imports.kinds import Undone
from guanxi.foundation.models import ImportedRow

Act = ImportedRow.Act

_REMEMBER = """
    INSERT INTO foundation_importedrow AS r (run_id, kind, record_id, act, version, before)
    SELECT %(run)s, %(kind)s, t.id, 'updated', t.version + 1, {kept}
    FROM {table} t WHERE t.id = ANY(%(pks)s)
    ON CONFLICT (run_id, kind, record_id) DO UPDATE
    SET version = excluded.version, before = excluded.before || r.before
"""
_WHOLE_ROW = sql.SQL("to_jsonb(t)")
_RESTORE = """
    UPDATE {table} t SET ({columns}) =
        (SELECT {columns} FROM jsonb_populate_record(t, r.before))
    FROM foundation_importedrow r
    WHERE r.id = ANY(%(rows)s) AND t.id = r.record_id
"""


def remember(
    model: type[Model],
    kind: str,
    run_id: int,
    pks: Sequence[int],
    columns: Sequence[str] = (),
) -> None:
    """
    Keep the rows of ``pks`` as they are; their version is about to grow by one.

    ``columns`` are those that will change, if it is only these.
    """
    if pks:
        values = {"run": run_id, "kind": kind, "pks": array(pks)}
        _run(_REMEMBER, model, values, _kept(columns))


def _kept(columns: Sequence[str]) -> sql.Composable:
    """Return the expression for ``columns`` of a row as JSON, for all if there are none."""
    if not columns:
        return _WHOLE_ROW
    pairs = (
        sql.SQL("{}, t.{}").format(sql.Literal(name), sql.Identifier(name))
        for name in columns
    )
    return sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(pairs))


def note_created(kind: str, run_id: int, pks: Sequence[int]) -> None:
    """Note parts that were added to records which were there before."""
    copy_rows(
        ImportedRow,
        ("record_id",),
        [(pk,) for pk in pks],
        {
            "run_id": run_id,
            "kind": kind,
            "act": Act.CREATED.value,
            "version": 0,
            "before": "{}",
        },
    )


def restore_rows(
    model: type[Model],
    kind: str,
    run_id: int,
    *,
    after: int,
    limit: int,
    also: Callable[[Sequence[int]], None] = lambda pks: None,
) -> Undone:
    """
    Write changed records back as they were, except those changed since.

    ``also`` puts back what belongs to the records of the ids it is given.
    """
    rows = ImportedRow.objects.filter(
        run_id=run_id, act=Act.UPDATED, kind=kind, pk__gt=after
    )
    batch = list(rows.order_by("pk")[:limit])
    if not batch:
        return Undone(last=None)
    versions = dict(
        model._base_manager.select_for_update(of=("self",))
        .filter(pk__in=[row.record_id for row in batch])
        .values_list("pk", "version")
    )
    same = [row for row in batch if versions.get(row.record_id) == row.version]
    also([row.record_id for row in same])
    _run(_RESTORE, model, {"rows": array([row.pk for row in same])})
    return Undone(last=batch[-1].pk, restored=len(same), kept=len(batch) - len(same))


def remove_parts(
    models: Mapping[str, type[Model]], run_id: int, *, after: int, limit: int
) -> Undone:
    """Delete the parts that were added; one that somebody deleted already is gone."""
    rows = list(
        ImportedRow.objects.filter(
            run_id=run_id, act=Act.CREATED, kind__in=models, pk__gt=after
        ).order_by("pk")[:limit]
    )
    if not rows:
        return Undone(last=None)
    for kind, model in models.items():
        pks = [row.record_id for row in rows if row.kind == kind]
        model._base_manager.filter(pk__in=pks).delete()
    return Undone(last=rows[-1].pk)


def _run(
    statement: str,
    model: type[Model],
    values: Mapping[str, Any],
    kept: sql.Composable = _WHOLE_ROW,
) -> None:
    """Run a statement on the table of ``model``; ``kept`` is what it keeps of a row."""
    names = [f.column for f in model._meta.concrete_fields if not f.primary_key]
    text = sql.SQL(statement).format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
        kept=kept,
    )
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def pointers_at(
    model: type[Model], pks: Sequence[int], *, but: Collection[type[Model]]
) -> set[int]:
    """
    Return those of ``pks`` that records of any room point at with a foreign key.

    ``but`` are the models of what belongs to the record itself.
    """
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        other = relation.related_model
        if isinstance(other, str) or other in but:
            continue
        name = relation.field.attname
        rows = other._base_manager.filter(**{f"{name}__in": pks})
        found.update(rows.values_list(name, flat=True))
    return found
