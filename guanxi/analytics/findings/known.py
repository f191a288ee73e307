"""All findings of a viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from guanxi.analytics import exploring, queries
from guanxi.analytics.findings.customers import moved_findings, stake_findings
from guanxi.analytics.findings.declared import Finding
from guanxi.analytics.findings.sales import sales_findings
from guanxi.analytics.outlooks import Step, horizon_of
from guanxi.foundation.actor import Actor


@dataclass(frozen=True)
class Known:
    """What a viewer should know, in order; ``looked_at`` so many figures of sales."""

    findings: Sequence[Finding] = ()
    looked_at: int = 0


def findings(viewer: Actor, step: Step, today: date) -> Known:
    """
    Return what ``viewer`` should know of the latest span that has ended.

    Nothing before the first analysis.
    """
    runs = queries.latest_runs(1)
    if not runs:
        return Known()
    (run,) = runs
    looked_at = 0
    sales: Sequence[Finding] = ()
    if exploring.is_loaded():
        last = horizon_of(run.as_of, step)
        looked_at, sales = sales_findings(viewer, last, step)
    moved = moved_findings(viewer, run.as_of)
    return Known([*sales, *moved, *stake_findings(viewer, run, today)], looked_at)
