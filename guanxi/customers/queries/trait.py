"""What analysis knows of a customer, in the words people read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.conf import settings
from django.db.models import F, TextChoices
from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import ngettext

from guanxi.customers.events import LifeStageChanged
from guanxi.customers.models import Customer
from guanxi.customers.models.code import grade_names
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.extra import expression_of
from guanxi.customers.queries.grade import figure_fields
from guanxi.customers.rules import (
    LifePattern,
    LifeStage,
    PurchaseState,
    RfmSegment,
    State,
    Tier,
)
from guanxi.customers.rules.bands import band_sql, percent_band_sql
from guanxi.customers.rules.bond import (
    DISSATISFIED_UNDER,
    SATISFIED_FROM,
    SatisfactionBand,
)
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.models import LoggedEvent


def trait_words(customer: Customer) -> Mapping[str, str]:
    """
    Return the computed values of ``customer`` by their names; empty text where none is.

    Everybody's rights stand aside here: the caller shows only what its viewer may read.
    """
    traits = customer.traits
    return {
        "order_total": figures.amount(traits.order_total, settings.CURRENCY),
        "order_count": figures.grouped(traits.order_count),
        "order_mean": figures.amount(traits.order_mean, settings.CURRENCY),
        "last_order_on": _day(traits.last_order_on),
        "rhythm_days": _days(traits.rhythm_days),
        "next_order_on": _day(traits.next_order_on),
        "tier": _label(Tier, traits.tier),
        "rfm_segment": _label(RfmSegment, traits.rfm_segment),
        "life_stage": _label(LifeStage, traits.life_stage),
        "purchase_state": _label(PurchaseState, traits.purchase_state),
        "r": str(traits.r or ""),
        "f": str(traits.f or ""),
        "m": str(traits.m or ""),
        "amount_trend": _change(traits.amount_trend),
        "p_alive": "" if traits.p_alive is None else f"{traits.p_alive}%",
        "expected_orders": _about(traits.expected_orders),
        "expected_amount": _money(traits.expected_amount),
        "lifetime_value": _money(traits.lifetime_value),
        "future_value": _money(traits.future_value),
        "life_pattern": _label(LifePattern, traits.life_pattern),
        "grade": str(grade_names().get(traits.grade, traits.grade)),
        "grade_score": "" if traits.grade_score is None else str(traits.grade_score),
        "churn_risk": "" if traits.churn_risk is None else f"{traits.churn_risk}%",
        "silence_limit_days": _days(traits.silence_limit_days),
    }


def silent_buyers(
    viewer: Actor, customer_ids: Sequence[int] | None = None
) -> Mapping[int, date]:
    """
    Return the actual customers whom analysis found lost, each with the last order's day.

    Only those of ``customer_ids``, if there are any, and of those ``viewer`` sees.
    """
    lost = customers(viewer).filter(
        state=State.ACTUAL, traits__purchase_state=PurchaseState.LOST
    )
    if customer_ids is not None:
        lost = lost.filter(pk__in=customer_ids)
    days = lost.order_by("pk").values_list("pk", "traits__last_order_on")
    return {pk: day for pk, day in days.iterator() if day}


def class_facts() -> str:
    """
    Return the SQL of the classes of each customer, one row each, trash and all.

    Columns: ``customer_id`` bigint; text, empty where there is none: ``form``, ``state``,
    ``province``, ``city``, ``industry``, ``is_key`` (``true``, ``false``),
    ``tier``, ``rfm_segment``, ``life_stage``, ``purchase_state``, ``life_pattern``,
    ``grade``, and the bands of ``satisfaction`` and (`rules.bands`) of ``churn_risk``,
    ``p_alive`` and ``expected_amount``; ``kind_id``, ``relation_kind_id``, ``r``, ``f``
    and ``m`` bigint, 0 for none. Nothing in them names anybody.
    """
    return f"""
        SELECT c.id AS customer_id, c.form, c.state, coalesce(c.kind_id, 0) AS kind_id,
          coalesce(c.relation_kind_id, 0) AS relation_kind_id,
          c.province, c.city, c.industry, c.is_key::text AS is_key,
          coalesce(t.tier, '') AS tier,
          coalesce(t.rfm_segment, '') AS rfm_segment,
          coalesce(t.life_stage, '') AS life_stage,
          coalesce(t.purchase_state, '') AS purchase_state,
          CASE WHEN t.satisfaction IS NULL THEN ''
            WHEN t.satisfaction < {DISSATISFIED_UNDER} THEN '{SatisfactionBand.LOW.value}'
            WHEN t.satisfaction < {SATISFIED_FROM} THEN '{SatisfactionBand.MIDDLE.value}'
            ELSE '{SatisfactionBand.HIGH.value}' END AS satisfaction,
          coalesce(t.life_pattern, '') AS life_pattern, coalesce(t.grade, '') AS grade,
          coalesce({percent_band_sql("t.churn_risk")}, '') AS churn_risk,
          coalesce({percent_band_sql("t.p_alive")}, '') AS p_alive,
          coalesce({band_sql("t.expected_amount")}, '') AS expected_amount,
          coalesce(t.r, 0)::bigint AS r, coalesce(t.f, 0)::bigint AS f,
          coalesce(t.m, 0)::bigint AS m
        FROM customers_customer c
        LEFT JOIN customers_traits t ON t.customer_id = c.id
        WHERE c.erased_at IS NULL
    """  # noqa: S608 -- numbers and words of our own


ADDED = "added_"
"""What the key of a figure begins with that is a field which the house added."""
_FIGURES = {
    "credit": "strpos('DCBA', nullif(t.credit_grade, ''))::float8",
    "completeness": "t.completeness::float8",
}


def figure_facts(keys: Sequence[str]) -> str:
    """
    Return the SQL of figures of each customer, one row each.

    Columns: ``customer_id`` bigint and ``f0``, ``f1`` … float8, null for unknown, in the
    order of ``keys``: ``credit`` 4 (A) to 1 (D), ``completeness`` 0 to 100, or `ADDED` and
    the key of an added field of numbers. A key that is none of them is null.
    """
    added = {f"{ADDED}{spec.key}": spec for spec in figure_fields()}
    found = [
        _FIGURES[key]
        if key in _FIGURES
        else f"({expression_of(added[key], 'c.extra')})::float8"
        if key in added
        else "NULL::float8"
        for key in keys
    ]
    columns = "".join(f", {sql} AS f{n}" for n, sql in enumerate(found))
    return (
        f"SELECT c.id AS customer_id{columns} FROM customers_customer c"  # noqa: S608 -- words of our own
        " JOIN customers_traits t ON t.customer_id = c.id WHERE c.erased_at IS NULL"
    )


def relation_facts() -> str:
    """
    Return the SQL of one row per customer: whose it is, and since when it buys.

    Columns: ``customer_id``, ``owner_id``, ``team_id``, ``tier`` and ``first_order_on``.
    """
    kept = Customer.objects.kept().order_by()
    rows = kept.values(
        *("owner_id", "team_id"),
        customer_id=F("pk"),
        tier=F("traits__tier"),
        first_order_on=F("traits__first_order_on"),
    )
    return str(rows.query)


@dataclass(frozen=True)
class StageTurn:
    """The latest change of a customer's life-cycle stage, and the event that told it."""

    customer_id: int
    event_id: int
    old: str
    new: str
    day: date


