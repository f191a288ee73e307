"""Customers from files: which columns, how rows are read, what becomes of each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.imports.create import create_parties, link_parents
from guanxi.customers.commands.imports.party import Party, compute
from guanxi.customers.commands.imports.undo import (
    remove_customers,
    remove_parts,
    restore_customers,
)
from guanxi.customers.commands.imports.update import update_parties
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.match import Match, MatchKey, match_customers
from guanxi.customers.rules import Form, PointKind
from guanxi.customers.rules.name import core_name
from guanxi.customers.rules.point import (
    NormalPoint,
    Place,
    normal_point,
)
from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.imports.cells import check_lengths, row_reader
from guanxi.foundation.imports.kinds import (
    ASK,
    ON_MATCH,
    SKIP,
    UPDATE,
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
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.sheets.values import BadValue, Value
from guanxi.foundation.words import Words
from guanxi.identity.queries import assignable_users

AUTO = "auto"
LONGEST_TAG = 40
LARGEST_INT = 2**31 - 1
LARGEST_REVENUE = Decimal(10) ** 16

_FIELDS = (
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
    ImportField("id_number", _("ID number"), "text", ("身份证", "身份证号", "证件号码", "id card", "passport")),
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
_LENGTHS = {
    "name": 200, "short_name": 80, "external_id": 80, "province": 30, "city": 30,
    "district": 30, "address": 200, "postcode": 12, "industry": 60, "website": 200,
    "id_number": 30, "parent": 200,
}  # fmt: skip
_PLAIN_FACTS = (
    "short_name", "external_id", "industry", "website", "employees", "founded_year",
    "birth_on", "id_number", "note",
)  # fmt: skip
_ONLY_COMPANIES = frozenset(
    ("industry", "employees", "founded_year", "annual_revenue", "parent")
)
_SEVERAL = re.compile(r"[;；、|\n]|[/,，](?=\s*\+?\d{5}|.*@)")
_TAG_MARKS = re.compile(r"[;；、|,，/\n]")
_POINTS = (
    ("phone", PointKind.PHONE),
    ("other_phone", PointKind.PHONE),
    ("email", PointKind.EMAIL),
    ("wechat", PointKind.WECHAT),
)

NO_NAME = BadValue(_("The name is missing."), code="no_name")
THERE_ALREADY = BadValue(
    _("There is already such a customer (same %(key)s)."), code="there_already"
)
SEVERAL_SUCH = BadValue(
    _("Several customers have the same %(key)s. Decide which one is meant."),
    code="several",
)
NOT_YOURS = BadValue(
    _("There is already such a customer that you may not change (same %(key)s)."),
    code="not_yours",
)
TRASHED = BadValue(
    _("Such a customer is in the trash (same %(key)s). Restore it first."),
    code="trashed",
)


@dataclass(slots=True)
class Row:
    """A row that is a customer."""

    index: int
    party: Party
    key: str


@dataclass
class Work:
    """What is to be written: new parties, and changes of customers by their ids."""

    new: list[Party] = field(default_factory=list)
    changed: dict[int, Party] = field(default_factory=dict)


class CustomerLoader(Loader[Row, Work]):
    """Takes rows of customers."""

    def __init__(self, by: Actor, terms: Terms, *, is_trial: bool = False) -> None:
        super().__init__(by, terms, is_trial=is_trial)
        options = terms.options
        self.key = MatchKey(options["match"]) if options["match"] != "none" else None
        self.on_match = options["on_match"]
        self.form = options["form"]
        self.source = options["source"].strip()[:40]
        self._cells = row_reader(terms.columns, fields(by), terms.values, choices())
        self._owners = _owners(by) if "owner" in terms.columns.values() else {}
        self._seen: dict[tuple[str, str], int] = {}

    def read(self, index: int, cells: Sequence[str]) -> Row:
        """
        Return the customer in a row, normalized.

        :raises BadRow: if there is none.
        """
        values = self._cells(cells)
        check_lengths(values, _LENGTHS)
        name = cast("str", values.get("name", ""))
        if not name:
            raise BadRow("name", NO_NAME)
        party = Party(
            name=name,
            form=self._form(values, name),
            facts=_facts(values),
            points=_points(values),
            place=_place(values),
            tags=_tags(values),
            owner=self._owner(values),
            parent=cast("str", values.get("parent", "")),
        )
        party.computed = compute(party)
        return Row(index, party, self._key_of(party))

    def decide(self, records: Sequence[Row]) -> Decision[Work]:
        """Return what becomes of rows: new, a change, skipped or refused."""
        decision = Decision(Work())
        found = self._found(records)
        taken = self._taken(records)
        new: dict[tuple[str, str], Party] = {}
        for row in records:
            self._decide_row(decision, row, found, taken, new)
        return decision

    def write(self, work: Work) -> None:
        """Write new parties and changes."""
        terms = self.terms
        if work.new:
            create_parties(
                self.by, work.new, run_id=terms.run_id, source=self.source, at=terms.at
            )
        if work.changed:
            pairs = list(work.changed.items())
            update_parties(self.by, pairs, run_id=terms.run_id, at=terms.at)

    def finish(self) -> Sequence[str]:
        """Relate subsidiaries to their parents; tell whose is not known."""
        if "parent" not in self.terms.columns.values():
            return []
        return [
            _t("There is no single customer called “%(name)s”: no relation was made.")
            % {"name": name}
            for name in link_parents(self.by, self.terms.run_id)
        ]

    def heads(self) -> Sequence[str]:
        """Return the headings of the preview: the mapped fields."""
        mapped = set(self.terms.columns.values())
        return [str(one.label) for one in _FIELDS if one.key in mapped | {"form"}]

    def shown(self, record: Row) -> Sequence[str]:
        """Return a customer as it will be stored."""
        mapped = set(self.terms.columns.values()) | {"form"}
        return [_shown(record.party, one.key) for one in _FIELDS if one.key in mapped]

    def _form(self, values: Mapping[str, Value], name: str) -> Form:
        given = values.get("form")
        if given or self.form != AUTO:
            return Form(cast("str", given or self.form))
        plain = core_name(Form.PERSON, name)
        is_company = core_name(Form.ORGANIZATION, name) != plain
        return Form.ORGANIZATION if is_company else Form.PERSON

    def _owner(self, values: Mapping[str, Value]) -> tuple[int, int | None] | None:
        text = cast("str", values.get("owner", ""))
        if not text:
            return None
        if text.lower() not in self._owners:
            raise BadRow(
                "owner",
                BadValue(
                    _("There is no colleague called “%(name)s”."),
                    code="no_owner",
                    name=text[:60],
                ),
            )
        return self._owners[text.lower()]

    def _key_of(self, party: Party) -> str:
        if self.key is None:
            return ""
        if self.key is MatchKey.NAME:
            return party.name
        if self.key is MatchKey.EXTERNAL_ID:
            return str(party.facts.get("external_id", ""))
        kind = self.key.value
        return next((p.value for p in party.points if p.kind == kind), "")

    def _found(self, records: Sequence[Row]) -> Mapping[str, Sequence[Match]]:
        if self.key is None:
            return {}
        keys = [row.key for row in records]
        return match_customers(self.by, self.key, keys, source=self.source)

    def _taken(self, records: Sequence[Row]) -> Mapping[str, Sequence[Match]]:
        """Return the customers that have the external ids, which nobody has twice."""
        if self.key is MatchKey.EXTERNAL_ID:
            return {}
        ids = [str(row.party.facts.get("external_id", "")) for row in records]
        key = MatchKey.EXTERNAL_ID
        return match_customers(self.by, key, ids, source=self.source)

    def _decide_row(
        self,
        decision: Decision[Work],
        row: Row,
        found: Mapping[str, Sequence[Match]],
        taken: Mapping[str, Sequence[Match]],
        new: dict[tuple[str, str], Party],
    ) -> None:
        matches = found.get(row.key, ()) if row.key else ()
        earlier = self._earlier(row)
        own = {match.pk for match in matches}
        external_id = str(row.party.facts.get("external_id", ""))
        clash = [m for m in taken.get(external_id, ()) if m.pk not in own]
        if clash:
            self._refuse(decision, row, THERE_ALREADY, MatchKey.EXTERNAL_ID)
        elif len(matches) > 1:
            self._refuse(decision, row, SEVERAL_SUCH)
        elif matches:
            self._decide_known(decision, row, matches[0])
        elif earlier is not None or self._ids_of(row) & new.keys():
            self._decide_repeated(decision, row, new)
        else:
            decision.created += 1
            decision.work.new.append(row.party)
            for key in self._ids_of(row):
                new[key] = row.party
                if self.is_trial:
                    self._seen[key] = row.index

    def _ids_of(self, row: Row) -> set[tuple[str, str]]:
        """Return what no other new row may share: the key, and the external id."""
        external_id = str(row.party.facts.get("external_id", ""))
        keys = {(MatchKey.EXTERNAL_ID.value, external_id)} if external_id else set()
        if row.key and self.key:
            name = row.key
            if self.key is MatchKey.NAME:
                name = core_name(row.party.form, row.key)
            keys.add((self.key.value, name))
        return keys

    def _earlier(self, row: Row) -> int | None:
        if not self._seen:
            return None
        found = (self._seen.get(key) for key in self._ids_of(row))
        return next((index for index in found if index is not None), None)

    def _decide_known(self, decision: Decision[Work], row: Row, match: Match) -> None:
        """Decide about a row whose customer is there."""
        if match.is_trashed:
            self._refuse(decision, row, TRASHED)
        elif self.on_match == SKIP:
            decision.skipped += 1
        elif self.on_match == ASK:
            self._refuse(decision, row, THERE_ALREADY)
        elif not match.is_open:
            self._refuse(decision, row, NOT_YOURS)
        else:
            decision.updated += 1
            pending = decision.work.changed.setdefault(match.pk, row.party)
            if pending is not row.party:
                pending.add(row.party)

    def _decide_repeated(
        self,
        decision: Decision[Work],
        row: Row,
        new: Mapping[tuple[str, str], Party],
    ) -> None:
        """Decide about a row whose customer an earlier row of the file brings."""
        if self.on_match == SKIP:
            decision.skipped += 1
        elif self.on_match == UPDATE:
            decision.updated += 1
            same = next((new[key] for key in self._ids_of(row) if key in new), None)
            if same:
                same.add(row.party)
        else:
            self._refuse(decision, row, THERE_ALREADY)

    def _refuse(
        self,
        decision: Decision[Work],
        row: Row,
        error: Invalid,
        key: MatchKey | None = None,
    ) -> None:
        at_fault = key or self.key
        label = at_fault.label if at_fault else ""
        told = BadValue(error.sentence, code=error.code, key=label)
        field_key = at_fault.value if at_fault else ""
        decision.refused.append(refusal(row.index, field_key, told))


def fields(by: Actor) -> Sequence[ImportField]:
    """Return the fields that ``by`` may fill."""
    writable = CUSTOMER.writable(by)
    may_assign = by.grants.depth(CUSTOMER.permission("assign")) > Depth.NONE
    return [
        one
        for one in _FIELDS
        if _POLICY_FIELDS.get(one.key, one.key) in writable
        and (one.key != "owner" or may_assign)
    ]


def choices() -> Mapping[str, Mapping[str, str]]:
    """Return the words of the fields with choices."""
    more = {
        "个人客户": "person", "自然人": "person", "individual": "person", "b2c": "person",
        "企业": "organization", "公司": "organization", "单位": "organization",
        "机构": "organization", "企业客户": "organization", "company": "organization",
        "business": "organization", "b2b": "organization",
    }  # fmt: skip
    return {"form": words_of(Form, more)}


def settle(mapped: frozenset[str]) -> Mapping[str, str]:
    """Return the options that fit the mapped fields."""
    keys = ("external_id", "phone", "email")
    form = Form.ORGANIZATION.value if mapped & _ONLY_COMPANIES else AUTO
    usual = "name" if form == Form.ORGANIZATION else "none"
    return {"match": next((k for k in keys if k in mapped), usual), "form": form}


def wants(mapped: frozenset[str]) -> Words:
    """Return what a mapping lacks: every customer needs a name."""
    return "" if "name" in mapped else _("Choose the column that holds the name.")


CUSTOMERS_IMPORT = ImportKind(
    key="customers",
    label=_("Customers"),
    icon="address-book",
    needs="customer.import",
    list_view="customers:customers",
    fields=fields,
    choices=choices,
    options=[
        Option(
            "match",
            _("A customer is known by"),
            [*MatchKey.choices, ("none", _("nothing: every row is new"))],
            default="none",
        ),
        Option(
            "on_match", _("If the customer is there already"), ON_MATCH, default=SKIP
        ),
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
    ],
    loader=CustomerLoader,
    undo=[remove_parts, restore_customers, remove_customers],
    settle=settle,
    wants=wants,
)


def _owners(by: Actor) -> dict[str, tuple[int, int | None]]:
    """Return the colleagues ``by`` may assign to, by username and by a name of one."""
    found: dict[str, tuple[int, int | None]] = {}
    doubled: set[str] = set()
    rows = assignable_users(by).values_list("pk", "team_id", "name", "username")
    for pk, team_id, name, _username in rows:
        if name.lower() in found:
            doubled.add(name.lower())
        found[name.lower()] = (pk, team_id)
    for name in doubled:
        del found[name]
    for pk, team_id, _name, username in rows:
        found[username.lower()] = (pk, team_id)
    return found


def _facts(values: Mapping[str, Value]) -> dict[str, object]:
    """Return the plain facts of a row, within what their columns hold."""
    facts: dict[str, object] = {
        key: values[key] for key in _PLAIN_FACTS if key in values
    }
    revenue = values.get("annual_revenue")
    if isinstance(revenue, Money):
        _within("annual_revenue", revenue.amount, LARGEST_REVENUE)
        facts["annual_revenue"] = revenue.rounded().amount
    if "employees" in facts:
        _within("employees", cast("int", facts["employees"]), LARGEST_INT)
    if "founded_year" in facts:
        _within("founded_year", cast("int", facts["founded_year"]), 2**15 - 1)
    return facts


def _within(key: str, value: int | Decimal, largest: int | Decimal) -> None:
    if not 0 <= value < largest:
        raise BadRow(key, BadValue(_("This number cannot be."), code="range"))


def _points(values: Mapping[str, Value]) -> list[NormalPoint]:
    """
    Return the contact points of a row, several in a cell taken apart.

    :raises BadRow: for one written wrong.
    """
    found: list[NormalPoint] = []
    for key, kind in _POINTS:
        text = values.get(key)
        if not isinstance(text, str):
            continue
        parts = _SEVERAL.split(text) if len(text) > 13 else (text,)
        for part in parts:
            if not part.strip():
                continue
            try:
                found.append(normal_point(kind, part.strip()))
            except Invalid as error:
                raise BadRow(key, error) from error
    return found


def _place(values: Mapping[str, Value]) -> Place | None:
    place = Place(
        province=cast("str", values.get("province", "")),
        city=cast("str", values.get("city", "")),
        district=cast("str", values.get("district", "")),
        street=cast("str", values.get("address", "")),
        postcode=cast("str", values.get("postcode", "")),
    )
    return place if place else None


def _tags(values: Mapping[str, Value]) -> tuple[str, ...]:
    text = values.get("tags")
    if not isinstance(text, str):
        return ()
    tags = [" ".join(tag.split()) for tag in _TAG_MARKS.split(text)]
    if any(len(tag) > LONGEST_TAG for tag in tags):
        raise BadRow(
            "tags", BadValue(_("A tag has at most 40 characters."), code="too_long")
        )
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _shown(party: Party, key: str) -> str:
    """Return one field of a party for people."""
    kinds = dict(_POINTS)
    if key == "name":
        return party.name
    if key == "form":
        return str(party.form.label)
    if key == "other_phone":
        return ""
    if key in kinds:
        return ", ".join(p.shown for p in party.points if p.kind == kinds[key])
    if key in ("province", "city", "district", "address", "postcode"):
        place = party.place.plain() if party.place else Place()
        return str(getattr(place, "street" if key == "address" else key))
    if key == "tags":
        return ", ".join(party.tags)
    if key == "parent":
        return party.parent
    return str(party.facts.get(key, ""))
