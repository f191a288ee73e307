"""Which fields of contacts and costs a file may fill, by which headings and words."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.policies import INVESTMENT
from guanxi.customers.queries.match import MatchKey
from guanxi.customers.rules.investment import (
    LONGEST_NOTE,
    LONGEST_PLACE,
    Aim,
    ContactMode,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.imports.kinds import SKIP, Option, words_of
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.words import Words

ADD = "add"
FIELDS = (
    ImportField(
        "number", _("Customer number"), "integer",
        ("客户序号", "系统编号", "customer number", "guanxi number"),
    ),
    ImportField(
        "external_id", _("External ID"), "text",
        ("客户编号", "客户ID", "会员号", "会员编号", "customer id", "client id", "external id"),
    ),
    ImportField(
        "credit_code", _("Credit code"), "text",
        ("统一社会信用代码", "信用代码", "税号", "credit code"),
    ),
    ImportField(
        "phone", _("Phone"), "phone",
        ("手机", "手机号", "电话", "联系电话", "客户电话", "mobile", "phone"),
    ),
    ImportField("email", _("E-mail"), "email", ("邮箱", "电子邮箱", "email", "e-mail")),
    ImportField(
        "name", pgettext_lazy("customer", "Name"), "text",
        ("客户", "客户名称", "客户姓名", "姓名", "名称", "customer", "customer name", "account", "company", "name"),
    ),
    ImportField(
        "happened_at", pgettext_lazy("contact", "When"), "moment",
        ("时间", "日期", "联系时间", "联系日期", "拜访时间", "发生日期", "费用日期", "date", "time", "when",
         "contact date", "visit date"),
        required=True,
    ),
    ImportField(
        "mode", pgettext_lazy("contact", "Mode"), "choice",
        ("方式", "联系方式", "联系形式", "拜访方式", "mode", "channel", "type of contact"),
    ),
    ImportField(
        "aim", pgettext_lazy("cost", "For"), "choice",
        ("用途", "费用用途", "目的", "费用类别", "aim", "purpose", "for", "cost type"),
    ),
    ImportField(
        "place", pgettext_lazy("contact", "Place"), "text",
        ("地点", "联系地点", "拜访地点", "place", "location"),
    ),
    ImportField(
        "amount", pgettext_lazy("cost", "Expense"), "money",
        ("费用", "金额", "开支", "费用开支", "花费", "支出", "成本", "amount", "expense", "cost"),
    ),
    ImportField(
        "note", pgettext_lazy("contact", "About"), "text",
        ("内容", "说明", "备注", "联系内容", "摘要", "note", "notes", "about", "subject", "remark"),
    ),
)  # fmt: skip
# By what the customer is known: the first of these that a column holds.
KEYS: Mapping[str, MatchKey | None] = {
    "number": None,
    "external_id": MatchKey.EXTERNAL_ID,
    "credit_code": MatchKey.CREDIT_CODE,
    "phone": MatchKey.PHONE,
    "email": MatchKey.EMAIL,
    "name": MatchKey.NAME,
}
# What whoever may make a record says of it.
_OPEN_TO_ALL = frozenset({"aim", "mode", "happened_at"})
LONGEST = {
    "external_id": 80,
    "credit_code": 18,
    "name": 200,
    "place": LONGEST_PLACE,
    "note": LONGEST_NOTE,
}
OPTIONS = (
    Option(
        "on_match",
        _("If the same contact or cost is there already"),
        [(SKIP, _("Skip the row")), (ADD, _("Add it once more"))],
        default=SKIP,
        help=_("The same is what agrees in customer, time, mode, use and expense."),
    ),
    Option(
        "mode",
        _("Unless a column says so, a row is"),
        [("", _("a cost without contact")), *ContactMode.choices],
        default="",
    ),
    Option(
        "aim",
        _("Unless a column says so, it was for"),
        Aim.choices,
        default=Aim.SERVICE.value,
    ),
    Option(
        "source",
        _("Source of the customers"),
        help=_("External IDs are compared among customers of the same source."),
    ),
)


def fields(by: Actor) -> Sequence[ImportField]:
    """Return the fields that ``by`` may fill: what tells the customer, and what he may say."""
    told = INVESTMENT.writable(by) | _OPEN_TO_ALL | KEYS.keys()
    return [one for one in FIELDS if one.key in told]


def choices() -> Mapping[str, Mapping[str, str]]:
    """Return the words of mode and aim."""
    modes = {
        "拜访": "visit", "走访": "visit", "上门": "visit", "上门拜访": "visit", "见面": "visit", "面谈": "visit", "meeting": "visit",
        "来访": "reception", "接待": "reception", "宴请": "meal", "聚餐": "meal", "餐叙": "meal", "吃饭": "meal", "活动": "meal",
        "打电话": "phone", "来电": "phone", "去电": "phone", "call": "phone", "视频": "video", "线上会议": "video",
        "微信聊天": "wechat", "邮寄": "post", "信件": "post", "寄送": "post", "mail": "email",
    }  # fmt: skip
    aims = {
        "争取": "acquisition", "获客": "acquisition", "开发": "acquisition", "新客户": "acquisition", "推广": "acquisition",
        "服务": "service", "售后": "service", "保持": "retention", "维护": "retention", "关怀": "retention", "维系": "retention",
    }  # fmt: skip
    return {"mode": words_of(ContactMode, modes), "aim": words_of(Aim, aims)}


def wants(mapped: frozenset[str]) -> Words:
    """Return what a mapping lacks: whom, and when."""
    if not mapped & KEYS.keys():
        return _("Choose the column that says which customer it was.")
    if "happened_at" not in mapped:
        return _("Choose the column that holds the date.")
    return ""
