"""The values of added fields as the database reads, compares and sorts them."""

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import (
    BooleanField,
    DateField,
    DecimalField,
    F,
    Field,
    Func,
    TextField,
)

from guanxi.customers.rules.field import FieldKind, FieldSpec

_KEY = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_OUTPUTS: Mapping[FieldKind, "Field[Any, Any]"] = {
    FieldKind.NUMBER: DecimalField(max_digits=18, decimal_places=4),
    FieldKind.DATE: DateField(),
    FieldKind.BOOLEAN: BooleanField(),
}
# As the indexes of `commands.field_index` write them, letter by letter.
_TEMPLATES: Mapping[FieldKind, str] = {
    FieldKind.NUMBER: "({} ->> '{}')::numeric",
    FieldKind.DATE: "customers_day({} ->> '{}')",
    FieldKind.BOOLEAN: "({} ->> '{}')::boolean",
}
_PLAIN = "({} ->> '{}')"


def output_of(spec: FieldSpec) -> "Field[Any, Any]":
    """Return what kind of column the values of a field would stand in."""
    return _OUTPUTS.get(spec.kind, TextField())


def expression_of(spec: FieldSpec, column: str = "extra") -> str:
    """
    Return the SQL of the value of a field.

    The key stands in it as it is: an index is found only by the very same words.

    :raises ValueError: for a key that is no plain word.
    """
    if not _KEY.fullmatch(spec.key):
        raise ValueError(spec.key)
    return _TEMPLATES.get(spec.kind, _PLAIN).format(column, spec.key)


def value_of(spec: FieldSpec) -> Func:
    """Return the value of a field as an expression of the ORM; null where there is none."""
    template = expression_of(spec, "%(expressions)s")
    return Func(F("extra"), template=template, output_field=output_of(spec))
