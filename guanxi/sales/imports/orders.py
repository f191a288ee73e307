"""Orders from files: one row an order, one row a line, or no order numbers at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.create import create_parties
from guanxi.customers.commands.imports.party import Party
from guanxi.customers.commands.imports.undo import remove_customers, restore_customers
from guanxi.customers.queries.match import Match, MatchKey, match_customers
from guanxi.customers.rules import PointKind, State
from guanxi.customers.rules.point import NormalPoint, normal_point
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.emails import Email, mask_email
from guanxi.foundation.imports.cells import check_lengths, row_reader
from guanxi.foundation.imports.kinds import (
    ASK,
    ON_MATCH,
    SKIP,
    BadRow,
    Decision,
    ImportKind,
    Loader,
    Option,
    Terms,
    refusal,
    words_of,
)
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.money import Money
from guanxi.foundation.phones import Phone, mask_phone
from guanxi.foundation.rooms import allowed
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.sheets.values import BadValue, Value
from guanxi.foundation.words import Words
from guanxi.sales.commands.imports.orders import (
    NewOrder,
    NewOrderLine,
    create_orders,
    extend_orders,
    remove_orders,
)
from guanxi.sales.policies import ORDER
from guanxi.sales.queries.match import (
    KnownOrder,
    KnownProduct,
    orders_numbered,
    products_coded,
    products_named,
)
from guanxi.sales.rules import CENT, Channel, OrderState, line_amount

PRICE_STEP = Decimal("0.0001")
ONE, ZERO, THOUSANDTH = Decimal(1), Decimal(0), Decimal("0.001")
LARGEST = Decimal(10) ** 12
LARGEST_QUANTITY = Decimal(10) ** 9
LARGEST_PRICE = Decimal(10) ** 10
HOUSE_ZONE = timezone.get_default_timezone()

_FIELDS = (
    ImportField(
        "customer", _("Customer ID"), "text",
        ("客户编号", "客户ID", "会员号", "会员编号", "买家ID", "买家会员名", "customer id",
         "customer number", "client id", "user id", "buyer id", "id"),
    ),
    ImportField(
        "customer_name", _("Customer name"), "text",
        ("客户", "客户名称", "客户姓名", "姓名", "买家", "买家姓名", "收货人", "收货人姓名",
         "customer", "account", "client", "buyer", "company"),
    ),
    ImportField(
        "phone", _("Customer phone"), "phone",
        ("手机", "手机号", "电话", "联系电话", "买家电话", "收货人手机", "mobile", "phone"),
    ),
    ImportField("email", _("Customer e-mail"), "email", ("邮箱", "电子邮箱", "email", "e-mail")),
    ImportField(
        "number", _("Order number"), "text",
        ("订单号", "订单编号", "单号", "交易号", "order number", "order no", "order id", "order",
         "invoice", "invoice number", "invoice id", "transaction id", "opportunity id"),
    ),
    ImportField(
        "date", _("Ordered on"), "moment",
        ("日期", "下单时间", "下单日期", "订单日期", "付款时间", "成交时间", "交易时间", "创建时间",
         "date", "order date", "invoice date", "purchase date", "created at", "close date"),
        required=True,
    ),
    ImportField(
        "amount", _("Amount"), "money",
        ("金额", "小计", "订单金额", "总金额", "实付金额", "成交金额", "应付金额", "合计",
         "amount", "total", "subtotal", "revenue", "value", "price paid", "close value"),
    ),
    ImportField("quantity", _("Quantity"), "number", ("数量", "件数", "购买数量", "qty", "units", "quantity")),
    ImportField("unit_price", _("Unit price"), "money", ("单价", "价格", "unit price", "price", "rate")),
    ImportField("discount", _("Discount"), "money", ("优惠", "折扣金额", "优惠金额", "discount")),
    ImportField("product_code", _("Product code"), "text", ("商品编码", "货号", "产品编号", "sku", "product id", "item code")),
    ImportField(
        "product_name", _("Product name"), "text",
        ("商品", "商品名称", "产品", "产品名称", "宝贝标题", "品名", "product", "item", "description"),
    ),
    ImportField("state", _("Order state"), "choice", ("状态", "订单状态", "交易状态", "status", "order status", "deal stage")),
    ImportField("paid", _("Paid"), "boolean", ("是否付款", "已付款", "付款状态", "paid", "is paid")),
    ImportField("channel", _("Channel"), "choice", ("渠道", "销售渠道", "来源渠道", "channel")),
    ImportField("due_on", _("Payment due"), "date", ("应付日期", "付款期限", "due date", "payment due")),
    ImportField("ship_on", _("Promised shipment"), "date", ("发货日期", "承诺发货", "交货日期", "ship date", "required date")),
    ImportField("note", _("Note"), "text", ("备注", "买家留言", "note", "notes", "remark")),
)  # fmt: skip
# Which field of the policy decides about a field of a file, where they differ.
_POLICY_FIELDS = {
    "customer_name": "customer",
    "phone": "customer",
    "email": "customer",
    "date": "ordered_at",
    "amount": "lines",
    "quantity": "lines",
    "unit_price": "lines",
    "discount": "lines",
    "product_code": "lines",
    "product_name": "lines",
}
_LENGTHS = {
    "customer": 80, "customer_name": 200, "number": 60, "product_code": 60,
    "product_name": 200,
}  # fmt: skip
# By what the customer is known: the first of these that a column holds.
_KEYS = (
    ("customer", MatchKey.EXTERNAL_ID),
    ("phone", MatchKey.PHONE),
    ("email", MatchKey.EMAIL),
    ("customer_name", MatchKey.NAME),
)

NO_CUSTOMER = BadValue(_("The customer is missing."), code="no_customer")
NO_DATE = BadValue(_("The date is missing."), code="no_date")
NO_AMOUNT = BadValue(
    _("There is no amount, and no price of a known product."), code="no_amount"
)
NEGATIVE = BadValue(_("This must not be negative."), code="negative")
NO_QUANTITY = BadValue(_("The quantity must be more than zero."), code="no_quantity")
TOO_LARGE = BadValue(_("This number is too large."), code="too_large")
UNKNOWN_CUSTOMER = BadValue(_("There is no such customer."), code="unknown_customer")
SEVERAL_CUSTOMERS = BadValue(
    _("Several customers match. Decide which one is meant."), code="several_customers"
)
NOT_YOUR_CUSTOMER = BadValue(
    _("You may not see this customer."), code="not_your_customer"
)
TRASHED_CUSTOMER = BadValue(
    _("The customer is in the trash. Restore it first."), code="trashed_customer"
)
THERE_ALREADY = BadValue(
    _("There is already an order with this number."), code="there_already"
)
TRASHED = BadValue(
    _("The order with this number is in the trash. Restore it first."), code="trashed"
)
OTHER_CURRENCY = BadValue(
    _("The lines of one order must have one currency."), code="currency"
)


@dataclass(slots=True)
class Row:
    """A row that is an order, or a line of one."""

    index: int
    number: str
    key: str
    values: dict[str, Value]


@dataclass
class Planned:
    """An order in the making: its rows, and its customer as found or to be made."""

    rows: list[Row]
    order: NewOrder
    newcomer: str = ""


@dataclass
class Work:
    """What is to be written."""

    new: list[Planned] = field(default_factory=list)
    more: list[tuple[int, NewOrder]] = field(default_factory=list)
    newcomers: dict[str, Party] = field(default_factory=dict)


class OrderLoader(Loader[Row, Work]):
    """Takes rows of orders and of their lines."""

    def __init__(self, by: Actor, terms: Terms, *, is_trial: bool = False) -> None:
        super().__init__(by, terms, is_trial=is_trial)
        mapped = set(terms.columns.values())
        self.key_field, self.key = next(
            (pair for pair in _KEYS if pair[0] in mapped), _KEYS[0]
        )
        options = terms.options
        self.may_create = options["newcomers"] == "create" and allowed(
            by, "customer.create"
        )
        self.is_paid = options["paid"] == "yes"
        self.state = OrderState(options["state"])
        self.on_match = options["on_match"]
        self.source = options["source"].strip()[:40]
        self.has_products = bool(mapped & {"product_code", "product_name"})
        self._cells = row_reader(terms.columns, fields(by), terms.values, choices())
        self.goods = _t("Goods")
        self._seen: set[str] = set()

    def read(self, index: int, cells: Sequence[str]) -> Row:
        """
        Return the order or line in a row.

        :raises BadRow: if there is none.
        """
        values = self._cells(cells)
        check_lengths(values, _LENGTHS)
        if "date" not in values:
            raise BadRow("date", NO_DATE)
        key = _key_text(values.get(self.key_field))
        if not key:
            raise BadRow(self.key_field, NO_CUSTOMER)
        number = cast("str", values.get("number", ""))
        if not number:
            number = f"{self.terms.digest[:8].upper()}-{index + 1:06d}"
        _check_numbers(values)
        return Row(index, number, key, values)

    def decide(self, records: Sequence[Row]) -> Decision[Work]:
        """Return what becomes of rows: orders, lines of such, skipped or refused."""
        decision = Decision(Work())
        groups: dict[str, list[Row]] = {}
        for row in records:
            groups.setdefault(row.number, []).append(row)
        known = orders_numbered(groups)
        matches = match_customers(
            self.by,
            self.key,
            (row.key for row in records),
            source=self.source,
            action="read",
        )
        products = self._products(records)
        for number, rows in groups.items():
            order = known.get(number)
            if order and order.run_id == self.terms.run_id and not self.is_trial:
                self._decide_more(decision, rows, order, products)
            elif order:
                self._decide_known(decision, rows, order)
            else:
                self._decide_new(decision, rows, matches, products)
        return decision

    def write(self, work: Work) -> None:
        """Write new customers, then the orders, then lines of earlier orders."""
        run_id, at = self.terms.run_id, self.terms.at
        keys = list(work.newcomers)
        pks = create_parties(
            self.by,
            list(work.newcomers.values()),
            run_id=run_id,
            source=self.source,
            at=at,
            state=State.ACTUAL,
        ) if keys else []  # fmt: skip
        made = dict(zip(keys, pks, strict=True))
        mine = (self.by.actor_id, self.by.team_id)
        buyers = set()
        for planned in work.new:
            if planned.newcomer:
                planned.order.customer = (made[planned.newcomer], *mine)
            else:
                buyers.add(planned.order.customer[0])
        if work.new:
            orders = [planned.order for planned in work.new]
            create_orders(self.by, orders, run_id=run_id, at=at, known_buyers=buyers)
        if work.more:
            extend_orders(self.by, work.more)

    def heads(self) -> Sequence[str]:
        """Return the headings of the preview."""
        return [
            _t("Order number"),
            _t("Customer"),
            _t("Ordered on"),
            _t("Product"),
            _t("Quantity"),
            _t("Amount"),
        ]

    def shown(self, record: Row) -> Sequence[str]:
        """Return a row as it will be stored."""
        values = record.values
        amount = values.get("amount")
        at = timezone.localtime(cast("datetime", values["date"]), HOUSE_ZONE)
        name = values.get("product_name") or values.get("product_code") or ""
        return [
            record.number,
            str(values.get("customer_name") or record.key),
            f"{at:%Y-%m-%d %H:%M}".removesuffix(" 00:00"),
            str(name),
            f"{values.get('quantity', ONE)}",
            figures.amount(amount.amount, amount.currency)
            if isinstance(amount, Money)
            else "",
        ]

    def _products(self, records: Sequence[Row]) -> Mapping[str, KnownProduct]:
        """Return the products the rows name, by code or name."""
        if not self.has_products:
            return {}
        names = {str(row.values.get("product_name", "")) for row in records} - {""}
        codes = {str(row.values.get("product_code", "")) for row in records} - {""}
        coded = {c: p for c, p in products_coded(codes).items() if not p.is_trashed}
        return {**products_named(self.by, names), **coded}

    def _decide_more(
        self,
        decision: Decision[Work],
        rows: Sequence[Row],
        order: KnownOrder,
        products: Mapping[str, KnownProduct],
    ) -> None:
        """Add rows to an order that an earlier part of the file began."""
        more = self._order(rows, (0, None, None), products, decision)
        if more.lines:
            decision.work.more.append((order.pk, more))

    def _decide_known(
        self, decision: Decision[Work], rows: Sequence[Row], order: KnownOrder
    ) -> None:
        """Decide about rows whose order was there before the file."""
        if order.is_trashed:
            _refuse(decision, rows, "number", TRASHED)
        elif self.on_match == ASK:
            _refuse(decision, rows, "number", THERE_ALREADY)
        else:
            decision.skipped += len(rows)

    def _decide_new(
        self,
        decision: Decision[Work],
        rows: list[Row],
        matches: Mapping[str, Sequence[Match]],
        products: Mapping[str, KnownProduct],
    ) -> None:
        first = rows[0]
        found = matches.get(first.key, ())
        reason = self._wrong_customer(found)
        if reason:
            _refuse(decision, rows, self.key_field, reason)
            return
        match = found[0] if found else None
        customer = (
            (match.pk, match.owner_id, match.team_id) if match else (0, None, None)
        )
        order = self._order(rows, customer, products, decision)
        if not order.lines:
            return
        if match is None:
            party = decision.work.newcomers.get(first.key)
            if party is None:
                decision.work.newcomers[first.key] = self._newcomer(first)
        decision.created += first.number not in self._seen
        if self.is_trial:
            self._seen.add(first.number)
        newcomer = "" if match else first.key
        decision.work.new.append(Planned(rows, order, newcomer))

    def _wrong_customer(self, found: Sequence[Match]) -> Invalid | None:
        """Return why an order cannot be for the customers found, if it cannot."""
        if not found:
            return None if self.may_create else UNKNOWN_CUSTOMER
        if len(found) > 1:
            return SEVERAL_CUSTOMERS
        if found[0].is_trashed:
            return TRASHED_CUSTOMER
        return None if found[0].is_open else NOT_YOUR_CUSTOMER

    def _order(
        self,
        rows: Sequence[Row],
        customer: tuple[int, int | None, int | None],
        products: Mapping[str, KnownProduct],
        decision: Decision[Work],
    ) -> NewOrder:
        """Return the order of rows, without those that cannot be its lines."""
        values = rows[0].values
        at = cast("datetime", values["date"])
        state = OrderState(cast("str", values.get("state", self.state.value)))
        is_live = state not in (OrderState.CANCELLED, OrderState.DRAFT)
        order = NewOrder(
            number=rows[0].number,
            customer=customer,
            ordered_at=at,
            ordered_on=_day(at),
            currency="",
            state=state,
            is_paid=bool(values.get("paid", self.is_paid)) and is_live,
            channel=cast("str", values.get("channel", Channel.OTHER.value)),
            due_on=cast("date | None", values.get("due_on")),
            ship_on=cast("date | None", values.get("ship_on")),
            note=cast("str", values.get("note", "")),
        )
        for row in rows:
            try:
                line, currency = _line(row.values, products, self.goods)
                if order.currency not in ("", currency):
                    raise BadRow("amount", OTHER_CURRENCY)
            except BadRow as bad:
                _refuse(decision, [row], bad.field_key, bad.error)
                continue
            order.currency = currency
            order.lines.append(line)
        return order

    def _newcomer(self, row: Row) -> Party:
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
        facts: dict[str, object] = {"external_id": external_id} if external_id else {}
        return Party(
            name=name or _t("Customer %(id)s") % {"id": _masked(self.key, row.key)},
            facts=facts,
            points=points,
        )


def fields(by: Actor) -> Sequence[ImportField]:
    """Return the fields that ``by`` may fill."""
    writable = ORDER.writable(by)
    free = {"paid": "payment_state"}
    return [
        one
        for one in _FIELDS
        if _POLICY_FIELDS.get(one.key, free.get(one.key, one.key)) in writable
    ]


def choices() -> Mapping[str, Mapping[str, str]]:
    """Return the words of the fields with choices."""
    states = {
        "交易成功": "done", "已签收": "done", "成功": "done", "won": "done", "complete": "done",
        "closed": "done", "delivered": "done", "finished": "done",
        "待发货": "placed", "买家已付款": "placed", "待付款": "placed", "处理中": "placed",
        "processing": "placed", "open": "placed", "pending": "placed", "new": "placed",
        "卖家已发货": "shipped", "运输中": "shipped",
        "交易关闭": "cancelled", "已关闭": "cancelled", "已退款": "cancelled", "lost": "cancelled",
        "canceled": "cancelled", "void": "cancelled",
    }  # fmt: skip
    channels = {
        "淘宝": "online", "天猫": "online", "京东": "online", "网店": "online", "线上": "online",
        "门店": "store", "线下": "store", "retail": "store", "web": "online", "电话": "phone",
        "经销商": "partner", "业务员": "sales",
    }  # fmt: skip
    return {
        "state": words_of(OrderState, states),
        "channel": words_of(Channel, channels),
    }


def propose(
    columns: Mapping[int, str], samples: Sequence[Sequence[str]]
) -> Mapping[int, str]:
    """
    Complete a mapping of a table without telling headings.

    If nothing says who bought, the first column of numbers or codes does whose values
    come again; the last column of small whole numbers before the amount is the quantity.
    """
    found = dict(columns)
    mapped = set(found.values())
    free = [at for at in range(max(map(len, samples), default=0)) if at not in found]
    if "date" not in mapped or mapped & {key for key, _key in _KEYS}:
        return found
    whole = [at for at in free if _are_whole(samples, at)]
    if not whole:
        return found
    found[whole[0]] = "customer"
    small = [at for at in whole[1:] if _are_small(samples, at)]
    if small and "quantity" not in mapped:
        found[small[-1]] = "quantity"
    return dict(sorted(found.items()))


def wants(mapped: frozenset[str]) -> Words:
    """Return what a mapping lacks: who, when, and how much."""
    if not mapped & {key for key, _key in _KEYS}:
        return _("Choose the column that says who ordered.")
    if "date" not in mapped:
        return _("Choose the column that holds the date.")
    if not mapped & {"amount", "unit_price", "product_code", "product_name"}:
        return _("Choose the column that holds the amount or the price.")
    return ""


ORDERS_IMPORT = ImportKind(
    key="orders",
    label=_("Orders"),
    icon="receipt",
    needs="order.import",
    list_view="sales:orders",
    fields=fields,
    choices=choices,
    options=[
        Option(
            "on_match",
            _("If the order number is there already"),
            [choice for choice in ON_MATCH if choice[0] in (SKIP, ASK)],
            default=SKIP,
        ),
        Option(
            "newcomers",
            _("If the customer is not there yet"),
            [("create", _("Create the customer")), ("refuse", _("Refuse the row"))],
            default="create",
        ),
        Option(
            "paid",
            _("Unless a column says so, the orders are"),
            [("yes", _("paid")), ("no", _("not paid"))],
            default="yes",
        ),
        Option(
            "state",
            _("Unless a column says so, the orders stand at"),
            [
                (one.value, one.label)
                for one in (OrderState.PLACED, OrderState.SHIPPED, OrderState.DONE)
            ],
            default=OrderState.DONE.value,
        ),
        Option(
            "source",
            _("Source of the customers"),
            help=_("Customer IDs are compared among customers of the same source."),
        ),
    ],
    loader=OrderLoader,
    undo=[remove_orders, restore_customers, remove_customers],
    propose=propose,
    wants=wants,
)


def _day(at: datetime) -> date:
    """Return the day in the house's time zone."""
    return at.date() if at.tzinfo is HOUSE_ZONE else at.astimezone(HOUSE_ZONE).date()


