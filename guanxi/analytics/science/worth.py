"""
What a customer is worth: what it has earned, and what it will, less all that it costs.

Value = past + future. Past = profit on goods - what was spent to win, to sell to, to serve
and to keep the customer. Future = Σ over years t of the purchases to come in t, each worth
its margin less what a purchase costs beside goods, over (1 + d)^(t - ½): money comes, on
average, in the middle of its year.

Source: the lifetime value of the literature, Σ (revenue - costs) / (1 + d)^t - acquisition
(Berger & Nasr 1998, *Customer lifetime value: marketing models and applications*, Journal
of Interactive Marketing 12(1)), with purchases by BG/NBD. Oracle: `test_worth.py`.
"""

from dataclasses import dataclass

import numpy as np

from guanxi.analytics.science.grouped import Floats, Ints

OWN_WEIGHT = 1.0
"""How many purchases the usual cost of one stands for, beside the customer's own."""


@dataclass(frozen=True)
class ValueSettings:
    """The discount ``rate`` of a year, as a share, and how many ``years`` ahead count."""

    rate: float = 0.1
    years: int = 5

    def __post_init__(self) -> None:
        """
        Check the law.

        :raises ValueError: for a rate below 0 or above 1, or for years but 1 to 30.
        """
        if not (0 <= self.rate <= 1 and 1 <= self.years <= 30):
            raise ValueError(f"rate {self.rate}, years {self.years}")


@dataclass(frozen=True, eq=False)
class Ledger:
    """
    What n customers earned and cost so far, (n,) minor units each.

    ``profit`` is that of the part ``costed`` of what they paid; ``purchases`` (n,) are the
    purchase days since costs were written down.
    """

    costed: Ints
    profit: Ints
    acquisition: Ints
    sales: Ints
    service: Ints
    retention: Ints
    purchases: Ints

    @property
    def upkeep(self) -> Ints:
        """What was spent on those who buy, not to win them."""
        return self.sales + self.service + self.retention

    @property
    def past(self) -> Ints:
        """What remained of each."""
        return self.profit - self.acquisition - self.upkeep


@dataclass(frozen=True)
class Usual:
    """
    What is usual: the share of profit in revenue, and the upkeep of a purchase.

    The margin is None where the cost of nothing that was sold is known.
    """

    margin: float | None
    upkeep: float


@dataclass(frozen=True, eq=False)
class Worth:
    """The value of n customers, (n,) each; NaN where nothing can be foretold."""

    past: Ints
    future: Floats
    margin: Floats
    upkeep: Floats


def usual_of(ledger: Ledger) -> Usual:
    """Return what is usual among all customers."""
    costed, bought = int(ledger.costed.sum()), int(ledger.purchases.sum())
    return Usual(
        float(ledger.profit.sum()) / costed if costed > 0 else None,
        float(ledger.upkeep.sum()) / bought if bought else 0.0,
    )


def worth(ledger: Ledger, usual: Usual, to_come: Floats, each: Floats) -> Worth:
    """
    Return what customers are worth.

    ``to_come`` (n,) are the purchases to come at their present value, ``each`` (n,) what
    is spent at one, in minor units. The margin is the customer's own where the cost of
    anything it bought is known, else the usual one. What a purchase costs beside goods is
    (own costs + usual cost) / (own purchases + 1): who was never seen costs the usual.
    """
    known = np.nan if usual.margin is None else usual.margin
    margin: Floats = np.full(len(each), known, np.float64)
    np.divide(ledger.profit, ledger.costed, out=margin, where=ledger.costed > 0)
    upkeep = ledger.upkeep.astype(np.float64) + OWN_WEIGHT * usual.upkeep
    upkeep /= ledger.purchases + OWN_WEIGHT
    future: Floats = to_come * (each * margin - upkeep)
    return Worth(ledger.past, future, margin, upkeep)


def present_values(rate: float, years: int) -> Floats:
    """Return what one unit in the middle of each of the next ``years`` is worth now."""
    middles = np.arange(years) + 0.5
    values: Floats = np.power(1.0 + rate, -middles)
    return values
