"""Judge how good the data of customers are, and when their birthdays are."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from guanxi.customers.models import Customer, NumberCheck, Traits
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.credit import house_day
from guanxi.customers.queries.quality import quality_rules
from guanxi.customers.queries.quality_sql import quality_statement
from guanxi.customers.queries.sums import apart_facts
from guanxi.customers.rules.birthday import all_birthdays, next_birthday
from guanxi.customers.rules.number import NumberFacts, number_faults
from guanxi.customers.rules.quality import Dimension
from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied
from guanxi.foundation.sealing.field import Unread, opened

_NUMBER_FACTS = ("id_kind", "id_number", "credit_code", "birth_on", "province")
_COLUMNS = ", ".join(("quality", *Dimension.values))
# Only what differs is written: a row that stays costs no new version of it.
_WRITE = """
    UPDATE customers_traits t SET ({columns}) = ({new})
    FROM ({scores}) s WHERE t.customer_id = s.id
    AND ({old}) IS DISTINCT FROM ({new})
"""
_BIRTHDAYS = r"""
    UPDATE customers_traits t SET next_birthday_on = b.day
    FROM customers_customer c LEFT JOIN
        unnest(%(keys)s::text[], %(days)s::date[]) AS b (key, day)
        ON b.key = CASE WHEN c.lunar_birthday <> ''
            THEN 'L' || substring(c.lunar_birthday from '\d\d-\d\dL?$')
            ELSE to_char(c.birth_on, 'MM-DD') END
    WHERE t.customer_id = c.id AND c.id BETWEEN %(first)s AND %(last)s
    AND c.deleted_at IS NULL AND t.next_birthday_on IS DISTINCT FROM b.day
"""
_WEEK = """
    INSERT INTO customers_qualityweek
        (week_on, counted_at, owner_id, team_id, customer_id, customers, {columns})
    SELECT %(week_on)s, %(at)s, c.owner_id, c.team_id, a.record_id, count(*), {sums}
    FROM customers_customer c JOIN customers_traits t ON t.customer_id = c.id
    LEFT JOIN ({apart}) a ON a.record_id = c.id
    WHERE c.deleted_at IS NULL AND t.quality IS NOT NULL
    GROUP BY c.owner_id, c.team_id, a.record_id
"""


@command(needs="customer.score")
def refresh_quality(by: Actor, *, first: int, last: int, at: datetime) -> int:
    """
    Judge all customers whose numbers lie from ``first`` to ``last``; return how many changed.

    :raises Denied: for whoever does not speak for all customers.
    """
    _require_all(by)
    span = Q(pk__range=(first, last))
    with connection.cursor() as cursor:
        # The web's limit for one statement is not meant for the whole base.
        cursor.execute("SET LOCAL statement_timeout = 0")
    _look_at_numbers(Customer.objects.kept().filter(span))
    today = house_day(at)
    _next_birthdays(first, last, today)
    return _write({"first": first, "last": last}, today, is_span=True)


@command(needs="customer.score")
def keep_quality_week(by: Actor, *, at: datetime) -> int:
    """
    Keep how good the data are in the week of ``at``, owner by owner; return the rows.

    A later call of the same week takes the place of an earlier one.

    :raises Denied: for whoever does not speak for all customers.
    """
    _require_all(by)
    today = house_day(at)
    week_on = today - timedelta(days=today.weekday())
    names = ("quality", *Dimension.values)
    sums = ", ".join(f"sum(t.{name})" for name in names)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "DELETE FROM customers_qualityweek WHERE week_on = %s", [week_on]
        )
        week = _WEEK.format(columns=_COLUMNS, sums=sums, apart=apart_facts())
        cursor.execute(week, {"week_on": week_on, "at": at})
        return int(cursor.rowcount)


def judge(pks: Collection[int], *, at: datetime) -> int:
    """Judge the customers ``pks`` in the caller's transaction; return how many changed."""
    _look_at_numbers(Customer.objects.kept().filter(pk__in=pks))
    today = house_day(at)
    for pk, born, lunar in _born(pks):
        _turn(pk, next_birthday(born, lunar, today))
    return _write({"pks": list(pks)}, today, is_span=False)


def _require_all(by: Actor) -> None:
    if by.grants.depth(CUSTOMER.permission("score")) is not Depth.ALL:
        raise Denied(CUSTOMER.permission("score"))


def _write(which: dict[str, Any], today: date, *, is_span: bool) -> int:
    statement = quality_statement(quality_rules(), today, is_span=is_span)
    names = _COLUMNS.split(", ")
    sql = _WRITE.format(
        columns=_COLUMNS,
        scores=statement.scores,
        old=", ".join(f"t.{name}" for name in names),
        new=", ".join(f"s.{name}" for name in names),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**statement.parameters, **which})
        return int(cursor.rowcount)


def _born(pks: Collection[int]) -> "QuerySet[Customer, tuple[int, date | None, str]]":
    rows = Customer.objects.kept().filter(pk__in=pks)
    return rows.values_list("pk", "birth_on", "lunar_birthday")


def _turn(pk: int, day: date | None) -> None:
    """Write the next birthday of one customer, if it is another one."""
    traits = Traits.objects.filter(pk=pk)
    same = Q(next_birthday_on=day) if day else Q(next_birthday_on__isnull=True)
    traits.exclude(same).update(next_birthday_on=day)


def _next_birthdays(first: int, last: int, today: date) -> None:
    """Write the next birthdays that have turned over, out of all that there can be."""
    known = dict(all_birthdays(today))
    parameters: dict[str, Any] = {
        "first": first,
        "last": last,
        "keys": list(known),
        "days": list(known.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BIRTHDAYS, parameters)


def _look_at_numbers(rows: "QuerySet[Customer]") -> None:
    """Check the numbers of those of ``rows`` that have changed since, or never were."""
    has_number = ~Q(id_number_index="") | ~Q(credit_code="")
    checks = NumberCheck.objects.filter(
        customer__in=rows.filter(has_number).values("pk")
    )
    known = checks.filter(version=F("customer__version")).values("pk")
    new = rows.filter(has_number).exclude(pk__in=known)
    facts = new.order_by("pk").values("pk", "version", "extra", *_NUMBER_FACTS)
    NumberCheck.objects.bulk_create(
        [_check(opened(row)) for row in facts.iterator()],
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["version", "faults"],
        batch_size=5_000,
    )


def _check(row: Mapping[str, Any]) -> NumberCheck:
    number = row["id_number"]
    facts = NumberFacts(
        id_kind=row["id_kind"],
        # What does not open cannot be judged.
        id_number="" if isinstance(number, Unread) else number,
        credit_code=row["credit_code"],
        birth_on=row["birth_on"],
        gender=str(row["extra"].get("x_gender", "")),
        province=row["province"],
    )
    return NumberCheck(
        customer_id=row["pk"], version=row["version"], faults=number_faults(facts)
    )
