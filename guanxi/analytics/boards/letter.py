"""A dashboard as a letter: the figures in its text, the tables in a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from guanxi.analytics.boards.answered import Answered, answered
from guanxi.analytics.boards.file import workbook
from guanxi.analytics.boards.known import Board
from guanxi.analytics.boards.paper import board_paper, span_words
from guanxi.analytics.boards.span import Days
from guanxi.analytics.boards.timetable import FileForm
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.export import FORMS

MOST_LINES = 13  # of a table within the text


@dataclass(frozen=True)
class Letter:
    """What goes to one recipient; ``rows`` is how many rows the file has, 0 without one."""

    message: EmailMultiAlternatives
    rows: int


def letter(
    viewer: Actor,
    address: str,
    board: Board,
    days: Days,
    compared: Days | None,
    *,
    mark: str,
    form: FileForm = FileForm.XLSX,
) -> Letter:
    """
    Return what ``viewer`` sees of ``board`` as a letter to ``address``.

    With the right to export, a file of ``form`` has the tables. ``mark`` names it, as in
    `written`.

    :raises NoSnapshotError: while no analysis has loaded the cube.
    """
    told = [answered(viewer, one, days, compared, (), _nowhere) for one in board.tiles]
    span = span_words(days, None)
    context = {
        "board": board,
        "span": span,
        "whole_span": span_words(days, compared),
        "figures": [one for one in told if one.figure],
        "tables": [one for one in map(_tabled, told) if one.heads],
    }
    subject = f"{board.name} · {span}"
    message = written(address, subject, "analytics/letter", context, mark=mark)
    rows = 0
    if allowed(viewer, "order.export"):
        content, rows = _file(viewer, board, days, compared, form)
        message.attach(f"{board.name}.{form}", content, FORMS[form])
    return Letter(message, rows)


def written(
    address: str, subject: str, template: str, context: Mapping[str, Any], *, mark: str
) -> EmailMultiAlternatives:
    """
    Return a letter whose text is ``template`` as ``.txt`` and ``.html``.

    ``mark`` makes its Message-ID, so that one that was sent twice is known to be the same.
    """
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"{template}.txt", context),
        to=[address],
        headers={
            "Message-ID": f"<{mark}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(
        render_to_string(f"{template}.html", context), "text/html"
    )
    return message


def _file(
    viewer: Actor, board: Board, days: Days, compared: Days | None, form: FileForm
) -> tuple[bytes, int]:
    """Return the file that goes with a letter, and how many rows it has."""
    if form is FileForm.PDF:
        paper = board_paper(viewer, board, days, compared)
        return paper.content, paper.rows
    file, rows = workbook(viewer, board.tiles, days, ())
    return file.getvalue(), rows


def _tabled(one: Answered) -> "_Table":
    """Return a picture's table, or that of a table, its first rows only."""
    if one.chart:
        lines = one.chart["rows"][:MOST_LINES]
        return _Table(str(one.title), one.chart["heads"], lines)
    lines = [[label, *cells] for label, _url, cells in one.rows[:MOST_LINES]]
    return _Table(str(one.title), one.heads, lines)


@dataclass(frozen=True)
class _Table:
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def _nowhere(_cuts: object) -> str:
    """Return no address: a letter leads nowhere."""
    return ""
