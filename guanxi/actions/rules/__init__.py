"""Words and laws of actions: kinds of messages, urgency × importance, due days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.working_days import on_working_day


class Kind(TextChoices):
    """What an action message asks for: the four of planning, and a contact."""

    RELEASE = "release", _("Release")
    RESCHEDULE_IN = "reschedule_in", _("Reschedule in")
    RESCHEDULE_OUT = "reschedule_out", _("Reschedule out")
    CANCEL = "cancel", pgettext_lazy("action message", "Cancel")
    CONTACT = "contact", pgettext_lazy("action message", "Contact")


class Detector(TextChoices):
    """The conflicts the house can see, each named by the problem it reports."""

    VITAL_SILENT = "vital_silent", _("Vital customer silent beyond the own rhythm")
    FIRST_NOT_BACK = "first_not_back", _("First-time buyer has not come back")
    AMOUNT_FALLING = "amount_falling", _("Regular amount is falling")
    LIKELY_TO_LEAVE = "likely_to_leave", _("Valuable customer is likely to leave")
    FREE_TO_LEAVE = "free_to_leave", _("Dissatisfied and free to leave")
    UNPAID_OVERDUE = "unpaid_overdue", _("Order unpaid past its date")
    UNPAID_LONG = "unpaid_long", _("Order unpaid for very long")
    PAID_NOT_RELEASED = "paid_not_released", _("Paid order not released")
    DOUBLE_TASK = "double_task", _("Two plans for the same thing")
    REMINDER_LATE = "reminder_late", _("Payment reminder planned too late")
    FOLLOW_UP_EARLY = "follow_up_early", _("Delivery follow-up planned before delivery")
    CONTACT_DUE = "contact_due", _("Regular contact is due")
    PLAN_STEP_DUE = "plan_step_due", _("Step of a plan is due")
    FOLLOW_UP_DUE = "follow_up_due", _("Follow-up after a purchase is due")
    OFFER_NEXT = "offer_next", _("Product to offer next")
    STAGE_ENTERED = "stage_entered", _("Customer has entered another stage")
    KNOWLEDGE = "knowledge", _("Something known applies to a customer")


class MessageState(TextChoices):
    """How an action message stands; ``closed`` means the conflict went by itself."""

    OPEN = "open", pgettext_lazy("action message", "Open")
    DONE = "done", pgettext_lazy("action message", "Done")
    DISMISSED = "dismissed", _("Dismissed")
    CLOSED = "closed", _("Settled by itself")


class Mode(TextChoices):
    """What a rule does with what it finds."""

    OFF = "off", pgettext_lazy("rule", "Off")
    PROPOSE = "propose", _("Propose")
    DO = "do", _("Do it")


class Outcome(TextChoices):
    """What came of acting."""

    REACHED = "reached", _("Reached, going on")
    PROMISED = "promised", _("Promised to order or pay")
    NOT_REACHED = "not_reached", _("Not reached")
    NOT_INTERESTED = "not_interested", _("Not interested")
    PLANNED = "planned", _("Planned as a task")
    SENT = "sent", _("Message sent")
    APPLIED = "applied", _("Applied")


# After which of them we have been in contact.
IN_CONTACT = (
    Outcome.REACHED,
    Outcome.PROMISED,
    Outcome.NOT_INTERESTED,
    Outcome.SENT,
)
# What can come of a call; the other outcomes are written by the deeds themselves.
CALL_OUTCOMES = (
    Outcome.REACHED,
    Outcome.PROMISED,
    Outcome.NOT_REACHED,
    Outcome.NOT_INTERESTED,
)


class DismissReason(TextChoices):
    """Why a proposal is not followed."""

    KNOWN = "known", _("Already dealt with")
    WRONG = "wrong", _("Not true")
    NOT_WORTH = "not_worth", _("Not worth the effort")
    CUSTOMER_WISH = "customer_wish", _("The customer wishes so")


class TaskKind(TextChoices):
    """What a task is about."""

    CALL = "call", _("Call")
    VISIT = "visit", pgettext_lazy("task", "Visit")
    MAIL = "mail", pgettext_lazy("task", "Message")
    PAYMENT = "payment", _("Payment reminder")
    DELIVERY = "delivery", _("Delivery follow-up")
    OTHER = "other", pgettext_lazy("task", "Other")


class TaskState(TextChoices):
    """How far a task is."""

    OPEN = "open", pgettext_lazy("task", "Open")
    DONE = "done", pgettext_lazy("task", "Done")
    CANCELLED = "cancelled", pgettext_lazy("task", "Cancelled")


LOW, MIDDLE, HIGH = 1, 2, 3
IMPORTANCE = {"vital": HIGH, "major": MIDDLE}
DAYS_TO_ACT = {HIGH: 1, MIDDLE: 3, LOW: 7}
TOP_SCORE = 100


@dataclass(frozen=True)
class Finding:
    """
    One conflict a detector sees: about which object, how bad, and the facts.

    ``facts`` are plain values that fill the detector's sentences. ``fingerprint`` names
    the state of the facts: while it stays the same, what was dismissed or done is not
    raised again. ``trial`` names the comparison with those held out that it is part of;
    empty: that of its detector.
    """

    customer_id: int
    owner_id: int | None
    team_id: int | None
    object_kind: str
    object_id: int
    urgency: int
    importance: int
    due_on: date
    fingerprint: str
    facts: dict[str, object] = field(default_factory=dict)
    trial: str = ""


def score(urgency: int, importance: int, money: float = 0.0) -> int:
    """
    Return the place in the worklist, 0 to 100: urgency × importance, money as tie-break.

    Urgency and importance go from 1 to 3 (S9-06), so their product fills 90 points; the
    money at stake (house currency) adds up to 10 on a logarithmic scale.
    """
    return min(TOP_SCORE, urgency * importance * 10 + money_points(money))


def money_points(money: float) -> int:
    """Return what ``money`` (house currency) adds to the place: its digits, at most 10."""
    return min(10, len(str(int(money)))) if money >= 1 else 0


def money_at_stake(facts: Mapping[str, object]) -> Decimal:
    """Return the money a finding is about, in the house currency; 0 if it is about none."""
    return Decimal(str(facts.get("total", 0)))


def importance_of(tier: str) -> int:
    """Return how much a customer of ``tier`` matters, 1 to 3."""
    return IMPORTANCE.get(tier, LOW)


def urgency_of(ratio: float) -> int:
    """Return how pressing a silence is that lasts ``ratio`` times the limit."""
    if ratio >= 2:
        return HIGH
    return MIDDLE if ratio >= 1.5 else LOW


def due_on(as_of: date, urgency: int) -> date:
    """
    Return by when to act: the next day, within three days, or within the week.

    Where nobody works on that day, it is the next one on which people do.
    """
    return on_working_day(as_of + timedelta(days=DAYS_TO_ACT[urgency]))
