"""How far a customer is trusted with money: reports, assessments, limits and rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import get_default_timezone, localdate

from guanxi.customers.models import (
    CreditAssessment,
    CreditLimit,
    CreditReport,
    CreditSetting,
    Customer,
)
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules.credit import (
    CREDIT_RULES,
    Conduct,
    CreditRules,
    Standard,
    careful_grade,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.arranged import arranged
from guanxi.foundation.compiled import Kept, asked
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.rooms import Question

# How a customer has paid, which the room knows that takes the orders.
CONDUCT: Question[Conduct] = Question("conduct")
HISTORY = 30
# A new report takes time: it is asked for before the old one ends.
AHEAD_DAYS = 30
_kept: Kept = {}


@dataclass(frozen=True)
class Standing:
    """What is decided about a customer's credit on a day."""

    grade: str
    limit: Decimal | None


@dataclass(frozen=True)
class Credit:
    """Everything about one customer's credit that a viewer may read."""

    latest: Mapping[Standard, CreditAssessment]
    history: Sequence[CreditAssessment]
    reports: Sequence[CreditReport]
    limits: Sequence[CreditLimit]

    @property
    def grade(self) -> str:
        """The worse grade of both standards."""
        return careful_grade(one.grade for one in self.latest.values())

    @property
    def limit(self) -> CreditLimit | None:
        """The limit in force, if one was ever set."""
        return self.limits[0] if self.limits else None

    @property
    def proposed_limit(self) -> Decimal | None:
        """The lower limit that both standards propose."""
        proposed = [one.proposed_limit for one in self.latest.values()]
        return min((p for p in proposed if p is not None), default=None)


@arranged
def credit_rules() -> CreditRules:
    """Return what the house has decided about credit."""
    saved = CreditSetting.objects.filter(pk=1).first()
    return CREDIT_RULES.validate_python(saved.values if saved else {})


def credit_of(viewer: Actor, customer: Customer) -> Credit:
    """Return the credit of ``customer``, the latest first, as ``viewer`` may read it."""
    readable = CUSTOMER.readable(viewer)

    def told(field: str, build: Callable[..., QuerySet[Any]]) -> list[Any]:
        is_told = field in readable
        return asked(_kept, field, build, customer_id=customer.pk) if is_told else []

    rows = told("credit_scores", _assessed)
    return Credit(
        latest={Standard(one.standard): one for one in reversed(rows)},
        history=rows[:HISTORY],
        reports=told("credit_reports", _reported),
        limits=told("credit_limit", _limited),
    )


def _assessed(customer_id: int) -> QuerySet[CreditAssessment]:
    return _assessments(customer_id).select_related("assessed_by")


def _reported(customer_id: int) -> QuerySet[CreditReport]:
    rows = CreditReport.objects.filter(customer_id=customer_id)
    return rows.order_by("-reported_on", "-pk")[:HISTORY]


def _limited(customer_id: int) -> QuerySet[CreditLimit]:
    return _limits(customer_id).select_related("set_by")[:HISTORY]


def standing(customer_id: int, *, at: datetime) -> Standing:
    """Return grade and limit as the house knows them, whoever asks."""
    grade = careful_grade(latest_grades(customer_id))
    limit = _limits(customer_id).first()
    return Standing(grade, limit.on(house_day(at)) if limit else None)


def locked_limit(customer_id: int, *, at: datetime) -> Decimal | None:
    """
    Return what a customer may owe, and let others who ask wait until the commit.

    So that two orders at once cannot both take the last of it.
    """
    limit = _limits(customer_id).select_for_update().first()
    return limit.on(house_day(at)) if limit else None


def latest_grades(customer_id: int) -> Sequence[str]:
    """Return the grade of the latest assessment by each standard."""
    rows = _assessments(customer_id).order_by("standard", "-assessed_on", "-pk")
    return list(rows.distinct("standard").values_list("grade", flat=True))


def limit_in_force(customer_id: int) -> CreditLimit | None:
    """Return the latest decision about a customer's limit."""
    return _limits(customer_id).first()


def report_of(viewer: Actor, customer: Customer, pk: int) -> CreditReport:
    """
    Return one report about ``customer``.

    :raises NotVisible: if there is none that ``viewer`` may read.
    """
    found = CreditReport.objects.filter(customer=customer, pk=pk).first()
    if found is None or "credit_reports" not in CUSTOMER.readable(viewer):
        raise NotVisible
    return found


def due_reports(viewer: Actor, *, today: date) -> QuerySet[CreditReport]:
    """
    Return the reports that end within a month or have ended, the most urgent first.

    Of each customer whose credit ``viewer`` assesses, the latest report alone: one that
    was renewed is not due.
    """
    if "credit_reports" not in CUSTOMER.readable(viewer):
        return CreditReport.objects.none()
    newer = CreditReport.objects.filter(
        customer=OuterRef("customer"), valid_until__gt=OuterRef("valid_until")
    )
    theirs = customers(viewer).filter(CUSTOMER.visible(viewer, "assess"))
    rows = CreditReport.objects.filter(
        ~Exists(newer),
        valid_until__lte=today + timedelta(days=AHEAD_DAYS),
        customer__in=theirs,
    )
    return rows.select_related("customer").order_by("valid_until", "pk")


def _assessments(customer_id: int) -> QuerySet[CreditAssessment]:
    rows = CreditAssessment.objects.filter(customer_id=customer_id)
    return rows.order_by("-assessed_on", "-pk")


def _limits(customer_id: int) -> QuerySet[CreditLimit]:
    return CreditLimit.objects.filter(customer_id=customer_id).order_by(
        "-set_at", "-pk"
    )


def house_day(at: datetime) -> date:
    """Return the day of ``at`` in the time zone of the house."""
    return localdate(at, get_default_timezone())
