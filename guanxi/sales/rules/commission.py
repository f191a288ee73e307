"""
Words and laws of commissions: what counts, at which rate, and what is taken back.

See docs/laws/sales.md. Money in, or goods shipped, is the base; the rate comes from tiers of
the base or of the share of a target that it reaches; what is refunded takes back what was
given for it (佣金追回).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words
from guanxi.sales.rules.target import CENT, spread

HUNDRED: Final = Decimal(100)
MOST_TIERS, MOST_SHARES = 6, 4
LARGEST_RATE: Final = Decimal(100)
LARGEST_AMOUNT: Final = Decimal("99999999999.99")


class Basis(TextChoices):
    """What earns a commission."""

    RECEIVED = "received", _("Money received")
    SHIPPED = "shipped", _("Orders shipped")


class TierBy(TextChoices):
    """What the tiers of a plan are measured by."""

    AMOUNT = "amount", _("Amount of the month")
    TARGET = "target", _("Share of the revenue target reached")


class StatementState(TextChoices):
    """How far a statement is."""

    DRAFT = "draft", pgettext_lazy("statement", "Draft")
    APPROVED = "approved", pgettext_lazy("statement", "Approved")
    PAID = "paid", pgettext_lazy("statement", "Paid out")


TONES: Mapping[str, str] = {
    StatementState.DRAFT: "amber",
    StatementState.APPROVED: "blue",
    StatementState.PAID: "green",
}


class Source(TextChoices):
    """Where a line of a statement comes from."""

    PAYMENT = "payment", pgettext_lazy("commission", "Payment")
    SHIPMENT = "shipment", pgettext_lazy("commission", "Shipment")
    REFUND = "refund", pgettext_lazy("commission", "Refund")
    ADJUSTMENT = "adjustment", pgettext_lazy("commission", "Adjustment")


@dataclass(frozen=True)
class RateTier:
    """From ``start`` on, an amount or a percentage of the target, ``rate`` percent."""

    start: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Entry:
    """Something that counts for one person: ``base`` is his share, below 0 for a refund."""

    source: Source
    source_id: int
    order_id: int
    at: datetime
    share: Decimal
    base: Decimal


@dataclass(frozen=True)
class Earned:
    """What an entry earns: its effective rate in percent, and the commission."""

    entry: Entry
    rate: Decimal
    amount: Decimal


def wrong_with(tiers: Sequence[RateTier]) -> Words:
    """Return what is wrong with tiers; empty if nothing is."""
    if not tiers or tiers[0].start != 0:
        return _("The first tier begins at 0.")
    if any(one.start >= after.start for one, after in pairwise(tiers)):
        return _("Each tier begins above the one before.")
    if any(not 0 <= one.rate <= LARGEST_RATE for one in tiers):
        return _("A rate lies between 0 and 100 percent.")
    return ""


def thresholds(
    tiers: Sequence[RateTier], by: TierBy, target: Decimal | None
) -> list[RateTier]:
    """Return the tiers in money; by a share of a target that nobody set, the first alone."""
    if by is TierBy.AMOUNT:
        return list(tiers)
    if not target:
        return list(tiers[:1])
    return [RateTier(target * one.start / HUNDRED, one.rate) for one in tiers]


def commission(
    base: Decimal, tiers: Sequence[RateTier], *, is_stepped: bool
) -> Decimal:
    """
    Return the commission on ``base``, to the cent.

    Stepped (超额累进), each rate is for the part within its tier; else (全额累进) the rate of
    the tier that the base reaches is for all of it.
    """
    if base <= 0:
        return Decimal(0)
    if not is_stepped:
        reached = [one for one in tiers if one.start <= base]
        return _cents(base * reached[-1].rate / HUNDRED)
    ends = [one.start for one in tiers[1:]] + [base]
    parts = (
        max(min(base, end) - one.start, Decimal(0)) * one.rate
        for one, end in zip(tiers, ends, strict=True)
    )
    return _cents(sum(parts, Decimal(0)) / HUNDRED)


def earned(
    entries: Sequence[Entry],
    tiers: Sequence[RateTier],
    *,
    is_stepped: bool,
    rates: Mapping[int, Decimal],
) -> list[Earned]:
    """
    Return what each entry earns; the lines come to the commission on all exactly.

    What is refunded takes back the rate at which its order was once paid, ``rates`` by
    order; where that is not known, the rate of this statement.
    """
    gains = [one for one in entries if one.base > 0]
    base = sum((one.base for one in gains), Decimal(0))
    total = commission(base, tiers, is_stepped=is_stepped)
    usual = HUNDRED * total / base if base else tiers[0].rate
    parts = (
        spread(total, [int(one.base / CENT) for one in gains], step=CENT)
        if gains
        else []
    )
    found = [Earned(one, usual, part) for one, part in zip(gains, parts, strict=True)]
    for one in entries:
        if one.base < 0:
            rate = rates.get(one.order_id, usual)
            found.append(Earned(one, rate, _cents(one.base * rate / HUNDRED)))
    return sorted(found, key=lambda each: (each.entry.at, each.entry.source_id))


def month_of(day: date) -> date:
    """Return the first day of the month of ``day``."""
    return day.replace(day=1)


def month_before(day: date) -> date:
    """Return the first day of the month before that of ``day``."""
    return month_of(month_of(day) - timedelta(days=1))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_EVEN)
