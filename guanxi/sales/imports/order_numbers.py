"""Numbers for orders of a file that has none: what says the same is the same order."""

from base64 import b32encode
from datetime import date
from decimal import Decimal
from hashlib import blake2b

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.imports.kinds import BadRow
from guanxi.foundation.money import Money
from guanxi.foundation.sheets.values import BadValue, Value
from guanxi.sales.imports.order_rows import ONE, Row, day_of

# What makes an order this one. State, payment, channel, days and note may change later.
_TELLING = (
    "product_code", "product_name", "quantity", "unit_price", "discount", "amount",
)  # fmt: skip
# 10 letters, 50 bits, beside the day: with a thousand orders on each, two of a day share
# them once in some ten thousand years.
_LETTERS, _BITS = 10, 50
_DIGEST_BYTES = 10
_REST_BITS = 8 * _DIGEST_BYTES - _BITS
SAME_NUMBER = BadValue(
    _(
        "An earlier row leads to the same order number. Give both a number of their own."
    ),
    code="same_number",
)


class Numbers:
    """
    Gives the rows of one file, in their sequence, the numbers of their orders.

    Who, when, what and how much make a number, so a longer file, or one in another
    format, brings each order once. A second row that says the same is another order:
    the number is that of the first with a 2 behind it. That needs about 200 bytes of
    memory a row: so that one which says something else never passes for the same.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        # By day and letters: the bits of the digest that the letters leave out.
        self._rest: dict[int, int] = {}
        self._times: dict[int, int] = {}

    def number_of(self, row: Row) -> str:
        """
        Return a number such as 20240501-MFRGGZDFMZ, or the same with -2.

        :raises BadRow: if another row, which says something else, has the same number.
        """
        seen = blake2b(self._told(row).encode(), digest_size=_DIGEST_BYTES).digest()
        day = day_of(row.at)
        letters = b32encode(seen).decode()[:_LETTERS]
        number = f"{day.isoformat().replace('-', '')}-{letters}"
        times = self._times_of(day, int.from_bytes(seen))
        return number if times == 1 else f"{number}-{times}"

    def _times_of(self, day: date, digest: int) -> int:
        """Return for the how manieth time a row says what makes ``digest``."""
        head, rest = divmod(digest, 1 << _REST_BITS)
        place = day.toordinal() << _BITS | head
        if place not in self._rest:
            self._rest[place] = rest
            return 1
        if self._rest[place] != rest:
            raise BadRow("number", SAME_NUMBER)
        times = self._times[place] = self._times.get(place, 1) + 1
        return times

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
