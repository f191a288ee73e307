"""What actions does when rooms below announce something."""

from datetime import date

from django.utils.translation import gettext_noop

from guanxi.actions.commands.detection import detect
from guanxi.actions.events import ActionAssigned
from guanxi.actions.queries.rule import day_to_watch
from guanxi.analytics.events import ScoresRefreshed
from guanxi.foundation.actor import System
from guanxi.foundation.clock import now
from guanxi.foundation.notices import notify
from guanxi.sales.events import OrderEvent

SYSTEM = System("detectors")


def detect_conflicts(event: ScoresRefreshed) -> None:
    """Look at everybody as of the day of the new scores."""
    detect(SYSTEM, as_of=date.fromisoformat(event.as_of), at=now())


def look_again(event: OrderEvent) -> None:
    """Look again at the customer of an order: what it settled closes by itself."""
    detect(SYSTEM, as_of=day_to_watch(), at=now(), customer_id=event.customer_id)


def tell_assignee(event: ActionAssigned) -> None:
    """Ring the bell of whom a message was passed to."""
    notify(
        event.assignee_id,
        gettext_noop("An action message was passed to you."),
        {},
        url=f"/messages/{event.message_id}/",
        at=event.at,
    )