def _key_text(value: Value) -> str:
    if isinstance(value, Phone):
        return value.e164
    if isinstance(value, Email):
        return value.key
    return value if isinstance(value, str) else ""


def _masked(key: MatchKey, text: str) -> str:
    """Return a key as it may stand in a name, which everybody reads."""
    if key is MatchKey.PHONE:
        return mask_phone(text)
    return mask_email(text) if key is MatchKey.EMAIL else text


def _check_numbers(values: dict[str, Value]) -> None:
    """
    Let only numbers go on that an order can hold, quantities to a thousandth.

    :raises BadRow: for the first that it cannot.
    """
    quantity = values.get("quantity")
    if isinstance(quantity, Decimal):
        if quantity < THOUSANDTH:
            raise BadRow("quantity", NO_QUANTITY)
        if quantity >= LARGEST_QUANTITY:
            raise BadRow("quantity", TOO_LARGE)
        values["quantity"] = quantity.quantize(THOUSANDTH, ROUND_HALF_EVEN)
    for key, most in (
        ("amount", LARGEST),
        ("unit_price", LARGEST_PRICE),
        ("discount", LARGEST),
    ):
        money = values.get(key)
        if isinstance(money, Money):
            if money.amount < 0:
                raise BadRow(key, NEGATIVE)
            if money.amount >= most:
                raise BadRow(key, TOO_LARGE)