def stage_turns(
    since: date, until: date, customer_id: int | None = None
) -> Iterator[StageTurn]:
    """Yield who came to another stage on the days ``since`` to ``until``, the latest each."""
    zone = get_default_timezone()
    span = (
        datetime.combine(since, time.min, zone),
        datetime.combine(until, time.max, zone),
    )
    told = LoggedEvent.objects.filter(
        name=LifeStageChanged.event_name(), at__range=span
    )
    if customer_id is not None:
        told = told.filter(party_id=customer_id)
    latest = told.order_by("party_id", "-id").distinct("party_id")
    for event in latest.iterator():
        if event.party_id is not None:
            yield StageTurn(
                event.party_id,
                event.pk,
                event.payload["old"],
                event.payload["new"],
                localdate(event.at, zone),
            )


def stage_label(stage: str) -> str:
    """Return what a life-cycle stage is called; a dash for none."""
    return str(LifeStage(stage).label) if stage in LifeStage.values else "—"


def _label(words: type[TextChoices], key: str) -> str:
    return str(words(key).label) if key in words.values else key


def _day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else ""


def _about(value: float | None) -> str:
    """Return a number of which two digits count."""
    return "" if value is None else f"{value:.2g}" if value < 10 else f"{value:,.0f}"


def _money(value: Decimal | None) -> str:
    return "" if value is None else figures.amount(value, settings.CURRENCY)


def _days(value: float | None) -> str:
    if value is None:
        return ""
    n = round(value)
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


def _change(ratio: float | None) -> str:
    """Return a ratio of now to before as the difference that people speak of."""
    if ratio is None:
        return ""
    percent = round((ratio - 1) * 100)
    sign = figures.MINUS if percent < 0 else "+" if percent else ""
    return f"{sign}{abs(percent)}%"
