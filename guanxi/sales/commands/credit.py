"""Keep orders and offers within what a customer may owe."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.customers.queries.credit import credit_rules, locked_limit
from guanxi.customers.rules.credit import Beyond
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.foundation.policies import policy_of
from guanxi.sales.events import InstalmentsApproved
from guanxi.sales.models import Order
from guanxi.sales.policies import ORDER
from guanxi.sales.queries.credit import (
    InstalmentOffer,
    LimitCheck,
    instalment_offer,
    limit_check,
)

if TYPE_CHECKING:
    from guanxi.customers.models import Customer


class BeyondLimit(Refused):
    """An order or an offer goes beyond what its customer may owe."""

    code = "beyond_credit_limit"


def reason_beyond(by: Actor, order: Order, *, reason: str, at: datetime) -> str | None:
    """
    Return why a locked order may go beyond the limit of its customer; None within it.

    Where the house only warns, the reason may be empty.

    :raises BeyondLimit: where it refuses, without the right to override or a reason.
    """
    check = limit_check(order, locked_limit(order.customer_id, at=at))
    if not check.excess:
        return None
    plain = " ".join(reason.split())[:200]
    if credit_rules().beyond is Beyond.WARN:
        return plain
    if not ORDER.reaches(by, "override", order):
        raise BeyondLimit(_told(by, check))
    if not plain:
        raise BeyondLimit(_told(by, check), field="reason")
    return plain


@command(needs="customer.credit")
def approve_instalments(
    by: Actor,
    customer: "Customer",
    *,
    amount: Decimal,
    count: int,
    at: datetime,
    down_payment: Decimal = Decimal(0),
) -> InstalmentOffer:
    """
    Approve that ``customer`` pays ``amount`` in ``count`` parts, and tell it.

    :raises BeyondLimit: with everything that speaks against it.
    """
    locked_limit(customer.pk, at=at)
    offer = instalment_offer(
        by, customer, amount=amount, count=count, down_payment=down_payment, at=at
    )
    if not offer.is_sound:
        raise BeyondLimit(" ".join(offer.objections))
    publish(
        InstalmentsApproved(
            customer_id=customer.pk,
            amount=figures.amount(amount, settings.CURRENCY),
            count=count,
            at=at,
        )
    )
    return offer


def _told(by: Actor, check: LimitCheck) -> str:
    """Return the sentence with amounts for who may know them."""
    sees = "credit_limit" in policy_of("customer").readable(by)
    if not sees or "paid" not in ORDER.readable(by):
        return _(
            "This order goes beyond the credit limit of its customer. Have it paid, or "
            "ask somebody who may release it all the same."
        )
    return _(
        "This order goes %(excess)s beyond the credit limit: %(owed)s is owed already, "
        "%(limit)s is the limit. Have it paid, or release it all the same with a reason."
    ) % {
        "excess": figures.amount(check.excess, settings.CURRENCY),
        "owed": figures.amount(check.owed, settings.CURRENCY),
        "limit": figures.amount(check.limit or Decimal(0), settings.CURRENCY),
    }
