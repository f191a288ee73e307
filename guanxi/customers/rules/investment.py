"""
What the house puts into a customer: contacts and costs, and what for.

The third part of a customer data bank: time, place, mode and expense of each contact, and
what was spent to win, to sell to, to serve and to keep a customer; see docs/laws/customers.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

LONGEST_PLACE, LONGEST_NOTE = 120, 4_000
LARGEST_AMOUNT = Decimal("999999999999.99")


class Aim(TextChoices):
    """What a contact or a cost is for."""

    ACQUISITION = "acquisition", pgettext_lazy("cost", "Acquisition")
    SALES = "sales", pgettext_lazy("cost", "Selling")
    SERVICE = "service", pgettext_lazy("cost", "Service")
    RETENTION = "retention", pgettext_lazy("cost", "Retention")


class ContactMode(TextChoices):
    """How a contact took place."""

    VISIT = "visit", pgettext_lazy("contact", "Visit")
    RECEPTION = "reception", pgettext_lazy("contact", "Reception at our place")
    MEAL = "meal", pgettext_lazy("contact", "Meal or event")
    PHONE = "phone", pgettext_lazy("contact", "Phone call")
    VIDEO = "video", pgettext_lazy("contact", "Video meeting")
    WECHAT = "wechat", pgettext_lazy("contact", "WeChat")
    EMAIL = "email", pgettext_lazy("contact", "E-mail")
    POST = "post", pgettext_lazy("contact", "Letter or parcel")
    OTHER = "other", pgettext_lazy("contact", "Another way")


AIM_TONES: Mapping[str, str] = {
    Aim.ACQUISITION: "blue",
    Aim.SALES: "amber",
    Aim.SERVICE: "gray",
    Aim.RETENTION: "green",
}


class AboutInvestment(TypedDict):
    """What every event of a contact or cost says about it."""

    investment_id: int
    customer_id: int
    aim: str
    mode: str


@dataclass(frozen=True)
class Spent:
    """What was spent for each aim, in the house currency."""

    acquisition: Decimal = Decimal(0)
    sales: Decimal = Decimal(0)
    service: Decimal = Decimal(0)
    retention: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.acquisition + self.sales + self.service + self.retention


def spent(sums: Iterable[tuple[str, Decimal]]) -> Spent:
    """Return sums by the keys of their aims as one."""
    return Spent(**dict(sums))
