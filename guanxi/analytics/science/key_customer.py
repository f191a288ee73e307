"""The key customer rule: who buys often, much and profitably (关键客户), and who no longer does."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class KeySettings:
    """
    What a key customer reaches in the last ``period_days``; None: not asked.

    ``amount`` in units of money, ``profit_rate`` in percent of what was sold with a known
    cost. All that is asked must be reached. The numbers are our default.
    """

    period_days: int = 365
    orders: int | None = 12
    amount: Decimal | None = Decimal(100_000)
    profit_rate: Decimal | None = Decimal(20)

    def __post_init__(self) -> None:
        """:raises ValueError: if nothing is asked, or of no days."""
        if (self.orders, self.amount, self.profit_rate) == (None, None, None):
            raise ValueError("a key customer rule must ask something")
        if self.period_days < 1:
            raise ValueError("the period must have at least one day")


@dataclass(frozen=True)
class KeyFigures:
    """What a customer reached; ``profit_rate`` is None where no cost is known."""

    orders: int
    amount: Decimal
    profit_rate: Decimal | None


def is_key(figures: KeyFigures, rule: KeySettings) -> bool | None:
    """
    Tell whether ``figures`` reach all that ``rule`` asks.

    None if that cannot be said: the rest is reached, and the profit rate is not known.
    """
    if figures.orders < (rule.orders or 0):
        return False
    if rule.amount is not None and figures.amount < rule.amount:
        return False
    if rule.profit_rate is None:
        return True
    known = figures.profit_rate
    return None if known is None else known >= rule.profit_rate


# A figure that has moved by less than a fifth tells nothing that was not known before.
_MATERIAL = Decimal(20) / 100


def has_moved(old: KeyFigures, new: KeyFigures) -> bool:
    """Tell whether one of the figures is now a fifth or more from what it was."""
    pairs = (
        (Decimal(old.orders), Decimal(new.orders)),
        (old.amount, new.amount),
        (old.profit_rate, new.profit_rate),
    )
    return any(_moved(before, after) for before, after in pairs)


def _moved(before: Decimal | None, after: Decimal | None) -> bool:
    if before is None or after is None:
        return before != after
    return before != after and abs(after - before) >= abs(before) * _MATERIAL
