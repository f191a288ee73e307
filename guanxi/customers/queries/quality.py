"""How good the data of customers are: the rules, the reasons, worklists and the trend."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from guanxi.customers.models import (
    Customer,
    FieldReview,
    QualitySetting,
    QualityWeek,
)
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.credit import house_day
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.duplicate_pair import twins_of
from guanxi.customers.queries.quality_sql import quality_statement, review_months
from guanxi.customers.queries.sums import sums_seen
from guanxi.customers.rules.quality import (
    FULL,
    QUALITY_RULES,
    STALE,
    Check,
    Dimension,
    Part,
    QualityRules,
    dimension_of,
    field_of,
    told_by,
)
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.arranged import arranged
from guanxi.foundation.compiled import Kept, asked
from guanxi.foundation.words import Words

WEEKS = 26
_kept: Kept = {}


@dataclass(frozen=True)
class Fault:
    """One reason for a lower score; ``name`` is the field or part it is about, if any."""

    key: str
    dimension: Dimension
    label: Words
    field: str
    part: str = ""


TWICE = Fault("duplicate", Dimension.ACCURACY, _("Probably there twice"), "")


@dataclass(frozen=True)
class Review:
    """A part of a customer, since when it stands as it is, and who said so."""

    part: str
    label: Words
    reviewed_at: datetime
    is_confirmed: bool
    reviewed_by: str
    is_stale: bool


@dataclass(frozen=True)
class Week:
    """The mean scores of some customers in one week."""

    week_on: date
    customers: int
    means: Mapping[str, int]


@arranged
def quality_rules() -> QualityRules:
    """Return what the house has decided about data quality."""
    saved = QualitySetting.objects.filter(pk=1).first()
    return QUALITY_RULES.validate_python(saved.values if saved else {})


def faults_of(
    viewer: Actor, pks: Collection[int], *, at: datetime
) -> Mapping[int, Sequence[Fault]]:
    """
    Return what lowers the scores of ``pks``, as far as it tells ``viewer`` no secret.

    That a customer may be there twice stands beside them and lowers nothing: the scores
    are the same for everybody, and would tell of records that some do not see.
    """
    statement = quality_statement(quality_rules(), house_day(at))
    with connection.cursor() as cursor:
        cursor.execute(
            statement.reasons, {**statement.parameters, "pks": sorted(set(pks))}
        )
        rows = cursor.fetchall()
    twins = twins_of(viewer, pks)
    return {
        pk: [
            *(fault_of(key) for key in keys if _is_told(viewer, key)),
            *([TWICE] if pk in twins else ()),
        ]
        for pk, keys in rows
    }


def fault_of(key: str) -> Fault:
    """Return the reason that is called ``key``."""
    kind, _colon, name = key.partition(":")
    label = part_label(name) if name else Check(kind).label
    return Fault(
        key=key,
        dimension=dimension_of(key),
        label=label,
        field=field_of(key),
        part=name if key.startswith(STALE) else "",
    )


def part_label(name: str) -> Words:
    """Return what people call a part, or a field."""
    if name in Part.values:
        return Part(name).label
    return CUSTOMER.fields[name].label if name in CUSTOMER.fields else name


def reviews_of(
    viewer: Actor, customer: Customer, faults: Iterable[Fault]
) -> list[Review]:
    """Return the parts that are looked at again and again; ``faults`` are its own."""
    months = review_months(quality_rules())
    rows = asked(_kept, "reviews", _reviews, customer_id=customer.pk)
    seen = {row.part: row for row in rows}
    stale = {fault.part for fault in faults}
    held = _held_parts(customer)
    return [
        _review(part, seen.get(part), customer, is_stale=part in stale)
        for part in months
        if part in held and CUSTOMER.level(viewer, field_of(STALE + part)) >= Level.READ
    ]


def worklist(
    viewer: Actor, dimension: Dimension, *, whose: Q | None = None
) -> "QuerySet[Customer]":
    """
    Return the customers of ``viewer`` that fall short in ``dimension``.

    The worst first, and of those the most valuable; ``whose`` narrows them further.
    """
    found = customers(viewer).filter(**{f"traits__{dimension}__lt": FULL})
    if whose is not None:
        found = found.filter(whose)
    return found.select_related("traits", "owner").order_by(
        f"traits__{dimension}", "-traits__order_total", "traits__customer_id"
    )


def quality_weeks(viewer: Actor, *, whose: Q | None = None) -> list[Week]:
    """Return the means of the latest weeks of the customers ``viewer`` sees, in order."""
    rows = QualityWeek.objects.filter(sums_seen(viewer))
    if whose is not None:
        rows = rows.filter(whose)
    names = ("quality", *Dimension.values)
    # The names of the sums are not those of the columns: an alias would hide them.
    weeks = rows.values("week_on").annotate(
        count=Sum("customers"), **{f"{name}_sum": Sum(name) for name in names}
    )
    latest = list(weeks.filter(customers__gt=0).order_by("-week_on")[:WEEKS])
    return [
        Week(
            week_on=row["week_on"],
            customers=row["count"],
            means={name: round(row[f"{name}_sum"] / row["count"]) for name in names},
        )
        for row in reversed(latest)
    ]


def _is_told(viewer: Actor, key: str) -> bool:
    """Tell whether ``viewer`` may know of a fault: what is empty or wrong says something."""
    fields = [name for name in told_by(key) if name in CUSTOMER.fields]
    return all(CUSTOMER.level(viewer, name) > Level.HIDDEN for name in fields)


def _reviews(customer_id: int) -> "QuerySet[FieldReview]":
    rows = FieldReview.objects.filter(customer_id=customer_id)
    return rows.select_related("reviewed_by")


def _held_parts(customer: Customer) -> set[str]:
    """Return the parts in which ``customer`` has anything."""
    company = ("industry", "website", "employees", "founded_year", "annual_revenue")
    facts = {
        Part.CONTACT.value: (customer.phone, customer.email, customer.wechat),
        Part.ADDRESS.value: (customer.province, customer.city),
        Part.PARTICULARS.value: tuple(getattr(customer, name) for name in company),
    }
    held = {part for part, values in facts.items() if any(values)}
    return held | {spec.key for spec in custom_fields() if spec.key in customer.extra}


def _review(
    part: str, row: FieldReview | None, customer: Customer, *, is_stale: bool
) -> Review:
    person = row.reviewed_by if row else None
    return Review(
        part=part,
        label=part_label(part),
        reviewed_at=row.reviewed_at if row else customer.created_at,
        is_confirmed=bool(row and row.is_confirmed),
        reviewed_by=person.name if person else "",
        is_stale=is_stale,
    )
