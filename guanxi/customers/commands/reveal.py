"""Show a masked value in clear, for a reason that is kept."""

from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.customers.models import Address, ContactPoint, Customer
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER, is_revealable
from guanxi.customers.rules import PointKind
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import record_access
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused

LONGEST_REASON = 200


class NoReason(Refused):
    """Protected values are shown for a reason only."""

    code = "no_reason"


@command(needs="customer.reveal")
def reveal_field(
    by: Actor, customer: Customer, field: str, *, reason: str, at: datetime
) -> tuple[str, ...]:
    """
    Return the clear values of ``field`` of ``customer`` and record who saw them, and why.

    :raises NoReason: without a reason.
    :raises Denied: for a field that is hidden from ``by`` altogether.
    """
    if not is_revealable(field) or CUSTOMER.level(by, field) < Level.MASKED:
        raise Denied(CUSTOMER.permission("reveal"))
    plain = " ".join(reason.split())[:LONGEST_REASON]
    if not plain:
        raise NoReason(_("Say why you need to see this."), field="reason")
    record_access(
        by,
        "reveal",
        "customer",
        pks=[customer.pk],
        fields=[field],
        reason=plain,
        at=at,
    )
    return _clear_values(customer, field)


def _clear_values(customer: Customer, field: str) -> tuple[str, ...]:
    if field in PointKind.values:
        points = ContactPoint.objects.filter(customer=customer, kind=field)
        return tuple(
            points.order_by("-is_primary", "pk").values_list("shown", flat=True)
        )
    if field == "address":
        streets = Address.objects.filter(customer=customer).exclude(street="")
        return tuple(
            streets.order_by("-is_primary", "pk").values_list("street", flat=True)
        )
    added = next((spec for spec in custom_fields() if spec.key == field), None)
    if added is not None:
        shown = added.shown(customer.extra.get(field))
        return (shown,) if shown else ()
    value = getattr(customer, field)
    return (str(value),) if value else ()
