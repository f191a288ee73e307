"""The worklist as it is shown: messages in words, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.timezone import localdate

from guanxi.actions.models import ActionMessage
from guanxi.actions.queries.action_message import Told, told

PAGE = 20


@dataclass(frozen=True)
class Line:
    """One row of the worklist: the message, its words, and how it stands."""

    message: ActionMessage
    told: Told
    can_apply: bool
    is_overdue: bool


def line_of(message: ActionMessage) -> Line:
    """Return ``message`` as a row."""
    return Line(
        message=message,
        told=told(message),
        can_apply=message.asks_for_a_step,
        is_overdue=message.due_on < localdate(),
    )


def page_of(rows: "QuerySet[ActionMessage]", start: str) -> tuple[Sequence[Line], str]:
    """
    Return one page of the worklist and the mark where the next one starts.

    A mark is ``score-id`` of the last row shown; a page far down costs the same.
    """
    found = rows.select_related("customer__traits", "assignee")
    if start.count("-") == 1 and start.replace("-", "").isdigit():
        score, pk = (int(part) for part in start.split("-"))
        found = found.filter(score__lte=score).exclude(score=score, pk__lte=pk)
    page = list(found[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    mark = f"{last.score}-{last.pk}" if last else ""
    return [line_of(row) for row in page[:PAGE]], mark
