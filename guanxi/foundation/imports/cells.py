"""Rows of a file as values of fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.imports.kinds import BadRow
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.sheets.values import (
    BadValue,
    Kind,
    Value,
    ValueOptions,
    converter,
)

REMEMBERED = 8192
_REPEATED: tuple[Kind, ...] = (
    "date", "moment", "money", "number", "integer", "choice", "boolean",
)  # fmt: skip

Read = Callable[[Sequence[str]], dict[str, Value]]


def row_reader(
    columns: Mapping[int, str],
    fields: Sequence[ImportField],
    options: ValueOptions,
    choices: Mapping[str, Mapping[str, str]],
) -> Read:
    """Return the function that reads the mapped cells of a row; empty ones are left out."""
    kinds = {one.key: one.kind for one in fields}
    plan = [
        (
            at,
            key,
            _remembering(kinds[key], replace(options, choices=choices.get(key, {}))),
        )
        for at, key in sorted(columns.items())
        if key in kinds
    ]

    def read(cells: Sequence[str]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        width = len(cells)
        for at, key, convert in plan:
            if at >= width or not cells[at]:
                continue
            try:
                value = convert(cells[at])
            except Invalid as error:
                raise BadRow(key, error) from error
            if value is not None:
                found[key] = value
        return found

    return read


def _remembering(kind: Kind, options: ValueOptions) -> Callable[[str], Value]:
    """Return the converter of a column; days, amounts and words come again and again."""
    convert = converter(kind, options)
    return lru_cache(maxsize=REMEMBERED)(convert) if kind in _REPEATED else convert


def check_lengths(values: Mapping[str, Value], longest: Mapping[str, int]) -> None:
    """
    Let only texts go on that their columns can hold.

    :raises BadRow: for the first that is too long.
    """
    for key, most in longest.items():
        text = values.get(key)
        if isinstance(text, str) and len(text) > most:
            raise BadRow(
                key,
                BadValue(
                    _("The text has more than %(characters)s characters."),
                    code="too_long",
                    characters=most,
                ),
            )