def _line(
    values: Mapping[str, Value], products: Mapping[str, KnownProduct], goods: str
) -> tuple[NewOrderLine, str]:
    """
    Return the line in a row and its currency; ``goods`` is what has no name.

    :raises BadRow: without an amount or a price.
    """
    code = cast("str", values.get("product_code", ""))
    name = cast("str", values.get("product_name", ""))
    product = products.get(code) or products.get(name)
    quantity = cast("Decimal", values.get("quantity", ONE))
    amount, price, discount = (
        cast("Money | None", values.get(key))
        for key in ("amount", "unit_price", "discount")
    )
    told = price if amount is None else amount
    if told is None and product is None:
        raise BadRow("amount", NO_AMOUNT)
    currency = (
        told.currency if told is not None else cast("KnownProduct", product).currency
    )
    line = NewOrderLine(
        name=name or (product.name if product else code) or goods,
        quantity=quantity,
        unit_price=ZERO,
        discount=ZERO,
        amount=ZERO,
        product_id=product.pk if product and product.currency == currency else None,
    )
    if amount is not None:
        _fit_price(line, amount.amount.quantize(CENT, ROUND_HALF_EVEN))
    else:
        each = (
            price.amount
            if price is not None
            else Decimal(cast("KnownProduct", product).price)
        )
        less = ZERO if discount is None else discount.amount
        _fit_amount(line, each, less.quantize(CENT, ROUND_HALF_EVEN))
    return line, currency


