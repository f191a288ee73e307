"""The people and the customer that most tests of actions need."""

from dataclasses import dataclass

import pytest

from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.tests.factories import make_finished_run
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.identity.models import User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.tests.factories import make_people

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
    return make_finished_run()


@pytest.fixture
def scene(db: None) -> Scene:
    forget_rights()
    owner, colleague, stranger = make_people(*RIGHTS)
    customer = make_customer("欧阳雪婷", owner=owner, team=owner.team)
    return Scene(owner, colleague, stranger, customer)
