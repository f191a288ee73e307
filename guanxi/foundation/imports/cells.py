"""Rows of a file as values of fields."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.figures import grouped
from guanxi.foundation.imports.kinds import BadRow
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.sheets.values import (
    LONGEST_TEXT,
    BadValue,
    Kind,
    Value,
    ValueOptions,
    converter,
)

Convert = Callable[[str], Value]
Read = Callable[[Sequence[str]], dict[str, Value]]

REMEMBERED = 8192
# Days, amounts and words come again and again in a column; names and phones do not.
_REPEATED: tuple[Kind, ...] = (
    "date", "moment", "money", "number", "integer", "choice", "boolean",
)  # fmt: skip
_UNREADABLE = "\ufffd"
# How spreadsheets write a number that has more digits than they keep, or show.
_CUT_OFF = re.compile(r"\d(?:\.\d+)?E\+(?:1[1-9]|[2-9]\d)", re.ASCII)
CUT_OFF = BadValue(
    _(
        "The spreadsheet kept this as a number and lost its last digits. Format the "
        "column there as text, enter the whole number again and import the row once more."
    ),
    code="digits_lost",
)


def row_reader(
    columns: Mapping[int, str],
    fields: Sequence[ImportField],
    options: ValueOptions,
    *,
    choices: Mapping[str, Mapping[str, str]],
    longest: Mapping[str, int],
) -> Read:
    """
    Return the function that reads the mapped cells of a row; empty ones are left out.

    ``choices`` are the words of fields of that kind, ``longest`` how many characters the
    texts of fields may have. The function raises BadRow for a cell that is no value.
    """
    kinds = {one.key: one.kind for one in fields}
    plan = [
        (
            at,
            key,
            _cell_reader(
                kinds[key],
                replace(options, choices=choices.get(key, {})),
                longest.get(key, LONGEST_TEXT),
            ),
        )
        for at, key in sorted(columns.items())
        if key in kinds
    ]

    def read(cells: Sequence[str]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        width = len(cells)
        for at, key, convert in plan:
            if at < width and (cell := cells[at]):
                try:
                    value = convert(cell)
                except Invalid as error:
                    raise BadRow(key, error) from error
                if value is not None:
                    found[key] = value
        return found

    return read


def _cell_reader(kind: Kind, options: ValueOptions, longest: int) -> Convert:
    """Return the converter of one column."""
    convert = converter(kind, options)
    if kind in _REPEATED:
        return lru_cache(maxsize=REMEMBERED)(convert)
    return _text_reader(convert, longest) if kind == "text" else convert


def _text_reader(convert: Convert, longest: int) -> Convert:
    """Return the converter of a column of texts, quick with those that are plain."""

    def read(cell: str) -> Value:
        text = cell.strip()
        if not text.isprintable() or _UNREADABLE in text:
            value = convert(cell)
            text = value if isinstance(value, str) else ""
        if "E+" in text and _CUT_OFF.fullmatch(text):
            raise CUT_OFF
        if len(text) > longest:
            raise BadValue(
                _("The text has more than %(characters)s characters."),
                code="too_long",
                characters=grouped(longest),
            )
        return text or None

    return read