def _fit_price(line: NewOrderLine, amount: Decimal) -> None:
    """
    Set the price and discount at which the quantity comes to ``amount`` exactly.

    Where no price of four decimals does, the next higher one does with a small discount.
    """
    price = (amount / line.quantity).quantize(PRICE_STEP, ROUND_HALF_EVEN)
    if line_amount(line.quantity, price, ZERO) != amount:
        price = (amount / line.quantity).quantize(PRICE_STEP, ROUND_CEILING)
    line.unit_price = price
    line.discount = line_amount(line.quantity, price, amount)
    line.amount = amount


def _fit_amount(line: NewOrderLine, price: Decimal, discount: Decimal) -> None:
    """
    Set the amount of a line from its price.

    :raises BadRow: if the discount is more than the goods are worth.
    """
    line.unit_price = price.quantize(PRICE_STEP, ROUND_HALF_EVEN)
    line.discount = discount
    line.amount = line_amount(line.quantity, line.unit_price, discount)
    if line.amount < 0:
        raise BadRow("discount", NEGATIVE)
    if line.amount >= LARGEST:
        raise BadRow("unit_price", TOO_LARGE)


def _refuse(
    decision: Decision[Work], rows: Sequence[Row], field_key: str, error: Invalid
) -> None:
    decision.refused += [refusal(row.index, field_key, error) for row in rows]


def _cells(samples: Sequence[Sequence[str]], at: int) -> list[str]:
    return [row[at].strip() for row in samples if at < len(row) and row[at].strip()]


def _are_whole(samples: Sequence[Sequence[str]], at: int) -> bool:
    cells = _cells(samples, at)
    return bool(cells) and all(cell.isdecimal() for cell in cells)


def _are_small(samples: Sequence[Sequence[str]], at: int) -> bool:
    cells = _cells(samples, at)
    return all(len(cell) < 4 and not cell.startswith("0") for cell in cells)
