"""Where customers stand toward us: only along the lawful arcs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from guanxi.customers.events import CustomerStateChanged
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules import State, arcs_to_actual, may_become
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish, publish_all
from guanxi.foundation.models import LoggedEvent


class UnlawfulStep(Refused):
    """No arc leads from the state to the wanted one."""

    code = "unlawful_step"


@command(needs="customer.edit")
def set_state(
    by: Actor, customer: Customer, wanted: State, *, at: datetime
) -> Customer:
    """
    Move ``customer`` along one arc to ``wanted``; to where it stands, nothing happens.

    :raises UnlawfulStep: if no arc leads there.
    :raises Denied: for whoever may not write the state.
    """
    if CUSTOMER.level(by, "state") is not Level.WRITE:
        raise Denied(CUSTOMER.permission("edit"))
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    old = State(locked.state)
    if old is wanted:
        return locked
    if not may_become(old, wanted):
        raise UnlawfulStep(
            _("A customer cannot go from “%(old)s” to “%(new)s” directly.")
            % {"old": old.label, "new": wanted.label},
            field="state",
        )
    _move([locked.pk], wanted, at)
    publish(CustomerStateChanged(customer_id=locked.pk, old=old, new=wanted, at=at))
    locked.refresh_from_db()
    return locked


@command(needs="customer.read")
def mark_actual(by: Actor, customer_ids: Sequence[int], *, at: datetime) -> int:
    """
    Make those of ``customer_ids`` that ``by`` sees actual customers: they have bought.

    Each passes the lawful arcs, one event an arc. Return how many were none before.
    """
    buyers = dict(
        Customer.objects.select_for_update(of=("self",))
        .filter(CUSTOMER.visible(by), pk__in=customer_ids)
        .exclude(state=State.ACTUAL)
        .order_by("pk")
        .values_list("pk", "state")
    )
    _move(list(buyers), State.ACTUAL, at)
    publish_all(
        [step for pk, old in buyers.items() for step in _steps(pk, State(old), at)]
    )
    return len(buyers)


@command(needs="customer.score")
def mark_lost(
    by: Actor, customer_ids: Sequence[int], *, at: datetime, patience: timedelta
) -> int:
    """
    Make the actual customers among ``customer_ids`` lost; return how many were.

    Who came back within ``patience`` before ``at`` stays: winning back takes its time.
    Nobody worked on these customers, so their version stays, and an import that brought
    them can be taken back.
    """
    gone = list(
        Customer.objects.select_for_update(of=("self",))
        .filter(CUSTOMER.visible(by, "score"), pk__in=customer_ids, state=State.ACTUAL)
        .exclude(_came_back(since=at - patience))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    Customer.objects.filter(pk__in=gone).update(state=State.LOST, updated_at=at)
    publish_all(
        [
            CustomerStateChanged(
                customer_id=pk, old=State.ACTUAL, new=State.LOST, at=at
            )
            for pk in gone
        ]
    )
    return len(gone)


def _came_back(since: datetime) -> Exists:
    """Return the condition that a lost customer became an actual one after ``since``."""
    return Exists(
        LoggedEvent.objects.filter(
            party_id=OuterRef("pk"),
            name=CustomerStateChanged.event_name(),
            payload__old=State.LOST,
            at__gt=since,
            payload__new=State.ACTUAL,
        )
    )


def _move(pks: Sequence[int], wanted: State, at: datetime) -> None:
    Customer.objects.filter(pk__in=pks).update(
        state=wanted, updated_at=at, version=F("version") + 1
    )


def _steps(pk: int, old: State, at: datetime) -> list[CustomerStateChanged]:
    """Return one event for each arc from ``old`` to actual."""
    events = []
    for new in arcs_to_actual(old):
        events.append(CustomerStateChanged(customer_id=pk, old=old, new=new, at=at))
        old = new
    return events
