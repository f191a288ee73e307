"""Which fields of opportunities a file may fill, by which headings and words."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.queries.match import MatchKey
from guanxi.foundation.actor import Actor
from guanxi.foundation.imports.kinds import ON_MATCH, SKIP, Option, words_of
from guanxi.foundation.rooms import allowed
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.words import Words
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.rules.opportunity import LostReason
from guanxi.sales.rules.order import Channel

FIELDS = (
    ImportField(
        "external_id", _("External number"), "text",
        ("商机编号", "商机ID", "外部编号", "编号", "opportunity id", "deal id", "lead id", "record id", "id"),
    ),
    ImportField(
        "name", pgettext_lazy("opportunity", "Title"), "text",
        ("商机名称", "商机", "机会名称", "项目名称", "标题", "主题", "opportunity", "opportunity name", "deal",
         "deal name", "subject", "topic"),
    ),
    ImportField(
        "customer", _("Customer ID"), "text",
        ("客户编号", "客户ID", "customer id", "client id", "account id"),
    ),
    ImportField(
        "customer_name", _("Customer name"), "text",
        ("客户", "客户名称", "公司", "公司名称", "customer", "account", "account name", "company", "organization"),
    ),
    ImportField("phone", _("Customer phone"), "phone", ("手机", "电话", "联系电话", "mobile", "phone")),
    ImportField("email", _("Customer e-mail"), "email", ("邮箱", "电子邮箱", "email", "e-mail")),
    ImportField(
        "owner", _("Owner"), "text",
        ("负责人", "归属人", "销售", "业务员", "销售代表", "sales agent", "sales rep", "salesperson", "account executive", "rep"),
    ),
    ImportField("product", _("Product"), "text", ("产品", "商品", "产品名称", "意向产品", "item")),
    ImportField(
        "stage", _("Stage or result"), "text",
        ("阶段", "商机阶段", "销售阶段", "状态", "商机状态", "结果", "deal stage", "sales stage", "stage", "status"),
    ),
    ImportField(
        "amount", pgettext_lazy("opportunity", "Amount"), "money",
        ("商机金额", "预计金额", "成交金额", "签约金额", "合同金额", "close value", "deal value", "value", "deal amount"),
    ),
    ImportField("probability", _("Chance in percent"), "number", ("成功率", "赢率", "可能性", "概率", "probability", "chance")),
    ImportField(
        "engaged_on", pgettext_lazy("opportunity", "Engaged since"), "date",
        ("开始日期", "接触日期", "跟进开始", "立项日期", "engage date", "start date", "open date", "created date"),
    ),
    ImportField(
        "closed_on", pgettext_lazy("opportunity", "Closed on"), "date",
        ("关闭日期", "成交日期", "签约日期", "结束日期", "赢单日期", "丢单日期", "close date", "end date"),
    ),
    ImportField(
        "expected_on", pgettext_lazy("opportunity", "Expected on"), "date",
        ("预计成交日期", "预计签约日期", "预计日期", "expected close", "expected close date", "forecast date"),
    ),
    ImportField("channel", pgettext_lazy("order", "Channel"), "choice", ("渠道", "来源渠道", "source channel")),
    ImportField("lost_reason", _("Reason of the loss"), "choice", ("丢单原因", "失败原因", "lost reason", "loss reason")),
    ImportField("next_step", _("Next step"), "text", ("下一步", "下步计划", "next action")),
    ImportField("next_step_on", _("Next step on"), "date", ("下一步日期", "下次跟进", "next step date", "follow up")),
    ImportField("note", _("Note"), "text", ("备注", "说明", "description", "remark", "notes")),
)  # fmt: skip
LONGEST = {
    "external_id": 80, "name": 200, "customer": 80, "customer_name": 200, "owner": 150,
    "product": 200, "stage": 80, "next_step": 200, "note": 4000,
}  # fmt: skip
# By what the customer is known: the first of these that a column holds.
KEYS = {
    "customer": MatchKey.EXTERNAL_ID,
    "phone": MatchKey.PHONE,
    "email": MatchKey.EMAIL,
    "customer_name": MatchKey.NAME,
}
_POLICY_FIELDS = {
    "customer_name": "customer",
    "phone": "customer",
    "email": "customer",
}
# What whoever may make a record says of it.
_OPEN_TO_ALL = frozenset({"stage"})
_NAMES = frozenset({"name", "product", "external_id", *KEYS})
CREATE, EMPTY, REFUSE = "create", "empty", "refuse"
OPTIONS = (
    Option(
        "on_match",
        _("If the external number is there already"),
        ON_MATCH,
        default=SKIP,
        help=_("Without such a column each row is a new opportunity."),
    ),
    Option(
        "newcomers",
        _("If the customer is not there yet"),
        [
            (CREATE, _("Create the customer")),
            (EMPTY, _("Leave the customer empty")),
            (REFUSE, _("Refuse the row")),
        ],
        default=CREATE,
    ),
    Option(
        "source",
        _("Source of the customers"),
        help=_("Customer IDs are compared among customers of the same source."),
    ),
)


def fields(by: Actor) -> Sequence[ImportField]:
    """Return the fields that ``by`` may fill; the owner if he may assign."""
    told = OPPORTUNITY.writable(by) | _OPEN_TO_ALL
    if not allowed(by, "opportunity.assign"):
        told -= {"owner"}
    return [one for one in FIELDS if _POLICY_FIELDS.get(one.key, one.key) in told]


def choices() -> Mapping[str, Mapping[str, str]]:
    """Return the words of channel and reason."""
    channels = {"线上": "online", "网络": "online", "门店": "store", "电话": "phone", "经销商": "partner", "业务员": "sales"}  # fmt: skip
    reasons = {
        "价格高": "price", "太贵": "price", "too expensive": "price", "无需求": "need", "no need": "need",
        "竞品": "rival", "竞争对手": "rival", "competitor": "rival", "lost to competitor": "rival",
        "预算不足": "funds", "no budget": "funds", "无响应": "silent", "no response": "silent", "时机": "timing",
    }  # fmt: skip
    return {
        "channel": words_of(Channel, channels),
        "lost_reason": words_of(LostReason, reasons),
    }


def wants(mapped: frozenset[str]) -> Words:
    """Return what a mapping lacks: something to call an opportunity by."""
    if mapped & _NAMES:
        return ""
    return _("Choose the column that holds the title, the product or the customer.")
