"""
What a run did to records that were there before, so that it can be taken back.

Before a record is changed its whole row is kept as JSON; taking back writes that row
again, unless somebody has changed the record since.
"""

from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import Model
from psycopg import sql

from guanxi.foundation.bulk import copy_rows
from guanxi.foundation.imports.kinds import Undone
from guanxi.foundation.models import ImportedRow

Act = ImportedRow.Act

_REMEMBER = """
    INSERT INTO foundation_importedrow (run_id, kind, record_id, act, version, before)
    SELECT %(run)s, %(kind)s, t.id, 'updated', t.version + 1, to_jsonb(t)
    FROM {table} t WHERE t.id = ANY(%(pks)s)
    ON CONFLICT (run_id, kind, record_id) DO UPDATE SET version = excluded.version
"""
_RESTORE = """
    UPDATE {table} t SET ({columns}) =
        (SELECT {columns} FROM jsonb_populate_record(t, r.before))
    FROM foundation_importedrow r
    WHERE r.id = ANY(%(rows)s) AND t.id = r.record_id AND t.version = r.version
"""


def remember(model: type[Model], kind: str, run_id: int, pks: Sequence[int]) -> None:
    """Keep the rows of ``pks`` as they are; their version is about to grow by one."""
    if pks:
        _run(_REMEMBER, model, run=run_id, kind=kind, pks=list(pks))


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
    model: type[Model], kind: str, run_id: int, *, after: int, limit: int
) -> Undone:
    """Write changed records back as they were, except those changed since."""
    pks = list(
        ImportedRow.objects.filter(
            run_id=run_id, act=Act.UPDATED, kind=kind, pk__gt=after
        )
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
    if not pks:
        return Undone(last=None)
    done = _run(_RESTORE, model, rows=pks)
    return Undone(last=pks[-1], restored=done, kept=len(pks) - done)


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


def _run(statement: str, model: type[Model], **values: object) -> int:
    """Run a statement on the table of ``model`` and return how many rows it touched."""
    names = [f.column for f in model._meta.concrete_fields if not f.primary_key]
    text = sql.SQL(statement).format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
    )
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.rowcount
