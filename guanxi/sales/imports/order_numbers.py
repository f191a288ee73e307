"""Numbers for orders of a file that has none: what says the same is the same order."""

from base64 import b32encode
from decimal import Decimal
from hashlib import blake2b

from guanxi.foundation.money import Money
from guanxi.foundation.sheets.values import Value
from guanxi.sales.imports.order_rows import ONE, Row, day_of

# What makes an order this one. State, payment, channel, days and note may change later.
_TELLING = (
    "product_code", "product_name", "quantity", "unit_price", "discount", "amount",
)  # fmt: skip
# 16 letters: among ten million orders two share them once in 10^10 files.
_DIGEST_BYTES = 10


class Numbers:
    """
    Gives the rows of one file, in their sequence, the numbers of their orders.

    Who, when, what and how much make a number, so a longer file, or one in another
    format, brings each order once. A second row that says the same is another order:
    the number is that of the first with a 2 behind it. That needs about 100 bytes of
    memory a row.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._times: dict[bytes, int] = {}

    def number_of(self, row: Row) -> str:
        """Return a number such as 20240501-MFRGGZDFMZTWQ2LK, or the same with -2."""
        seen = blake2b(self._told(row).encode(), digest_size=_DIGEST_BYTES).digest()
        times = self._times[seen] = self._times.get(seen, 0) + 1
        number = (
            f"{day_of(row.at).isoformat().replace('-', '')}-{b32encode(seen).decode()}"
        )
        return number if times == 1 else f"{number}-{times}"

    def _told(self, row: Row) -> str:
        """Return what ``row`` says, in one way however it is written."""
        values = {"quantity": ONE, **row.values}
        told = [_plain(values.get(key)) for key in _TELLING]
        return "\x1f".join((self._source, row.key, str(row.at.timestamp()), *told))


def _plain(value: Value) -> str:
    if isinstance(value, Money):
        return f"{_plain(value.amount)} {value.currency}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)
