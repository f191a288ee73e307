"""One row of a file as an order or a line of one: nothing here asks the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.party import Party
from guanxi.customers.queries.match import MatchKey
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.point import NormalPoint, normal_point
from guanxi.foundation import figures
from guanxi.foundation.emails import Email, mask_email
from guanxi.foundation.imports.cells import Read
from guanxi.foundation.imports.kinds import BadRow
from guanxi.foundation.money import Money
from guanxi.foundation.phones import Phone, mask_phone
from guanxi.foundation.sheets.values import BadValue, Value
from guanxi.sales.commands.imports.new_order import NewOrderLine
from guanxi.sales.queries.match import KnownProduct
from guanxi.sales.rules.order import CENT, line_amount

PRICE_STEP, THOUSANDTH = Decimal("0.0001"), Decimal("0.001")
ONE, ZERO = Decimal(1), Decimal(0)
# What the columns hold.
LARGEST_QUANTITY = Decimal(10) ** 9
LARGEST = {
    "amount": Decimal(10) ** 12,
    "unit_price": Decimal(10) ** 10,
    "discount": Decimal(10) ** 12,
}
HOUSE_ZONE = timezone.get_default_timezone()

NO_CUSTOMER = BadValue(_("The customer is missing."), code="no_customer")
NO_DATE = BadValue(_("The date is missing."), code="no_date")
NO_AMOUNT = BadValue(
    _("There is no amount, and no price of a known product."), code="no_amount"
)
NEGATIVE = BadValue(_("This must not be negative."), code="negative")
NO_QUANTITY = BadValue(_("The quantity must be more than zero."), code="no_quantity")
TOO_LARGE = BadValue(_("This number is too large."), code="too_large")
OTHER_CURRENCY = BadValue(
    _("The lines of one order must have one currency."), code="currency"
)


Values = dict[str, Value]


@dataclass(slots=True)
class Row:
    """A row that is an order, or a line of one; ``key`` is what its customer is known by."""

    index: int
    number: str
    key: str
    values: Values

    @property
    def at(self) -> datetime:
        """When it was ordered."""
        return cast("datetime", self.values["date"])


def row_of(index: int, cells: Sequence[str], read: Read, key_field: str) -> Row:
    """
    Return the order or line in a row, without number if the file has none.

    :raises BadRow: if there is none.
    """
    values = read(cells)
    if "date" not in values:
        raise BadRow("date", NO_DATE)
    key = values.get(key_field)
    if isinstance(key, Phone):
        key = key.e164
    elif isinstance(key, Email):
        key = key.key
    if not isinstance(key, str):
        raise BadRow(key_field, NO_CUSTOMER)
    _check_quantity(values)
    _check_money(values)
    return Row(index, cast("str", values.get("number", "")), key, values)


def line_of(
    values: Mapping[str, Value], products: Mapping[str, KnownProduct], goods: str
) -> tuple[NewOrderLine, str]:
    """
    Return the line in a row and its currency; ``goods`` is what has no name.

    :raises BadRow: without an amount or a price.
    """
    code = cast("str", values.get("product_code", ""))
    name = cast("str", values.get("product_name", ""))
    product = products.get(code) or products.get(name) if products else None
    amount = cast("Money | None", values.get("amount"))
    price = cast("Money | None", values.get("unit_price"))
    told = price if amount is None else amount
    if told is None:
        if product is None:
            raise BadRow("amount", NO_AMOUNT)
        told = price = Money(product.price, product.currency)
    line = NewOrderLine(
        name=name or (product.name if product else code) or goods,
        quantity=cast("Decimal", values.get("quantity", ONE)),
        product_id=product.pk
        if product and product.currency == told.currency
        else None,
    )
    if amount is not None:
        _fit_price(line, amount.amount.quantize(CENT, ROUND_HALF_EVEN))
    elif price is not None:
        discount = cast("Money", values.get("discount", Money(ZERO, told.currency)))
        _fit_amount(line, price.amount, discount.amount.quantize(CENT))
    return line, told.currency


def day_of(at: datetime) -> date:
    """Return the day in the house's time zone."""
    return at.date() if at.tzinfo is HOUSE_ZONE else at.astimezone(HOUSE_ZONE).date()


