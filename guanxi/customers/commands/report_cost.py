"""What a bought credit report cost, as a part of what is put into a customer."""

from datetime import datetime, time
from decimal import Decimal

from django.utils.timezone import make_aware

from guanxi.customers.commands.investment import record_investment, trash_investment
from guanxi.customers.models import CreditReport
from guanxi.customers.rules import State
from guanxi.customers.rules.credit import Origin
from guanxi.customers.rules.investment import Aim
from guanxi.foundation.actor import Actor, System

# Who has bought is served; whoever has not is to be won.
_BUYERS = frozenset({State.ACTUAL, State.LOST})


def count_cost(by: Actor, report: CreditReport, *, at: datetime) -> None:
    """
    Count what ``report`` cost, if it was bought, without a word of credit.

    It follows from the report and is no right of its own: the house does it for ``by``.
    """
    cost = report.cost or Decimal(0)
    if report.origin != Origin.PURCHASED or not cost:
        return
    is_buyer = report.customer.state in _BUYERS
    report.investment = record_investment(
        _house(by),
        report.customer,
        aim=Aim.SERVICE if is_buyer else Aim.ACQUISITION,
        happened_at=make_aware(datetime.combine(report.reported_on, time.min)),
        amount=cost,
        at=at,
    )
    report.save(update_fields=["investment"])


def discount_cost(by: Actor, report: CreditReport, *, at: datetime) -> None:
    """Count it no longer: ``report`` was recorded by mistake."""
    counted = report.investment
    if counted is not None:
        trash_investment(_house(by), counted, at=at)


def _house(by: Actor) -> System:
    return System(by.actor_name, actor_id=by.actor_id)
