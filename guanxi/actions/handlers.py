"""What actions does when rooms below announce something."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_noop

from guanxi.actions.commands.detection import detect
from guanxi.actions.commands.owner import hand_over_work
from guanxi.actions.events import ActionAssigned, TaskClosed, TaskMoved, TaskPlanned
from guanxi.actions.rules import Detector
from guanxi.analytics.events import (
    OfferAccepted,
    OfferDeclined,
    ProductOffered,
    ProductsProposed,
    ScoresRefreshed,
)
from guanxi.analytics.queries import present_day
from guanxi.customers.events import (
    CustomersHandedOver,
    OwnerChanged,
    PlanEvent,
    ProcessingLimited,
    ProcessingLimitLifted,
)
from guanxi.customers.queries.customer import held_customers
from guanxi.foundation.actor import System
from guanxi.foundation.clock import now
from guanxi.foundation.notices import notify
from guanxi.sales.events import OrderEvent

SYSTEM = System(gettext_noop("detectors"))


def detect_conflicts(event: ScoresRefreshed) -> None:
    """Look at everybody as of the day of the new scores."""
    detect(SYSTEM, as_of=date.fromisoformat(event.as_of), at=now())


def detect_offers(event: ProductsProposed) -> None:
    """Look at what there is to offer, now that it was worked out anew."""
    as_of = date.fromisoformat(event.as_of)
    detect(SYSTEM, as_of=as_of, at=now(), only=Detector.OFFER_NEXT)


def close_offered(event: ProductOffered | OfferAccepted | OfferDeclined) -> None:
    """Let what was offered close: the owner has done what he was asked."""
    at, party = now(), event.customer_id
    detect(
        SYSTEM,
        as_of=present_day(at),
        at=at,
        customer_id=party,
        only=Detector.OFFER_NEXT,
    )


def look_again(
    event: OrderEvent
    | TaskPlanned
    | TaskMoved
    | TaskClosed
    | ProcessingLimited
    | ProcessingLimitLifted
    | PlanEvent,
) -> None:
    """
    Look again at a customer: what an order or a plan settled closes by itself.

    So does what was made of a profile that somebody has objected to.
    """
    at = now()
    detect(SYSTEM, as_of=present_day(at), at=at, customer_id=event.customer_id)


def hand_over(event: OwnerChanged) -> None:
    """Let the new owner of a customer find what was left to do for it."""
    party = held_customers([event.customer_id])
    hand_over_work(SYSTEM, party, old_owner_id=event.old_owner_id)


def hand_over_many(event: CustomersHandedOver) -> None:
    """Let the new owners of customers find what was left to do for them."""
    parties = held_customers(event.customer_ids)
    hand_over_work(SYSTEM, parties, old_owner_id=event.old_owner_id)


def tell_assignee(event: ActionAssigned) -> None:
    """Ring the bell of whom a message was passed to."""
    notify(
        event.assignee_id,
        gettext_noop("An action message was passed to you."),
        {},
        url=reverse("actions:message", args=[event.message_id]),
        at=event.at,
    )
