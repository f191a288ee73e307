"""Words and laws of opportunities: stages, chances, and what they are worth as a whole."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words

LARGEST_AMOUNT: Final = Decimal("999999999999.99")
CENT: Final = Decimal("0.01")
SURE: Final = 100  # percent


class OpportunityState(TextChoices):
    """Whether an opportunity is still open, and how it ended."""

    OPEN = "open", pgettext_lazy("opportunity", "Open")
    WON = "won", pgettext_lazy("opportunity", "Won")
    LOST = "lost", pgettext_lazy("opportunity", "Lost")


TONES: Mapping[str, str] = {
    OpportunityState.OPEN: "blue",
    OpportunityState.WON: "green",
    OpportunityState.LOST: "gray",
}


class LostReason(TextChoices):
    """Why an opportunity was lost: the seven objections, and two that are none."""

    NEED = "need", pgettext_lazy("lost", "No need")
    PRICE = "price", pgettext_lazy("lost", "Price")
    PRODUCT = "product", pgettext_lazy("lost", "Product does not fit")
    TIMING = "timing", pgettext_lazy("lost", "Not the right time")
    PERSON = "person", pgettext_lazy("lost", "Salesperson")
    SERVICE = "service", pgettext_lazy("lost", "Service")
    FUNDS = "funds", pgettext_lazy("lost", "Cannot pay")
    RIVAL = "rival", pgettext_lazy("lost", "Bought elsewhere")
    SILENT = "silent", pgettext_lazy("lost", "No answer any more")


STAGES: Mapping[str, Words] = {
    "contact": pgettext_lazy("stage", "First contact"),
    "need": pgettext_lazy("stage", "Need understood"),
    "offer": pgettext_lazy("stage", "Offer made"),
    "talks": pgettext_lazy("stage", "Negotiation"),
    "promised": pgettext_lazy("stage", "Promised"),
}
"""The stages that come along, as long as nobody calls them otherwise."""
STANDARD: Final = "standard"
PIPELINES: Mapping[str, Words] = {STANDARD: pgettext_lazy("pipeline", "Standard sale")}

NEEDS: Mapping[str, Words] = {
    "customer": _("Customer"),
    "amount": pgettext_lazy("opportunity", "Amount"),
    "expected_on": pgettext_lazy("opportunity", "Expected on"),
    "next_step": _("Next step"),
}
"""What a stage can ask for before an opportunity enters it, by the names of the fields."""


def weighted(amount: Decimal, probability: int) -> Decimal:
    """Return ``amount`` times its chance in percent, to the cent."""
    return (amount * probability / SURE).quantize(CENT, ROUND_HALF_EVEN)


def chance(state: OpportunityState, own: int | None, of_stage: int) -> int:
    """Return the chance in percent: all or nothing at the end, its own, or the stage's."""
    if state is OpportunityState.OPEN:
        return of_stage if own is None else own
    return SURE if state is OpportunityState.WON else 0


def is_stale(since: datetime, stale_days: int | None, *, at: datetime) -> bool:
    """Tell whether an opportunity has stood in a stage for longer than is usual."""
    return stale_days is not None and (at - since).days > stale_days


def is_overdue(expected_on: date | None, *, today: date) -> bool:
    """Tell whether the day on which it was expected is past."""
    return expected_on is not None and expected_on < today
