"""What may not be done with the record of a person, set and lifted."""

from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.customers.commands.consent import require_writer
from guanxi.customers.events import ProcessingLimited, ProcessingLimitLifted
from guanxi.customers.models import Customer, ProcessingLimit, Traits
from guanxi.customers.queries.limit import open_limits
from guanxi.customers.rules.limit import UNPROFILED, LimitKind
from guanxi.customers.rules.trait import EMPTY_PROFILE
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.events import publish

LONGEST_REASON = 200


class BadLimit(Refused):
    """A limit is set for a reason, and once."""

    code = "bad_limit"


@command(needs="customer.privacy")
def limit_processing(
    by: Actor, customer: Customer, kind: LimitKind, *, reason: str, at: datetime
) -> ProcessingLimit:
    """
    Forbid what ``kind`` says with the record of ``customer``, at once.

    What was computed of somebody who is not to be profiled is removed here; rooms above
    remove what they made of it when they hear of it.

    :raises BadLimit: without a reason, or if it is so already.
    """
    require_writer(by)
    plain = " ".join(reason.split())
    if not 0 < len(plain) <= LONGEST_REASON:
        raise BadLimit(_("Say why, in at most 200 characters."), field="reason")
    Customer.objects.select_for_update().get(pk=customer.pk)
    if open_limits(customer.pk).filter(kind=kind).exists():
        raise BadLimit(_("This limit is set already."), field="kind")
    limit = ProcessingLimit.objects.create(
        customer_id=customer.pk,
        kind=kind,
        reason=plain,
        set_by_id=by.actor_id,
        set_at=at,
    )
    if kind in UNPROFILED:
        Traits.objects.filter(customer_id=customer.pk).update(**EMPTY_PROFILE)
    publish(ProcessingLimited(customer_id=customer.pk, limit=kind.value, at=at))
    return limit


@command(needs="customer.privacy")
def lift_limit(by: Actor, customer: Customer, kind: LimitKind, *, at: datetime) -> None:
    """
    Let be done again what ``kind`` forbids; scores come back with the next analysis.

    :raises NotVisible: if ``customer`` has no such limit.
    """
    require_writer(by)
    # Of two customers that became one there may be two of the same.
    lifted = open_limits(customer.pk).filter(kind=kind).update(lifted_at=at)
    if not lifted:
        raise NotVisible
    publish(ProcessingLimitLifted(customer_id=customer.pk, limit=kind.value, at=at))
