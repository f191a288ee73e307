"""The worklist as it is shown: messages in words, page by page."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from guanxi.actions.models import ActionMessage
from guanxi.actions.policies import ACTION_MESSAGE
from guanxi.actions.queries.action_message import told
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.compiled import asked_by
from guanxi.foundation.policies import COVERED, policy_of
from guanxi.foundation.rooms import allowed
from guanxi.foundation.templatetags.ui import day

PAGE = 20
# What can be done about a message, and the permission for it.
ACTS = {
    "act": "action_message.act",
    "plan": "task.create",
    "assign": "action_message.assign",
    "dismiss": "action_message.dismiss",
}
_MARK = re.compile(r"\d{1,9}-\d{1,18}", re.ASCII)
_READ = (
    *("detector", "kind", "score", "due_on", "facts"),
    *("customer__name", "customer__traits__tier", "assignee__name"),
)


@dataclass(frozen=True)
class Line:
    """
    One row of the worklist in words; equal ones look the same to everybody.

    ``step`` names what one click can do; it is empty where a person has to be called.
    ``acts`` are the names of what the viewer may do about it.
    """

    pk: int
    kind: str
    icon: str
    step: str
    customer_id: int
    customer: str
    tier: str
    problem: str
    evidence: str
    suggestion: str
    due: SafeString
    is_overdue: bool
    assignee: str
    acts: frozenset[str] = frozenset()


def line_of(viewer: Actor, message: ActionMessage) -> Line:
    """Return ``message`` as ``viewer`` may see it, in the language of the moment."""
    words = told(viewer, message)
    is_ranked = policy_of("customer").level(viewer, "tier") >= Level.READ
    name = message.customer.name
    return Line(
        pk=message.pk,
        kind=message.kind,
        icon=message.icon,
        step=message.get_kind_display() if message.asks_for_a_step else "",
        customer_id=message.customer_id,
        customer=ACTION_MESSAGE.shown(viewer, "customer", name) or COVERED,
        tier=message.tier_label if is_ranked else "",
        problem=words.problem,
        evidence=words.evidence,
        suggestion=words.suggestion,
        due=day(message.due_on),
        is_overdue=message.due_on < localdate(),
        assignee=message.assignee.name if message.assignee else "",
        acts=_acts(viewer),
    )


def _acts(viewer: Actor) -> frozenset[str]:
    """Return what ``viewer`` may do about messages; kept with his grants."""
    kept = viewer.grants.worked_out
    acts: frozenset[str] | None = kept.get(_acts)
    if acts is None:
        may = (act for act, need in ACTS.items() if allowed(viewer, need))
        acts = kept[_acts] = frozenset(may)
    return acts


def page_of(
    viewer: Actor, rows: Callable[[Actor], "QuerySet[ActionMessage]"], start: str
) -> tuple[Sequence[Line], str]:
    """
    Return one page of the worklist and the mark where the next one starts.

    A mark is ``score-id`` of the last row shown; a page far down costs the same.
    """
    place = {}
    if _MARK.fullmatch(start):
        place = dict(zip(("score", "pk"), map(int, start.split("-")), strict=True))
    page = asked_by(viewer, _beyond, rows, **place)
    last = page[PAGE - 1] if len(page) > PAGE else None
    mark = f"{last.score}-{last.pk}" if last else ""
    return [line_of(viewer, row) for row in page[:PAGE]], mark


def _beyond(
    viewer: Actor, rows: Callable[[Actor], "QuerySet[ActionMessage]"], **place: int
) -> "QuerySet[ActionMessage]":
    """Return a page of ``rows`` and one more, from a place on in the order of score."""
    found = rows(viewer).select_related("customer__traits", "assignee").only(*_READ)
    if place:
        score, pk = place["score"], place["pk"]
        found = found.filter(score__lte=score).exclude(score=score, pk__lte=pk)
    return found[: PAGE + 1]
