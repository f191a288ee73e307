"""Runs of the analysis for tests."""

from datetime import date

import pyarrow as pa

from guanxi.analytics.analysis import analyse
from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.queries import PARAMETERS
from guanxi.identity.tests.factories import NOON

DAY = date(2026, 3, 2)


def make_finished_run() -> AnalysisRun:
    """Return a run as of ``DAY`` that found one buyer to come back after 60 days."""
    orders = pa.table(
        {
            "customer_id": [1, 1],
            "ordered_on": [date(2026, 1, 1), DAY],
            "amount": [100, 100],
        },
        schema=ORDER_SCHEMA,
    )
    found = analyse(orders, as_of=DAY, settings=AnalysisSettings())
    return AnalysisRun.objects.create(
        as_of=DAY,
        state=AnalysisRun.State.DONE,
        requested_at=NOON,
        finished_at=NOON,
        parameters=PARAMETERS.dump_python(found.parameters, mode="json"),
    )
