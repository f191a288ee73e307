"""Columns of the fields that a house added."""

from collections.abc import Sequence

from guanxi.customers.models.field import custom_fields
from guanxi.customers.queries.extra import output_of, value_of
from guanxi.customers.rules.field import FieldKind, FieldSpec
from guanxi.foundation.arranged import arranged
from guanxi.foundation.tables.parts import fixed
from guanxi.foundation.tables.table import Column, ColumnKind

_KINDS = {
    FieldKind.NUMBER: ColumnKind.NUMBER,
    FieldKind.DATE: ColumnKind.DATE,
    FieldKind.BOOLEAN: ColumnKind.BOOLEAN,
    FieldKind.CHOICE: ColumnKind.CHOICE,
}


@arranged
def added_columns() -> Sequence[Column]:
    """Return the columns of the fields that the house added."""
    return [_column_of(spec) for spec in custom_fields()]


def _column_of(spec: FieldSpec) -> Column:
    is_sorted = spec.kind not in (FieldKind.PARAGRAPH, FieldKind.BOOLEAN)
    return Column(
        key=spec.key,
        label=spec.names.words,
        kind=_KINDS.get(spec.kind, ColumnKind.TEXT),
        sort=spec.key if is_sorted else "",
        nullable=True,
        choices=fixed([(k, n.words) for k, n in (spec.choices or {}).items()]),
        shown=False,
        value=value_of(spec),
        output=output_of(spec),
    )
