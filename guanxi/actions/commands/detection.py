"""Look for conflicts: raise what is new, refresh what stands, close what is gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from guanxi.actions.commands.action_message import carry_out
from guanxi.actions.commands.draw import held_out
from guanxi.actions.detectors.base import Watch
from guanxi.actions.events import ActionRaised
from guanxi.actions.models import ActionMessage
from guanxi.actions.queries.rule import RuleInUse, rules_in_use
from guanxi.actions.rules import (
    Detector,
    Finding,
    MessageState,
    Mode,
    money_at_stake,
    score,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.events import publish_all

# One detection at a time: two would raise the same conflict twice.
DETECTION_LOCK = 0x6711
BATCH = 2000


@dataclass(frozen=True)
class Detected:
    """How many messages a detection raised, refreshed and closed, and carried out."""

    raised: int = 0
    refreshed: int = 0
    closed: int = 0
    carried_out: int = 0

    def __add__(self, other: "Detected") -> "Detected":
        return Detected(
            raised=self.raised + other.raised,
            refreshed=self.refreshed + other.refreshed,
            closed=self.closed + other.closed,
            carried_out=self.carried_out + other.carried_out,
        )


@command(needs="analysis.run")
def detect(
    by: Actor,
    *,
    as_of: date,
    at: datetime,
    customer_id: int | None = None,
    only: Detector | None = None,
) -> Detected:
    """
    Let every detector look at the end of the day ``as_of``, at one customer or at all.

    With ``only`` that one detector looks.

    Each conflict is recorded once. A conflict that is gone closes its message; one
    that was dismissed or acted on comes back only when its facts have changed. Of those
    who are held out to compare with, nothing is recorded but the draw.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DETECTION_LOCK])
    total = Detected()
    for rule in rules_in_use():
        if only not in (None, rule.watch.detector):
            continue
        findings: Iterable[Finding] = ()
        if rule.mode is not Mode.OFF:
            findings = rule.watch.find(as_of, rule.parameters, customer_id)
        raised, counts = _record(
            rule, findings, as_of=as_of, at=at, customer_id=customer_id
        )
        total += counts
        if rule.mode is Mode.DO:
            total += Detected(carried_out=carry_out(by, raised, at=at))
    return total


def _record(
    rule: RuleInUse,
    findings: Iterable[Finding],
    *,
    as_of: date,
    at: datetime,
    customer_id: int | None,
) -> tuple[list[ActionMessage], Detected]:
    watch = rule.watch
    known = _latest_messages(watch, customer_id)
    standing = {k: m for k, m in known.items() if m.state == MessageState.OPEN}
    news: list[Finding] = []
    changed: list[ActionMessage] = []
    for finding in findings:
        key = (finding.object_kind, finding.object_id)
        before = known.get(key)
        if before is None or _is_news(before, finding):
            news.append(finding)
        elif standing.pop(key, None) is not None and _refresh(
            watch, before, finding, as_of
        ):
            changed.append(before)
    held = held_out(rule, news, as_of=as_of, at=at)
    fresh = [
        _message(watch, finding, as_of=as_of, at=at)
        for finding in news
        if (finding.customer_id, finding.trial) not in held
    ]
    # Somebody may have settled one while we looked: what he decided stays.
    still_open = ActionMessage.objects.filter(state=MessageState.OPEN)
    gone = still_open.filter(pk__in=[message.pk for message in standing.values()])
    closed = gone.update(state=MessageState.CLOSED, closed_at=at)
    refreshed = still_open.bulk_update(changed, _REFRESHED, batch_size=BATCH)
    raised = ActionMessage.objects.bulk_create(fresh, batch_size=BATCH)
    publish_all([_announcement(message, at) for message in raised])
    return raised, Detected(raised=len(raised), refreshed=refreshed, closed=closed)


def _latest_messages(
    watch: Watch, customer_id: int | None
) -> Mapping[tuple[str, int], ActionMessage]:
    """Return the latest message of each object that this detector ever reported."""
    rows = ActionMessage.objects.filter(detector=watch.detector)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    latest = rows.order_by("object_kind", "object_id", "-pk").distinct(
        "object_kind", "object_id"
    )
    return {(m.object_kind, m.object_id): m for m in latest.iterator(BATCH)}


def _is_news(before: ActionMessage, finding: Finding) -> bool:
    """Tell whether a conflict that was settled has come back with other facts."""
    if before.state == MessageState.OPEN:
        return False
    # One that settled by itself and is here again is a new conflict in any case.
    return (
        before.state == MessageState.CLOSED or before.fingerprint != finding.fingerprint
    )


_REFRESHED = ["urgency", "importance", "score", "facts", "fingerprint", "as_of"]


def _refresh(
    watch: Watch, message: ActionMessage, finding: Finding, as_of: date
) -> bool:
    before, facts = (message.facts, message.fingerprint), _facts(watch, finding)
    message.urgency = finding.urgency
    message.importance = finding.importance
    message.score = _score(finding)
    message.facts = facts
    message.fingerprint = finding.fingerprint
    message.as_of = as_of
    return before != (facts, finding.fingerprint)


def _facts(watch: Watch, finding: Finding) -> dict[str, Any]:
    """Return what was found, and by which version of the rule."""
    return {**finding.facts, "rule": watch.version}


def _message(
    watch: Watch, finding: Finding, *, as_of: date, at: datetime
) -> ActionMessage:
    return ActionMessage(
        detector=watch.detector,
        kind=watch.kind,
        customer_id=finding.customer_id,
        object_kind=finding.object_kind,
        object_id=finding.object_id,
        urgency=finding.urgency,
        importance=finding.importance,
        score=_score(finding),
        due_on=finding.due_on,
        facts=_facts(watch, finding),
        fingerprint=finding.fingerprint,
        assignee_id=finding.owner_id,
        team_id=finding.team_id,
        as_of=as_of,
        raised_at=at,
    )


def _score(finding: Finding) -> int:
    money = money_at_stake(finding.facts)
    return score(finding.urgency, finding.importance, float(money))


def _announcement(message: ActionMessage, at: datetime) -> ActionRaised:
    return ActionRaised(
        at=at,
        message_id=message.pk,
        customer_id=message.customer_id,
        detector=message.detector,
    )
