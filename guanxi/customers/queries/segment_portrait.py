"""
What the customers of a segment are like: shares, money, and how they differ from all.

Everything is counted among the customers a viewer sees, in one pass over them however
many fields are compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Count, Exists, F, OuterRef, Value
from django.db.models.functions import ExtractYear, Floor
from psycopg import sql

from guanxi.customers.models import Customer, Segment, SegmentMember
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.consent import is_contactable
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.segment import segment_members
from guanxi.customers.rules.consent import ContactChannel
from guanxi.foundation.actor import Actor
from guanxi.foundation.tables.counting import roomy
from guanxi.foundation.tables.values import choices_of

MOST_VALUES = 8
MOST_TAGS = 10
TEN_YEARS = 10
AGE_BAND = "birth_on"
CONSENT = "consent"
MARKETING = "marketing"
_COMPARED = (
    *("tier", "life_stage", "purchase_state", "state", "form", "kind", "province"),
    *("x_gender", "x_motive", "x_buys_at"),
)
_PATHS = {
    "tier": "traits__tier",
    "life_stage": "traits__life_stage",
    "purchase_state": "traits__purchase_state",
    "kind": "kind_id",
}
_SUMMED = ("order_total", "order_count", "rhythm_days")


@dataclass(frozen=True)
class Share:
    """How many of a segment have one value, and of all customers."""

    value: str
    inside: int
    share: float
    share_of_all: float

    @property
    def lift(self) -> float | None:
        """How many times as frequent it is in the segment as among all customers."""
        return self.share / self.share_of_all if self.share_of_all else None


@dataclass(frozen=True)
class Distribution:
    """The values of one field in a segment, the most frequent first."""

    key: str
    shares: Sequence[Share]


@dataclass(frozen=True)
class SegmentPortrait:
    """
    What a segment is like. Money is in the house currency; what a viewer does not read is
    None. ``interval_days`` is the mean of the customers' own gaps between orders.
    """

    size: int
    of_customers: int
    money: Decimal | None
    money_of_all: Decimal | None
    mean_money: Decimal | None
    order_mean: Decimal | None
    interval_days: float | None
    distributions: Sequence[Distribution]

    @property
    def share(self) -> float:
        """The part of all customers, from 0 to 1."""
        return self.size / self.of_customers if self.of_customers else 0.0

    @property
    def money_share(self) -> float | None:
        """The part of all money, from 0 to 1; None where there is none or it is hidden."""
        if self.money is None or not self.money_of_all:
            return None
        return float(self.money / self.money_of_all)


def segment_portrait(viewer: Actor, found: Segment, at: datetime) -> SegmentPortrait:
    """Return what the customers of a segment are like, as far as ``viewer`` reads it."""
    criteria = Criteria(viewer, at)
    fields = _fields(criteria)
    with roomy():
        totals, groups = _counted(criteria, found, fields)
        size, of_customers = totals["inside"], totals["number"]
        distributions = [
            _distribution(criteria, key, groups[key], size, of_customers)
            for key in fields
        ]
        distributions += _of_tags(viewer, found, size, of_customers)
        distributions += _of_consent(criteria, found, size)
    orders = totals.get("order_count_inside")
    money = totals.get("order_total_inside")
    return SegmentPortrait(
        size=size,
        of_customers=of_customers,
        money=money,
        money_of_all=totals.get("order_total_all"),
        mean_money=money / size if money is not None and size else None,
        order_mean=money / orders if money is not None and orders else None,
        interval_days=totals.get("rhythm_days_inside"),
        distributions=[one for one in distributions if one.shares],
    )


def _fields(criteria: Criteria) -> Mapping[str, Any]:
    """Return the expressions of what is compared, as far as it is read in clear."""
    fields: dict[str, Any] = {}
    for key in _COMPARED:
        if column := criteria.columns.get(key):
            fields[key] = column.value or F(_PATHS.get(key, column.source))
    if AGE_BAND in CUSTOMER.readable(criteria.viewer):
        years = Value(criteria.today.year) - ExtractYear(F(AGE_BAND))
        fields[AGE_BAND] = Floor(years / TEN_YEARS)
    return fields


def _counted(
    criteria: Criteria, found: Segment, fields: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Mapping[str, tuple[int, int]]]]:
    """Return the totals, and by field and value how many there are inside and in all."""
    clear = CUSTOMER.readable(criteria.viewer)
    summed = [name for name in _SUMMED if name in clear]
    stays = SegmentMember.objects.filter(
        segment=found, left_at=None, customer=OuterRef("pk")
    )
    rows = customers(criteria.viewer).annotate(
        f_inside=Exists(stays, output_field=BooleanField()),
        **{f"f_{key}": value for key, value in fields.items()},
        **{f"s_{name}": F(f"traits__{name}") for name in summed},
    )
    names = ["f_inside", *(f"f_{key}" for key in fields), *(f"s_{n}" for n in summed)]
    base, values = rows.order_by().values(*names).query.sql_with_params()
    statement = _statement(base, list(fields), summed)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return _read(cursor.fetchall(), list(fields), summed)


def _statement(base: str, keys: Sequence[str], summed: Sequence[str]) -> str:
    """Return the SQL that groups ``base`` by each field in turn, and by none."""
    columns = [sql.Identifier(f"f_{key}") for key in keys]
    sets = sql.SQL(", ").join(
        [sql.SQL("()"), *(sql.SQL("({})").format(one) for one in columns)]
    )
    parts = [
        sql.SQL("count(*)"),
        sql.SQL("count(*) FILTER (WHERE f_inside)"),
        *(_sums(name) for name in summed),
        *(sql.SQL("GROUPING({})").format(one) for one in columns),
        *(sql.SQL("{}::text").format(one) for one in columns),
    ]
    head = sql.SQL("SELECT {parts} FROM (").format(parts=sql.SQL(", ").join(parts))
    tail = sql.SQL(") AS b GROUP BY GROUPING SETS ({sets})").format(sets=sets)
    return f"{head.as_string(None)}{base}{tail.as_string(None)}"


def _sums(name: str) -> sql.Composed:
    column = sql.Identifier(f"s_{name}")
    word = sql.SQL("avg" if name == "rhythm_days" else "sum")
    text = "{word}({column}), {word}({column}) FILTER (WHERE f_inside)"
    return sql.SQL(text).format(word=word, column=column)


def _read(
    rows: Sequence[Sequence[Any]], keys: Sequence[str], summed: Sequence[str]
) -> tuple[Mapping[str, Any], Mapping[str, Mapping[str, tuple[int, int]]]]:
    first = 2 + 2 * len(summed)
    totals: dict[str, Any] = {"number": 0, "inside": 0}
    groups: dict[str, dict[str, tuple[int, int]]] = {key: {} for key in keys}
    for row in rows:
        marks = row[first : first + len(keys)]
        if 0 not in marks:
            totals |= {"number": row[0], "inside": row[1]}
            for place, name in enumerate(summed):
                totals[f"{name}_all"] = row[2 + 2 * place]
                totals[f"{name}_inside"] = row[3 + 2 * place]
            continue
        place = marks.index(0)
        value = row[first + len(keys) + place]
        groups[keys[place]][value or ""] = (row[1], row[0])
    return totals, groups


def _distribution(
    criteria: Criteria,
    key: str,
    counts: Mapping[str, tuple[int, int]],
    size: int,
    number: int,
) -> Distribution:
    words = _words(criteria, key)
    known = [(value, pair) for value, pair in counts.items() if value and pair[0]]
    known.sort(key=lambda one: -one[1][0])
    return Distribution(
        key,
        [
            Share(words.get(value, value), inside, inside / size, number_of / number)
            for value, (inside, number_of) in known[:MOST_VALUES]
        ],
    )


def _words(criteria: Criteria, key: str) -> Mapping[str, str]:
    if key == AGE_BAND:
        bands = range(0, 120, TEN_YEARS)
        return {str(b // TEN_YEARS): f"{b}–{b + TEN_YEARS - 1}" for b in bands}
    return dict(choices_of(criteria.columns[key], criteria.viewer))


def _of_tags(
    viewer: Actor, found: Segment, size: int, number: int
) -> list[Distribution]:
    if "tags" not in CUSTOMER.readable(viewer) or not size:
        return []
    links = Customer.tags.through.objects
    inside = links.filter(customer__in=segment_members(viewer, found).values("pk"))
    top = inside.values_list("tag_id", "tag__name").annotate(n=Count("pk"))
    best = list(top.order_by("-n", "tag__name")[:MOST_TAGS])
    marks = links.filter(
        tag__in=[pk for pk, _name, _n in best],
        customer__in=customers(viewer).values("pk"),
    )
    every = dict(marks.values_list("tag_id").annotate(n=Count("pk")).order_by())
    return [
        Distribution(
            "tags",
            [Share(name, n, n / size, every[pk] / number) for pk, name, n in best],
        )
    ]


def _of_consent(criteria: Criteria, found: Segment, size: int) -> list[Distribution]:
    """Return how many may be told of offers, channel by channel."""
    if CONSENT not in CUSTOMER.readable(criteria.viewer) or not size:
        return []
    shares = []
    members = segment_members(criteria.viewer, found)
    for channel in ContactChannel:
        answer = [f"{MARKETING}:{channel}"]
        allowed = is_contactable(answer, criteria.viewer, criteria.today)
        n = members.filter(allowed).count()
        if n:
            shares.append(Share(str(channel.label), n, n / size, 0))
    return [Distribution(CONSENT, shares)]
