"""
The scores of data quality as one statement, for one customer or a million.

Every condition stands here once: the scores add up what it costs, and the reasons name
the same conditions. Whatever is written into the statement comes from code or is a
checked key; all values are parameters.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from guanxi.customers.models.field import custom_fields
from guanxi.customers.rules import Form
from guanxi.customers.rules.area import RANKS, area_provinces, division_provinces
from guanxi.customers.rules.field import FieldSpec
from guanxi.customers.rules.quality import (
    MISSING,
    NATURES,
    OLDEST_YEARS,
    STALE,
    Check,
    Dimension,
    Part,
    QualityRules,
)
from guanxi.customers.rules.region import towns

_KEY = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)

# What says that a field of the product is empty.
_EMPTY: Mapping[str, str] = {
    **{
        name: f"c.{name} = ''"
        for name in (
            *("phone", "email", "wechat", "province", "city", "credit_code"),
            *("industry", "website", "source"),
        )
    },
    **{
        name: f"c.{name} IS NULL"
        for name in ("employees", "founded_year", "annual_revenue")
    },
    "birth_on": "c.birth_on IS NULL AND c.lunar_birthday = ''",
    "id_number": "c.id_number_index = ''",
    "bank_card": "c.bank_card_index = ''",
    "kind": "c.kind_id IS NULL",
    "relation_kind": "c.relation_kind_id IS NULL",
    "address": "coalesce(a.street, '') = ''",
}
# What says that a part holds something that can grow old.
_HELD: Mapping[str, str] = {
    Part.CONTACT: "c.phone <> '' OR c.email <> '' OR c.wechat <> ''",
    Part.ADDRESS: "c.province <> '' OR c.city <> '' OR a.street <> ''",
    Part.PARTICULARS: "c.industry <> '' OR c.website <> '' OR c.employees IS NOT NULL"
    " OR c.founded_year IS NOT NULL OR c.annual_revenue IS NOT NULL",
}
_AREA = r"substring(c.phone from '^\+86(10|2[0-9]|[3-9][0-9]{2})[0-9]{7,8}$')"
_CHINESE = "coalesce(a.country, 'CN') = 'CN'"
_FAILS: Mapping[Check, str] = {
    Check.NAME: r"c.name ~* '^(测试|test|未知|不详|无|匿名|先生|女士|小姐|客户|某某|x{2,}|a{3,}|[0-9]+|[^[:alnum:]]+)[0-9]*$'",
    Check.PHONE: r"c.phone <> '' AND (c.phone !~ '^\+[1-9][0-9]{6,14}$'"
    r" OR c.phone ~ '(0{7}|1{7}|2{7}|3{7}|4{7}|5{7}|6{7}|7{7}|8{7}|9{7}|12345678$)')",
    Check.EMAIL: r"c.email <> '' AND (c.email !~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:].]{2,}$'"
    r" OR c.email ~ '@(example\.(com|net|org)|test\.com|localhost\.[a-z]+)$')",
    Check.ID_NUMBER: "'id_number' = ANY(n.faults)",
    Check.CREDIT_CODE: "'credit_code' = ANY(n.faults)",
    Check.PROVINCE: f"c.province <> '' AND {_CHINESE} AND c.province <> ALL(%(provinces)s::text[])",
    Check.BIRTHDAY: "c.birth_on > %(today)s"
    f" OR c.birth_on < %(today)s::date - interval '{OLDEST_YEARS} years'",
    Check.FOUNDED: "c.founded_year > date_part('year', %(today)s::date) OR c.founded_year < 1000",
    Check.PHONE_DEAD: "coalesce(p.phone, false)",
    Check.EMAIL_DEAD: "coalesce(p.email, false)",
    Check.ID_BIRTHDAY: "'id_birthday' = ANY(n.faults)",
    Check.ID_GENDER: "'id_gender' = ANY(n.faults)",
    Check.ID_PROVINCE: "'id_province' = ANY(n.faults)",
    Check.PHONE_AREA: f"c.province <> '' AND c.phone LIKE '+86%%' AND {_AREA} = ANY(%(areas)s::text[])"
    f" AND {_AREA} || c.province <> ALL(%(area_pairs)s::text[])",
    Check.CITY: "c.city <> '' AND c.province <> '' AND c.city = ANY(%(towns)s::text[])"
    " AND c.city || c.province <> ALL(%(town_pairs)s::text[])",
}
_FROM = """
    FROM customers_customer c
    LEFT JOIN customers_address a ON a.customer_id = c.id AND a.is_primary
    LEFT JOIN customers_numbercheck n ON n.customer_id = c.id
    LEFT JOIN (
        SELECT customer_id, bool_or(kind = 'phone') AS phone,
            bool_or(kind = 'email') AS email
        FROM customers_contactpoint
        WHERE failed_at IS NOT NULL AND customer_id {among} GROUP BY customer_id
    ) p ON p.customer_id = c.id
    LEFT JOIN (
        SELECT customer_id, jsonb_object_agg(part, reviewed_at) AS seen
        FROM customers_fieldreview WHERE customer_id {among} GROUP BY customer_id
    ) r ON r.customer_id = c.id
    WHERE c.deleted_at IS NULL AND c.id {among}
