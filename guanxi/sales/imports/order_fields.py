"""Which fields of orders a file may fill, by which headings, and with which words."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from guanxi.customers.queries.match import MatchKey
from guanxi.foundation.actor import Actor
from guanxi.foundation.imports.kinds import ON_MATCH, SKIP, Option, words_of
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.words import Words
from guanxi.sales.policies import ORDER
from guanxi.sales.rules.order import Channel, OrderState

FIELDS = (
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
    ImportField("paid", _("Paid yes or no"), "boolean", ("是否付款", "已付款", "付款状态", "paid", "is paid")),
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
    "paid": "payment_state",
}
LONGEST = {
    "customer": 80, "customer_name": 200, "number": 60, "product_code": 60,
    "product_name": 200,
}  # fmt: skip
# By what the customer is known: the first of these that a column holds.
KEYS = {
    "customer": MatchKey.EXTERNAL_ID,
    "phone": MatchKey.PHONE,
    "email": MatchKey.EMAIL,
    "customer_name": MatchKey.NAME,
}
_WORTH = frozenset(("amount", "unit_price", "product_code", "product_name"))
OPTIONS = (
    Option(
        "on_match",
        _("If the order number is there already"),
        ON_MATCH,
        default=SKIP,
        help=_(
            "An update replaces lines, dates and note. Payments stay, and so do orders "
            "that are shipped or cancelled."
        ),
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
)


def fields(by: Actor) -> Sequence[ImportField]:
    """Return the fields that ``by`` may fill."""
    writable = ORDER.writable(by)
    return [one for one in FIELDS if _POLICY_FIELDS.get(one.key, one.key) in writable]


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
    if "date" not in mapped or mapped & KEYS.keys():
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
    if not mapped & KEYS.keys():
        return _("Choose the column that says who ordered.")
    if "date" not in mapped:
        return _("Choose the column that holds the date.")
    if not mapped & _WORTH:
        return _("Choose the column that holds the amount or the price.")
    return ""


def _cells(samples: Sequence[Sequence[str]], at: int) -> list[str]:
    return [row[at].strip() for row in samples if at < len(row) and row[at].strip()]


def _are_whole(samples: Sequence[Sequence[str]], at: int) -> bool:
    cells = _cells(samples, at)
    return bool(cells) and all(cell.isdecimal() for cell in cells)


def _are_small(samples: Sequence[Sequence[str]], at: int) -> bool:
    cells = _cells(samples, at)
    return all(len(cell) < 4 and not cell.startswith("0") for cell in cells)
