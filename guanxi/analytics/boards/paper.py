"""Dashboards and explorations as PDF documents: figures first, then pictures and tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guanxi.analytics.asked import ExploreForm, Show
from guanxi.analytics.boards.answered import Answered, answered
from guanxi.analytics.boards.known import Board
from guanxi.analytics.boards.span import Days
from guanxi.analytics.pivoted import Pivoted
from guanxi.foundation.actor import Actor
from guanxi.foundation.paper.pdf import written_pdf
from guanxi.foundation.paper.pictures import picture
from guanxi.foundation.paper.table import Paper

MOST_LINES = 13  # of a table under a picture: the months of a year, and their sum
# Columns of large amounts that fit beside the names, on paper that stands and that lies.
MOST_UPRIGHT, MOST_LYING = 5, 8
MOST_HEADS = 9  # of more columns the picture tells enough


@dataclass(frozen=True)
class Part:
    """A tile on paper: its picture, "" without one, and its table; ``more`` rows left out."""

    title: str
    picture: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: int


def board_paper(
    viewer: Actor,
    board: Board,
    days: Days,
    compared: Days | None,
    words: Sequence[str] = (),
    about: Sequence[str] = (),
) -> Paper:
    """
    Return what ``viewer`` sees of ``board``, narrowed by ``words``, which ``about`` tells.

    :raises NoPaper: if this machine cannot write PDF documents.
    :raises NoSnapshotError: while no analysis has loaded the cube.
    """
    told = [
        answered(viewer, one, days, compared, words, _nowhere) for one in board.tiles
    ]
    parts = [_part(one) for one in told if one.chart or one.heads]
    context = {
        "board": board,
        "lines": [span_words(days, compared), *about],
        "figures": [one for one in told if one.figure],
        "parts": parts,
    }
    content = written_pdf(viewer, "analytics/board_paper.html", context)
    return Paper(content, sum(len(one.rows) for one in parts))


def exploration_paper(
    viewer: Actor, form: ExploreForm, found: Pivoted, title: str
) -> Paper:
    """
    Return what a valid ``form`` asks and ``found`` answers, under ``title``.

    :raises NoPaper: if this machine cannot write PDF documents.
    """
    heads, lines = found.words
    data = form.cleaned_data
    drawn = str(found.chart["title"])
    context = {
        "title": title,
        "lines": [
            *([drawn] if drawn != title else []),
            span_words(Days(data["first_on"], data["last_on"]), None),
            *(f"{cut.dimension.label}: {cut.label}" for cut in form.cuts),
            *([form.shown_as.label] if form.shown_as is not Show.VALUE else []),
        ],
        "picture": picture(found.chart["option"]),
        "tables": list(_pieces(heads, lines)),
        "pivot": found.pivot,
    }
    content = written_pdf(
        viewer,
        "analytics/explore_paper.html",
        context,
        is_wide=len(heads) - 1 > MOST_UPRIGHT,
    )
    return Paper(content, len(lines) - 1)


def _pieces(
    heads: Sequence[str], lines: Sequence[Sequence[str]]
) -> Iterator[Sequence[Sequence[str]]]:
    """Yield a table too wide for paper in several, each with its heads and the names."""
    count = max(1, ceil((len(heads) - 1) / MOST_LYING))
    width = ceil((len(heads) - 1) / count)
    for first in range(1, len(heads), width):
        yield [[line[0], *line[first : first + width]] for line in (heads, *lines)]


def span_words(days: Days, compared: Days | None) -> str:
    """Return the days of a dashboard in words, with those it is compared with."""
    told = _("%(first)s to %(last)s") % {
        "first": date_format(days.first, "DATE_FORMAT"),
        "last": date_format(days.last, "DATE_FORMAT"),
    }
    if compared is None:
        return told
    before = (
        date_format(one, "DATE_FORMAT") for one in (compared.first, compared.last)
    )
    return f"{told} · {_('Compare with')} {' – '.join(before)}"


def _part(one: Answered) -> Part:
    if one.chart:
        drawn = picture(one.chart["option"])
        heads, rows = one.chart["heads"], one.chart["rows"]
        if drawn and len(heads) > MOST_HEADS:
            heads, rows = [], []
        more = max(0, len(rows) - MOST_LINES)
        return Part(str(one.title), drawn, heads, rows[:MOST_LINES], more)
    lines = [[label, *cells] for label, _url, cells in one.rows]
    return Part(str(one.title), "", one.heads, lines, one.more)


def _nowhere(_cuts: object) -> str:
    """Return no address: paper leads nowhere."""
    return ""
