"""The purchases in a file: who, when and for how much."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from guanxi.analytics.laboratory.columns import (
    AMOUNT,
    CUSTOMER,
    DATE,
    Reading,
    day_number,
)
from guanxi.analytics.laboratory.files import Sheet, read_sheet
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.grouped import Flags, Floats, Ints
from guanxi.analytics.science.purchases import Purchases

# Amounts are counted in ten-thousandths, so that sums are exact as in minor units.
SCALE = 10_000


@dataclass(frozen=True, eq=False)
class Trades:
    """
    The m usable rows of a file of purchases.

    ``customers`` (m,) codes into ``labels``; ``days`` (m,) since 1970-01-01; ``amounts``
    (m,) units of money, or None where the file has none. ``cut_off`` is the last day
    that counts as known: what was asked, else the last day of the file. ``unit_days``
    is the unit of time that was asked for.
    """

    customers: Ints
    labels: pa.Array
    days: Ints
    amounts: Floats | None
    cut_off: int
    unit_days: float
    notes: tuple[str, ...]

    def known(self) -> Purchases:
        """Return the purchases up to the cut-off by customer and day; see ``SCALE``."""
        return self._grouped(self.days <= self.cut_off)

    def later(self) -> Purchases:
        """Return the purchases after the cut-off by customer and day; see ``SCALE``."""
        return self._grouped(self.days > self.cut_off)

    def _grouped(self, rows: Flags) -> Purchases:
        amounts = np.zeros(int(rows.sum()), np.int64)
        if self.amounts is not None:
            amounts = np.rint(self.amounts[rows] * SCALE).astype(np.int64)
        return Purchases.from_rows(self.customers[rows], self.days[rows], amounts)

    def names(self, codes: Ints) -> list[str]:
        """Return the customers' texts for ``codes``."""
        found: list[str] = self.labels.take(pa.array(codes)).to_pylist()
        return found


def read_trades(
    request: Request, *, with_amounts: bool = False, sheet: Sheet | None = None
) -> Trades:
    """
    Read customer, date and, if the file has one, amount; ``sheet`` if it is read already.

    :raises Unusable: if a column is missing, ``with_amounts`` the amount too, or rows
        cannot be used.
    """
    reading = Reading.of(
        sheet
        or read_sheet(request.path, header=request.header, delimiter=request.delimiter)
    )
    customer = reading.needed("customer", request.customer, CUSTOMER)
    day = reading.needed("date", request.date, DATE)
    amount = reading.index("amount", request.amount, AMOUNT)
    if with_amounts and amount is None:
        reading.needed("amount", request.amount, AMOUNT)
    codes, labels = reading.codes(customer)
    days = reading.days(day, request.date_format)
    amounts = None if amount is None else reading.numbers(amount)
    notes = reading.settle(skip=request.skip_bad_rows)
    good = reading.good
    last = int(days[good].max())
    cut_off = last if request.cut_off is None else day_number(request.cut_off)
    if not bool((days[good] <= cut_off).any()):
        raise Unusable(_("All dates are after the cut-off; say a later --cut-off."))
    return Trades(
        customers=codes[good],
        labels=labels,
        days=days[good],
        amounts=None if amounts is None else amounts[good],
        cut_off=cut_off,
        unit_days=request.unit_days,
        notes=tuple(notes),
    )