def newcomer_of(row: Row, key: MatchKey) -> Party:
    """Return the customer of a row who is not there yet."""
    values = row.values
    points: list[NormalPoint] = []
    phone, mail = values.get("phone"), values.get("email")
    if isinstance(phone, Phone):
        points.append(normal_point(PointKind.PHONE, phone.shown))
    if isinstance(mail, Email):
        points.append(normal_point(PointKind.EMAIL, mail.address))
    name = cast("str", values.get("customer_name", ""))
    external_id = cast("str", values.get("customer", ""))
    return Party(
        name=name or gettext("Customer %(id)s") % {"id": _masked(key, row.key)},
        facts={"external_id": external_id} if external_id else {},
        points=points,
    )


def shown(row: Row) -> list[str]:
    """Return a row as it will be stored, for people."""
    values = row.values
    at = timezone.localtime(row.at, HOUSE_ZONE)
    amount = values.get("amount")
    quantity = cast("Decimal", values.get("quantity", ONE))
    return [
        row.number,
        str(values.get("customer_name") or row.key),
        f"{at:%Y-%m-%d %H:%M}".removesuffix(" 00:00"),
        str(values.get("product_name") or values.get("product_code") or ""),
        f"{quantity:,.3f}".rstrip("0").rstrip("."),
        figures.amount(amount.amount, amount.currency)
        if isinstance(amount, Money)
        else "",
    ]


def _check_quantity(values: Values) -> None:
    """
    Let only a quantity go on that a line can hold, to a thousandth.

    :raises BadRow: for any other.
    """
    quantity = values.get("quantity")
    if isinstance(quantity, Decimal):
        if quantity < THOUSANDTH:
            raise BadRow("quantity", NO_QUANTITY)
        if quantity >= LARGEST_QUANTITY:
            raise BadRow("quantity", TOO_LARGE)
        values["quantity"] = quantity.quantize(THOUSANDTH, ROUND_HALF_EVEN)


def _check_money(values: Values) -> None:
    """
    Let only amounts go on that a line can hold.

    :raises BadRow: for the first that it cannot.
    """
    for key, most in LARGEST.items():
        money = values.get(key)
        if isinstance(money, Money) and not 0 <= money.amount < most:
            raise BadRow(key, NEGATIVE if money.amount < 0 else TOO_LARGE)


def _fit_price(line: NewOrderLine, amount: Decimal) -> None:
    """
    Set the price and discount at which the quantity comes to ``amount`` exactly.

    Where no price of four decimals does, the next higher one does with a small discount.
    """
    line.amount = amount
    if line.quantity == ONE:
        line.unit_price = amount
        return
    price = (amount / line.quantity).quantize(PRICE_STEP, ROUND_HALF_EVEN)
    if line_amount(line.quantity, price, ZERO) != amount:
        price = (amount / line.quantity).quantize(PRICE_STEP, ROUND_CEILING)
        line.discount = line_amount(line.quantity, price, amount)
    line.unit_price = price


def _fit_amount(line: NewOrderLine, price: Decimal, discount: Decimal) -> None:
    """
    Set the amount of a line from its price.

    :raises BadRow: if the discount is more than the goods are worth, or it is too large.
    """
    line.unit_price = price.quantize(PRICE_STEP, ROUND_HALF_EVEN)
    line.discount = discount
    line.amount = line_amount(line.quantity, line.unit_price, discount)
    if line.amount < 0:
        raise BadRow("discount", NEGATIVE)
    if line.amount >= LARGEST["amount"]:
        raise BadRow("unit_price", TOO_LARGE)


def _masked(key: MatchKey, text: str) -> str:
    """Return a key as it may stand in a name, which everybody reads."""
    if key is MatchKey.PHONE:
        return mask_phone(text)
    return mask_email(text) if key is MatchKey.EMAIL else text
