"""The lifetime value of each customer, and all that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guanxi.analytics.ledger import AIMS, Books, ledger_of
from guanxi.analytics.prediction import Prediction, rounded_money
from guanxi.analytics.science.grouped import Floats
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.worth import Ledger, Usual, Worth, usual_of, worth


@dataclass(frozen=True, eq=False)
class Value:
    """What n customers are worth, and what that was worked out from."""

    ledger: Ledger
    usual: Usual
    worth: Worth
    prediction: Prediction

    @classmethod
    def of(cls, books: Books, purchases: Purchases, prediction: Prediction) -> "Value":
        """Return the value of the customers of ``purchases``."""
        ledger = ledger_of(books, purchases)
        usual = usual_of(ledger)
        found = worth(ledger, usual, prediction.to_come, prediction.each)
        return cls(ledger, usual, found, prediction)

    def columns(self) -> Mapping[str, pa.Array]:
        """
        Return the columns of the scores, money in minor units.

        What is to come is in steps of a tenth, so that a day that merely passes changes few.
        """
        future = rounded_money(self.worth.future)
        return {
            "future_value": _whole(future),
            "lifetime_value": _whole(self.worth.past + future),
            "value_profit": pa.array(self.ledger.profit),
            **{f"value_{aim}": pa.array(getattr(self.ledger, aim)) for aim in AIMS},
            "value_margin": _numbers(self.worth.margin),
            "value_upkeep": _numbers(self.worth.upkeep),
            "value_to_come": _numbers(self.prediction.to_come),
            "value_each": _numbers(self.prediction.each),
        }


def _whole(values: Floats) -> pa.Array:
    return pc.cast(_numbers(np.rint(values)), pa.int64())


def _numbers(values: Floats) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))
