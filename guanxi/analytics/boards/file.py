"""A dashboard as a file: an XLSX workbook, the single figures first, then a sheet a tile."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from django.utils.translation import pgettext

from guanxi.analytics import exploring
from guanxi.analytics.boards.answered import question_of, title_of
from guanxi.analytics.boards.span import Days
from guanxi.analytics.boards.tile import Tile, TileKind
from guanxi.foundation.actor import Actor
from guanxi.foundation.sheets.write import Cell, Sheet, write_workbook


def workbook(
    viewer: Actor, tiles: Sequence[Tile], days: Days, words: Sequence[str]
) -> tuple[BytesIO, int]:
    """
    Return what ``viewer`` sees of ``tiles`` as an XLSX file, and how many rows it has.

    :raises NoSnapshotError: while no analysis has loaded the cube.
    """
    told = list(_told(viewer, tiles, days, words))
    figures = [table for tile, table in told if tile.kind is TileKind.FIGURE]
    sheets = [
        Sheet(str(title_of(tile, viewer)), heads, rows)
        for tile, (heads, rows) in told
        if tile.kind is not TileKind.FIGURE
    ]
    if figures or not sheets:
        sheets.insert(0, _first(figures))
    file = BytesIO()
    write_workbook(file, sheets)
    file.seek(0)
    return file, sum(len(rows) for _tile, (_heads, rows) in told)


def _first(figures: Sequence[tuple[list[str], list[list[Cell]]]]) -> Sheet:
    """Return the sheet of the single figures."""
    rows = [[heads[-1], values[-1][-1]] for heads, values in figures]
    heads = [pgettext("tile", "Figure"), pgettext("tile", "Value")]
    return Sheet(pgettext("tile", "Figures"), heads, rows)


def _told(
    viewer: Actor, tiles: Sequence[Tile], days: Days, words: Sequence[str]
) -> Iterator[tuple[Tile, tuple[list[str], list[list[Cell]]]]]:
    """Yield the tiles that are open to ``viewer``, with heads and rows of each."""
    for tile in tiles:
        question = question_of(viewer, tile, days, words)
        if question:
            yield tile, exploring.plain_table(viewer, question)