"""
_SCORES = """
    SELECT id, {names}, round(({total}) / 100.0)::smallint AS quality
    FROM (SELECT c.id, {columns} {among}) s
"""
_REASONS = "SELECT c.id, array_remove(ARRAY[{faults}], NULL) AS faults {among}"
_SPAN, _LIST = "BETWEEN %(first)s AND %(last)s", "= ANY(%(pks)s)"


@dataclass(frozen=True)
class _Fault:
    """A condition and the points it costs; both are SQL."""

    key: str
    fails: str
    points: str


@dataclass(frozen=True)
class QualityStatement:
    """The statements for the rules in force on a day, and what they are given."""

    scores: str
    reasons: str
    parameters: dict[str, Any]


def quality_statement(
    rules: QualityRules, today: date, *, is_span: bool = False
) -> QualityStatement:
    """
    Return what computes scores and reasons as of ``today``.

    Scores have the columns ``id``, the dimensions and ``quality``, all from 0 to 100;
    reasons ``id`` and ``faults``, the keys of what fails. The caller adds the parameter
    ``pks``, or ``first`` and ``last`` for ``is_span``.
    """
    among = _FROM.format(among=_SPAN if is_span else _LIST)
    checks, missing, stale = _checks(rules), _missing(rules), _stale(rules)
    dimensions = {
        Dimension.ACCURACY: _left(checks, Dimension.ACCURACY),
        Dimension.VALIDITY: _left(checks, Dimension.VALIDITY),
        Dimension.TIMELINESS: _fresh_share(stale),
        Dimension.COMPLETENESS: _filled_share(missing),
    }
    columns = ", ".join(f"{sql} AS {name}" for name, sql in dimensions.items())
    total = " + ".join(f"{w} * {name}" for name, w in rules.weights.items())
    conditions = [
        *(_when(one.fails, f"'{one.key}'") for one in checks),
        *(_when(one.fails, f"'{one.key}'") for one in _each(missing)),
        *(_when(f"{held} AND {old}", f"'{STALE}{part}'") for part, held, old in stale),
    ]
    faults = ", ".join(conditions) or "NULL::text"
    return QualityStatement(
        scores=_SCORES.format(
            names=", ".join(Dimension.values), total=total, columns=columns, among=among
        ),
        reasons=_REASONS.format(faults=faults, among=among),
        parameters={"today": today, **_places()},
    )


def review_months(rules: QualityRules) -> dict[str, int]:
    """Return the review age of each part and of each field that has one, in months."""
    months = {str(part): count for part, count in rules.months.items() if count}
    fields = custom_fields()
    return months | {s.key: s.review_months for s in fields if s.review_months}


@cache
def _places() -> Mapping[str, str]:
    """
    Return what is known of places, each list in the words of PostgreSQL.

    They hold thousands of names, which would else be written anew for each customer.
    """
    return {
        "provinces": _array(_written(division_provinces().values())),
        "areas": _array(area_provinces()),
        "area_pairs": _array(
            code + name
            for code, province in area_provinces().items()
            for name in _written([province])
        ),
        "towns": _array(towns()),
        "town_pairs": _array(
            city + name
            for city, provinces in towns().items()
            for name in _written(provinces)
        ),
    }


def _array(words: Iterable[str]) -> str:
    """Return ``words``, which are letters and digits alone, as an array is written."""
    return "{" + ",".join(words) + "}"


def _written(provinces: Iterable[str]) -> list[str]:
    """Return the names of ``provinces`` with what may stand behind them, and without."""
    return [name + rank for name in provinces for rank in RANKS]


def _checks(rules: QualityRules) -> list[_Fault]:
    """Return the checks that cost something."""
    return [
        _Fault(check.value, f"({_FAILS[check]})", str(points))
        for check, points in rules.points.items()
        if points
    ]


def _missing(rules: QualityRules) -> dict[str, list[_Fault]]:
    """Return what of the fields in force is empty, by the form of the party."""
    added = {spec.key: spec for spec in custom_fields()}
    return {
        form: [
            _Fault(MISSING + name, f"(c.form = '{form}' AND {empty})", str(weight))
            for name, weight in rules.counted(form).items()
            if weight and (empty := _is_empty(name, added.get(name), form))
        ]
        for form in Form.values
    }


def _is_empty(name: str, added: FieldSpec | None, form: str) -> str:
    """Return the condition, or nothing for a field that parties of ``form`` lack now."""
    if added is None:
        return _EMPTY.get(name, "")
    return f"NOT c.extra ? '{_plain(name)}'" if added.fits(form) else ""


def _stale(rules: QualityRules) -> list[tuple[str, str, str]]:
    """Return (part, condition that it holds something, condition that it is old)."""
    found = []
    for part, months in review_months(rules).items():
        held = _HELD.get(part) or f"c.extra ? '{_plain(part)}'"
        seen = f"coalesce((r.seen ->> '{part}')::timestamptz, c.created_at)"
        until = f"%(today)s::date - interval '{int(months)} months'"
        found.append((part, f"({held})", f"{seen} < {until}"))
    return found


def _left(checks: Sequence[_Fault], dimension: Dimension) -> str:
    """Return 100 less the points of what fails, at least 0."""
    costs = [
        _when(one.fails, one.points, "0")
        for one in checks
        if NATURES[Check(one.key)].dimension is dimension
    ]
    return f"greatest(0, 100 - ({' + '.join(costs) or '0'}))"


def _filled_share(missing: Mapping[str, Sequence[_Fault]]) -> str:
    """Return the weighted share of fields that are filled in, in whole percent."""
    shares = []
    for form, faults in missing.items():
        total = sum(int(one.points) for one in faults)
        lost = " + ".join(_when(one.fails, one.points, "0") for one in faults)
        share = f"100 - round(100.0 * ({lost}) / {total})" if total else "100"
        shares.append(f"WHEN c.form = '{form}' THEN {share}")
    return f"(CASE {' '.join(shares)} END)::integer"


def _fresh_share(stale: Sequence[tuple[str, str, str]]) -> str:
    """Return the share of the parts held that are within their review age."""
    held = " + ".join(_when(holds, "1", "0") for _part, holds, _old in stale)
    old = " + ".join(
        _when(f"{holds} AND {aged}", "1", "0") for _p, holds, aged in stale
    )
    if not stale:
        return "100"
    return f"(100 - coalesce(round(100.0 * ({old}) / nullif({held}, 0)), 0))::integer"


def _each(missing: Mapping[str, Sequence[_Fault]]) -> list[_Fault]:
    return [fault for faults in missing.values() for fault in faults]


def _when(condition: str, value: str, other: str = "NULL") -> str:
    return f"CASE WHEN {condition} THEN {value} ELSE {other} END"


def _plain(key: str) -> str:
    """
    Return ``key``, which is written into the statement.

    :raises ValueError: for one that is no plain word.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(key)
    return key
