"""Which fields of customers a file may fill, by which headings, and with which words."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.match import MatchKey
from guanxi.customers.rules import Form
from guanxi.customers.rules.field import FieldKind, FieldSpec, Names
from guanxi.customers.rules.identifier import IdKind
from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.identifiers import mask_bank_card, mask_identifier
from guanxi.foundation.imports.kinds import ON_MATCH, SKIP, Option, words_of
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.sheets.values import Kind, plain_word
from guanxi.foundation.words import Words

AUTO = "auto"
NOTHING = "none"

FIELDS = (
    ImportField(
        "name", _("Name"), "text",
        ("客户名称", "姓名", "客户姓名", "公司名称", "单位名称", "企业名称", "联系人", "会员名",
         "account", "account name", "company", "company name", "customer", "customer name",
         "full name", "contact", "contact name", "organization"),
        required=True,
    ),
    ImportField(
        "external_id", _("External ID"), "text",
        ("客户编号", "客户ID", "会员编号", "会员号", "会员卡号", "编号", "客户代码", "id",
         "customer id", "account id", "contact id", "customer number", "user id"),
    ),
    ImportField(
        "form", pgettext_lazy("party", "Form"), "choice",
        ("客户性质", "个人/企业", "party type", "customer type"),
    ),
    ImportField("short_name", _("Short name"), "text", ("简称", "别名", "nickname")),
    ImportField(
        "phone", _("Phone"), "text",
        ("手机", "手机号", "手机号码", "电话", "联系电话", "移动电话", "电话号码", "mobile",
         "mobile phone", "cell", "phone number", "telephone", "tel"),
    ),
    ImportField(
        "other_phone", _("Other phone"), "text",
        ("固定电话", "座机", "办公电话", "其他电话", "备用电话", "电话2", "work phone",
         "home phone", "phone 2", "landline"),
    ),
    ImportField(
        "email", _("E-mail"), "text",
        ("邮箱", "电子邮箱", "电子邮件", "邮件", "email", "email address", "mail"),
    ),
    ImportField("wechat", _("WeChat"), "text", ("微信", "微信号", "wechat id", "weixin")),
    ImportField(
        "province", _("Province"), "text",
        ("省", "省份", "地区", "区域", "state", "region", "location", "office location",
         "country"),
    ),
    ImportField("city", _("City"), "text", ("市", "城市", "所在城市", "town")),
    ImportField("district", _("District"), "text", ("区", "区县", "县", "county")),
    ImportField(
        "address", _("Street address"), "text",
        ("地址", "详细地址", "联系地址", "通讯地址", "address", "street", "address line 1"),
    ),
    ImportField("postcode", _("Postcode"), "text", ("邮编", "邮政编码", "zip", "zip code", "postal code")),
    ImportField("industry", _("Industry"), "text", ("行业", "所属行业", "sector", "segment")),
    ImportField("website", _("Website"), "text", ("网址", "官网", "url", "homepage")),
    ImportField(
        "employees", _("Employees"), "integer",
        ("员工数", "员工人数", "人数", "规模", "number of employees", "headcount"),
    ),
    ImportField(
        "founded_year", _("Founded in"), "integer",
        ("成立年份", "成立时间", "year established", "founded", "established"),
    ),
    ImportField(
        "annual_revenue", _("Annual revenue"), "money",
        ("年营收", "年收入", "营业额", "年营业额", "revenue", "turnover"),
    ),
    ImportField("birth_on", _("Birthday"), "date", ("生日", "出生日期", "date of birth", "dob", "birthdate")),
    ImportField(
        "lunar_birthday", _("Lunar birthday"), "text",
        ("农历生日", "阴历生日", "lunar birthday"),
    ),
    ImportField(
        "id_kind", _("Kind of document"), "choice",
        ("证件类型", "证件种类", "document type", "id type"),
    ),
    ImportField(
        "id_number", _("ID number"), "text",
        ("身份证", "身份证号", "身份证号码", "证件号码", "证件号", "id card", "id no", "passport",
         "passport number"),
        cover=mask_identifier,
    ),
    ImportField(
        "bank_card", _("Bank card"), "text",
        ("银行卡", "银行卡号", "银行卡号码", "bank card number"),
        cover=mask_bank_card,
    ),
    ImportField(
        "credit_code", _("Credit code"), "text",
        ("统一社会信用代码", "社会信用代码", "信用代码", "税号", "uscc",
         "unified social credit code", "tax number"),
    ),
    ImportField("tags", _("Tags"), "text", ("标签", "labels", "tag")),
    ImportField(
        "owner", _("Owner"), "text",
        ("负责人", "客户经理", "归属人", "业务员", "销售", "owner", "account manager", "sales agent"),
    ),
    ImportField(
        "parent", _("Subsidiary of"), "text",
        ("上级公司", "母公司", "总公司", "所属集团", "subsidiary of", "parent", "parent company"),
    ),
    ImportField("note", _("Remarks"), "text", ("备注", "说明", "描述", "notes", "remark", "comment", "description")),
)  # fmt: skip
# Which field of the policy decides about a field of a file, where they differ.
_POLICY_FIELDS = {
    "other_phone": "phone",
    "district": "address",
    "postcode": "address",
    "parent": "name",
}
LONGEST = {
    "name": 200, "short_name": 80, "external_id": 80, "province": 30, "city": 30,
    "district": 30, "address": 200, "postcode": 12, "industry": 60, "website": 200,
    "id_number": 40, "bank_card": 40, "credit_code": 40, "parent": 200,
}  # fmt: skip
_KINDS: Mapping[FieldKind, Kind] = {
    FieldKind.TEXT: "text",
    FieldKind.PARAGRAPH: "text",
    FieldKind.NUMBER: "number",
    FieldKind.DATE: "date",
    FieldKind.BOOLEAN: "boolean",
    FieldKind.CHOICE: "choice",
}
_ONLY_COMPANIES = frozenset(
    ("industry", "employees", "founded_year", "annual_revenue", "credit_code", "parent")
)
_ONLY_PERSONS = frozenset(
    ("birth_on", "lunar_birthday", "id_kind", "id_number", "bank_card")
)
OPTIONS = (
    Option(
        "match",
        _("A customer is known by"),
        [*MatchKey.choices, (NOTHING, _("nothing: every row is new"))],
        default=NOTHING,
    ),
    Option("on_match", _("If the customer is there already"), ON_MATCH, default=SKIP),
    Option(
        "form",
        _("The rows are"),
        [
            (Form.PERSON.value, _("Persons")),
            (Form.ORGANIZATION.value, _("Organizations")),
            (AUTO, _("Both: the name tells")),
        ],
        default=AUTO,
    ),
    Option(
        "source",
        pgettext_lazy("origin", "Source"),
        help=_("External IDs are compared among customers of the same source."),
    ),
)


def fields(by: Actor) -> Sequence[ImportField]:
    """Return the fields that ``by`` may fill."""
    writable = CUSTOMER.writable(by)
    may_assign = by.grants.depth(CUSTOMER.permission("assign")) > Depth.NONE
    return [
        one
        for one in all_fields()
        if _POLICY_FIELDS.get(one.key, one.key) in writable
        and (one.key != "owner" or may_assign)
    ]


def all_fields() -> Sequence[ImportField]:
    """Return the fields declared here, and those the house added."""
    return [*FIELDS, *(_added(spec) for spec in custom_fields())]


def _added(spec: FieldSpec) -> ImportField:
    aliases = (spec.names.zh, spec.names.en.lower(), spec.key)
    return ImportField(spec.key, spec.names.words, _KINDS[spec.kind], aliases)


def choices() -> Mapping[str, Mapping[str, str]]:
    """Return the words of the fields with choices."""
    more = {
        "个人客户": "person", "自然人": "person", "individual": "person", "b2c": "person",
        "企业": "organization", "公司": "organization", "单位": "organization",
        "机构": "organization", "企业客户": "organization", "company": "organization",
        "business": "organization", "b2b": "organization",
    }  # fmt: skip
    documents = {
        "身份证": "resident", "居民身份证": "resident", "id card": "resident", "id": "resident",
        "港澳通行证": "hk_macao", "回乡证": "hk_macao", "台胞证": "taiwan", "其他": "other",
    }  # fmt: skip
    own = {"form": words_of(Form, more), "id_kind": words_of(IdKind, documents)}
    return own | {
        spec.key: _words_of_choices(spec.choices)
        for spec in custom_fields()
        if spec.choices
    }


def _words_of_choices(choices: Mapping[str, Names]) -> Mapping[str, str]:
    """Return the keys of choices by all that they are called."""
    return {
        plain_word(word): key
        for key, names in choices.items()
        for word in (key, names.zh, names.en)
    }


def settle(mapped: frozenset[str]) -> Mapping[str, str]:
    """
    Return the options that fit the mapped fields.

    Companies are known by their names, if by nothing else; of persons many share one.
    Where some columns are of companies and some of persons, each row is looked at.
    """
    keys = ("external_id", "credit_code", "id_number", "phone", "email")
    is_of_companies = mapped & _ONLY_COMPANIES and not mapped & _ONLY_PERSONS
    form = Form.ORGANIZATION.value if is_of_companies else AUTO
    usual = "name" if form == Form.ORGANIZATION else NOTHING
    return {"match": next((k for k in keys if k in mapped), usual), "form": form}


def wants(mapped: frozenset[str]) -> Words:
    """Return what a mapping lacks: every customer needs a name."""
    return "" if "name" in mapped else _("Choose the column that holds the name.")
