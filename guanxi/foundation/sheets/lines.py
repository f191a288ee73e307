"""Text files as lines, and lines as cells, with every length watched."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOBase
from pathlib import Path

from guanxi.foundation.sheets import limits
from guanxi.foundation.sheets.unreadable import UnreadableSheet


@contextmanager
def open_lines(path: Path, encoding: str) -> Iterator[Iterator[str]]:
    """
    Give the lines of ``path`` with their ends (\\n, \\r\\n or \\r), without NULs.

    What cannot be decoded becomes U+FFFD, which no value accepts: one wrong byte costs
    one row and not the file.
    """
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        yield _measured(file)


def fields(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """
    Return the cells of each row; a blank as delimiter stands for runs of blanks.

    A row of which no cell holds anything is an empty list.

    :raises UnreadableSheet: ``too_many_columns`` or ``cell_too_long``.
    """
    rows = map(str.split, lines) if delimiter == " " else _quoted(lines, delimiter)
    for row in rows:
        if len(row) > limits.MAX_COLUMNS:
            raise UnreadableSheet("too_many_columns")
        yield row if any(row) else []


def _measured(file: TextIOBase) -> Iterator[str]:
    """
    Return the lines of ``file``, one in memory at a time.

    :raises UnreadableSheet: ``line_too_long``.
    """
    while line := file.readline(limits.MAX_LINE_CHARACTERS + 1):
        if len(line) > limits.MAX_LINE_CHARACTERS:
            raise UnreadableSheet("line_too_long")
        yield line.replace("\0", "")


def _quoted(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """
    Return the rows of CSV.

    :raises UnreadableSheet: ``cell_too_long``; nothing else makes this parser fail.
    """
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    try:
        yield from reader
    except csv.Error as error:
        raise UnreadableSheet("cell_too_long") from error
