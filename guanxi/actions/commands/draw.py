"""Draw who is told of and who is held out, so that it shows what telling changes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from secrets import randbelow

from guanxi.actions.models import ActionMessage, Draw
from guanxi.actions.queries.rule import RuleInUse
from guanxi.actions.rules import Finding
from guanxi.actions.rules.effect import ENOUGH_FOUND, quarter_of, until

BATCH = 2000
_A_YEAR = timedelta(days=365)


def held_out(
    rule: RuleInUse, findings: Sequence[Finding], *, as_of: date, at: datetime
) -> Collection[tuple[int, str]]:
    """
    Return the customers of whom nobody shall hear in a comparison, drawing the new ones.

    A draw stands for its quarter. Nobody is drawn by a rule that holds nobody out, does
    by itself what it finds, or finds too few for a comparison.
    """
    if not rule.is_compared:
        return ()
    trials = {finding.trial for finding in findings}
    return {
        (pk, trial)
        for trial in sorted(trials)
        for pk in _held_in(
            rule,
            trial,
            {one.customer_id for one in findings if one.trial == trial},
            as_of=as_of,
            at=at,
        )
    }


def _held_in(
    rule: RuleInUse, trial: str, wanted: Collection[int], *, as_of: date, at: datetime
) -> Collection[int]:
    quarter_on = quarter_of(as_of)
    name = trial or rule.watch.detector
    draws = Draw.objects.filter(
        detector=name, quarter_on=quarter_on, customer_id__in=wanted
    )
    sides = dict(draws.values_list("customer_id", "is_held"))
    new = sorted(set(wanted) - sides.keys())
    if new and _finds_enough(rule, trial, len(new), at):
        drawn = [
            Draw(
                detector=name,
                customer_id=pk,
                quarter_on=quarter_on,
                is_held=randbelow(100) < rule.held_percent,
                drawn_on=as_of,
                until_on=until(as_of),
            )
            for pk in new
        ]
        Draw.objects.bulk_create(drawn, batch_size=BATCH)
        sides |= {draw.customer_id: draw.is_held for draw in drawn}
    return {pk for pk, is_held in sides.items() if is_held}


def _finds_enough(rule: RuleInUse, trial: str, new: int, at: datetime) -> bool:
    if new >= ENOUGH_FOUND:
        return True
    told = ActionMessage.objects.filter(
        detector=rule.watch.detector, raised_at__gte=at - _A_YEAR
    )
    if trial:
        told = told.filter(object_kind=trial)
    return new + told.order_by()[:ENOUGH_FOUND].count() >= ENOUGH_FOUND
