"""Words and laws of leads: who may become a customer, and for how long one keeps a lead."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words

LONGEST_NOTE: Final = 4000
MOST_DAYS, MOST_LEADS, MOST_RULES = 365, 100_000, 50


class LeadState(TextChoices):
    """How far a lead is; the last two are its ends."""

    NEW = "new", pgettext_lazy("lead", "New")
    WORKING = "working", pgettext_lazy("lead", "In touch")
    CONVERTED = "converted", pgettext_lazy("lead", "Converted")
    DISCARDED = "discarded", pgettext_lazy("lead", "Discarded")


OPEN: Final = (LeadState.NEW, LeadState.WORKING)
TONES: Mapping[str, str] = {
    LeadState.NEW: "blue",
    LeadState.WORKING: "amber",
    LeadState.CONVERTED: "green",
    LeadState.DISCARDED: "gray",
}


class Origin(TextChoices):
    """How a lead came."""

    OWN = "own", pgettext_lazy("lead", "Found by ourselves")
    INBOUND = "inbound", pgettext_lazy("lead", "Called or wrote")
    WEB = "web", pgettext_lazy("lead", "Web form")
    REFERRAL = "referral", pgettext_lazy("lead", "Referred by a customer")
    FAIR = "fair", pgettext_lazy("lead", "Fair or event")
    CAMPAIGN = "campaign", pgettext_lazy("lead", "Campaign")
    SERVICE = "service", pgettext_lazy("lead", "Service")
    PARTNER = "partner", pgettext_lazy("lead", "Partner")
    OTHER = "other", pgettext_lazy("lead", "Other")


class DiscardReason(TextChoices):
    """Why a lead comes to nothing."""

    UNREACHED = "unreached", pgettext_lazy("lead", "Cannot be reached")
    NEED = "need", pgettext_lazy("lead", "No need")
    MEANS = "means", pgettext_lazy("lead", "Cannot pay")
    FALSE = "false", pgettext_lazy("lead", "False details")
    DOUBLE = "double", pgettext_lazy("lead", "Known already")
    OTHER = "other", pgettext_lazy("lead", "Other reason")


class Way(TextChoices):
    """How a rule chooses among its people."""

    TURNS = "turns", pgettext_lazy("lead", "In turn")
    LOAD = "load", pgettext_lazy("lead", "Who has the fewest open leads")


TEST: Mapping[str, Words] = {
    "has_need": _("Has the need and the wish"),
    "has_motive": _("Has a motive to buy"),
    "has_means": _("Is able to buy"),
    "is_new": _("Has not bought from us yet"),
}
"""The test of a potential customer (有需求和欲望、有购买动机、有购买能力、尚未购买)."""


def failed(answers: Mapping[str, bool | None]) -> list[str]:
    """Return the parts of the `TEST` that ``answers`` do not affirm."""
    return [key for key in TEST if answers.get(key) is not True]


def protected_until(at: datetime, days: int) -> datetime | None:
    """Return until when a lead stays with its owner; None if it always does."""
    return at + timedelta(days=days) if days else None
