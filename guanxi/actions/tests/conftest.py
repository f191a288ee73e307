"""The people and the customer that most tests of actions need."""

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pytest

from guanxi.analytics.analysis import AnalysisSettings, analyse
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.queries import PARAMETERS
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.identity.models import User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.tests.factories import NOON, make_people

RIGHTS = (
    "action_message.act",
    "action_message.dismiss",
    "action_message.assign",
    "task.create",
    "task.edit",
    "task.complete",
    "customer.read",
    "order.read",
    "order.cancel",
    "order.ship",
    "order.edit",
)


@dataclass(frozen=True)
class Scene:
    """One customer of the owner, seen by the colleague, unknown to the stranger."""

    owner: User
    colleague: User
    stranger: User
    customer: Customer


@pytest.fixture
def finished_run(db: None) -> AnalysisRun:
    """A run that found returning buyers to come back within 60 days."""
    orders = pa.table(
        {
            "customer_id": pa.array([1, 1], pa.int64()),
            "ordered_on": pa.array([date(2026, 1, 1), date(2026, 3, 2)], pa.date32()),
            "amount": pa.array([100, 100], pa.int64()),
        }
    )
    found = analyse(orders, as_of=date(2026, 3, 2), settings=AnalysisSettings())
    return AnalysisRun.objects.create(
        as_of=date(2026, 3, 2),
        state=AnalysisRun.State.DONE,
        requested_at=NOON,
        finished_at=NOON,
        parameters=PARAMETERS.dump_python(found.parameters, mode="json"),
    )


@pytest.fixture
def scene(db: None) -> Scene:
    forget_rights()
    owner, colleague, stranger = make_people(*RIGHTS)
    customer = make_customer("欧阳雪婷", owner=owner, team=owner.team)
    return Scene(owner, colleague, stranger, customer)
