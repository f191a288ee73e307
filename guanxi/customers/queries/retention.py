"""What is kept longer than the rules say."""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from guanxi.customers.models import (
    CreditReport,
    Customer,
    Erasure,
    Note,
    RetentionRule,
    RetentionRun,
)
from guanxi.customers.queries.consent import house_day
from guanxi.customers.queries.limit import is_limited
from guanxi.customers.rules import State
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.rules.retention import SHIPPED, Category, Shipped
from guanxi.foundation.models import ImportRun, LoggedEvent

RUNS_SHOWN = 30


@dataclass(frozen=True)
class Rule:
    """One rule with what the product says of it."""

    kept: RetentionRule
    shipped: Shipped

    @property
    def category(self) -> Category:
        """What it is about."""
        return Category(self.kept.category)

    def is_tried(self, months: int) -> bool:
        """Tell whether somebody looked at what it would do with ``months``."""
        return self.kept.tried_months == months


def retention_rules() -> Sequence[Rule]:
    """Return all rules: as they are kept, else as the product ships them, off."""
    kept = {one.category: one for one in RetentionRule.objects.all()}
    return [
        Rule(kept.get(key) or RetentionRule(category=key, months=one.months), one)
        for key, one in SHIPPED.items()
    ]


def retention_runs() -> "QuerySet[RetentionRun]":
    """Return what the rules did, the latest first."""
    return RetentionRun.objects.order_by("-pk")


def limit_of(months: int, at: datetime) -> datetime:
    """Return the instant before which something has been kept for ``months``."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    return at.replace(year=year, month=month + 1, day=min(at.day, last))


def overdue(category: Category, before: datetime) -> "QuerySet[Any]":
    """Return the rows of ``category`` that were last needed before that, held or not."""
    return _FOUND[category](before)


def unheld(category: Category, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Return those of ``rows`` on whose customer there is no legal hold."""
    if category is Category.FILES:
        return rows
    path = "pk" if category in (Category.SILENT, Category.LOST) else "customer_id"
    return rows.exclude(is_limited([LimitKind.HOLD], path=path))


def _silent(before: datetime) -> "QuerySet[Any]":
    return _untouched(before).filter(
        ~Q(state__in=(State.ACTUAL, State.LOST)), traits__order_count=0
    )


def _lost(before: datetime) -> "QuerySet[Any]":
    day = house_day(before)
    return _untouched(before).filter(
        Q(traits__last_order_on__isnull=True) | Q(traits__last_order_on__lt=day),
        state=State.LOST,
    )


def _untouched(before: datetime) -> "QuerySet[Any]":
    """Return the customers about whom nothing has happened since ``before``."""
    news = LoggedEvent.objects.filter(party_id=OuterRef("pk"), at__gte=before)
    asked = Erasure.objects.filter(customer=OuterRef("pk"))
    rows = Customer.objects.filter(
        ~Exists(news), ~Exists(asked), erased_at__isnull=True, updated_at__lt=before
    )
    return rows.select_related("traits")


def _notes(before: datetime) -> "QuerySet[Any]":
    return Note.objects.filter(written_at__lt=before).select_related("customer")


def _credit(before: datetime) -> "QuerySet[Any]":
    day: date = house_day(before)
    return CreditReport.objects.filter(valid_until__lt=day).select_related("customer")


def _files(before: datetime) -> "QuerySet[Any]":
    done = (ImportRun.State.DONE, ImportRun.State.FAILED, ImportRun.State.UNDONE)
    rows = ImportRun.objects.filter(state__in=done, created_at__lt=before)
    return rows.exclude(path="")


_FOUND: Mapping[Category, Callable[[datetime], "QuerySet[Any]"]] = {
    Category.SILENT: _silent,
    Category.LOST: _lost,
    Category.NOTES: _notes,
    Category.CREDIT: _credit,
    Category.FILES: _files,
}
