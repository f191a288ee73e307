"""Which fields of bond assessments a file may fill, by which headings and words."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.imports.investment_fields import FIELDS as OF_INVESTMENTS
from guanxi.customers.imports.investment_fields import KEYS
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.bond import FIELD
from guanxi.customers.rules.bond import (
    FACTORS,
    LONGEST_NOTE,
    OPINIONS,
    AssessmentMethod,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.imports.kinds import SKIP, Option, words_of
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.words import Words

ADD = "add"
_HEADS: Mapping[str, tuple[str, ...]] = {
    "satisfaction": ("满意度", "客户满意度", "satisfaction"),
    "perceived_value": ("感知价值", "认知价值", "客户感知价值", "perceived value"),
    "repurchase": ("重复购买意向", "再购意向", "复购意愿", "repurchase", "repurchase intention"),
    "surplus": ("客户剩余", "surplus", "customer surplus"),
    "attachment": ("心理依附", "attachment", "emotional attachment"),
    "sunk_cost": ("沉没成本", "sunk cost"),
    "transaction_cost": ("交易成本", "transaction cost"),
    "moving_cost": ("转移成本", "转换成本", "switching cost"),
    "opportunity_cost": ("机会成本", "opportunity cost"),
    "exit_barrier": ("终止壁垒", "退出壁垒", "exit barrier"),
}  # fmt: skip
FIELDS = (
    *(field for field in OF_INVESTMENTS if field.key in KEYS),
    ImportField(
        "assessed_on", pgettext_lazy("assessment", "As of"), "date",
        ("日期", "评估日期", "调查日期", "访问日期", "date", "as of", "assessed on", "survey date"),
        required=True,
    ),
    ImportField(
        "method", pgettext_lazy("assessment", "How it was learned"), "choice",
        ("获知方式", "评估方式", "来源", "method", "how", "source"),
    ),
    *(
        ImportField(name, label, "number", _HEADS[name])
        for name, label in (*OPINIONS.items(), *FACTORS.items())
    ),
    ImportField(
        "note", pgettext_lazy("bond", "Remarks"), "text",
        ("说明", "备注", "note", "notes", "remark", "remarks"),
    ),
)  # fmt: skip
LONGEST = {"external_id": 80, "credit_code": 18, "name": 200, "note": LONGEST_NOTE}
OPTIONS = (
    Option(
        "on_match",
        _("If the customer was assessed that day already"),
        [(SKIP, _("Skip the row")), (ADD, _("Add it once more"))],
        default=SKIP,
    ),
    Option(
        "method",
        _("Unless a column says so, it was learned by"),
        AssessmentMethod.choices,
        default=AssessmentMethod.SURVEY.value,
    ),
    Option(
        "source",
        _("Source of the customers"),
        help=_("External IDs are compared among customers of the same source."),
    ),
)


def fields(by: Actor) -> Sequence[ImportField]:
    """Return the fields that ``by`` may fill; whoever writes no bonds only tells customers."""
    if FIELD in CUSTOMER.writable(by):
        return FIELDS
    return [one for one in FIELDS if one.key in KEYS]


def choices() -> Mapping[str, Mapping[str, str]]:
    """Return the words of how it was learned."""
    methods = {
        "询问": "asked", "访谈": "asked", "面谈": "asked", "电话": "asked", "interview": "asked",
        "估计": "estimated", "评估": "estimated", "估算": "estimated", "estimate": "estimated",
        "问卷": "survey", "调查": "survey", "问卷调查": "survey", "questionnaire": "survey",
    }  # fmt: skip
    return {"method": words_of(AssessmentMethod, methods)}


def wants(mapped: frozenset[str]) -> Words:
    """Return what a mapping lacks: whom, and when."""
    if not mapped & KEYS.keys():
        return _("Choose the column that says which customer it was.")
    if "assessed_on" not in mapped:
        return _("Choose the column that holds the date.")
    return ""
