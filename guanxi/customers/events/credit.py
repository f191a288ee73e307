"""Facts about credit: assessments, reports, limits and their rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent
from guanxi.customers.rules.credit import CREDIT_PARTS, Origin, Standard
from guanxi.foundation.events import Event
from guanxi.foundation.words import Words


@dataclass(frozen=True, kw_only=True)
class CreditAssessed(CustomerEvent):
    """A customer was assessed by one of the standards."""

    sentence: ClassVar[str] = gettext_noop("Credit assessed, %(standard)s: %(grade)s")
    icon: ClassVar[str] = "credit-card"
    guards: ClassVar[Mapping[str, str]] = {"grade": "credit_grade"}

    assessment_id: int
    standard: str
    grade: str

    def words(self) -> dict[str, object]:
        """Return the label of the standard and the grade."""
        return {"standard": Standard(self.standard).label, "grade": self.grade}


@dataclass(frozen=True, kw_only=True)
class CreditReportAdded(CustomerEvent):
    """A credit report about a customer was recorded."""

    sentence: ClassVar[str] = gettext_noop("Credit report recorded: %(origin)s")
    icon: ClassVar[str] = "file-text"

    guards: ClassVar[Mapping[str, str]] = {"origin": "credit_reports"}

    report_id: int
    origin: str

    def words(self) -> dict[str, object]:
        """Return the label of the origin."""
        return {"origin": Origin(self.origin).label}


@dataclass(frozen=True, kw_only=True)
class CreditReportRemoved(CreditReportAdded):
    """A credit report that was recorded by mistake is gone."""

    sentence: ClassVar[str] = gettext_noop("Credit report removed: %(origin)s")


@dataclass(frozen=True, kw_only=True)
class CreditLimitSet(CustomerEvent):
    """Somebody decided how much a customer may owe; the limit itself stands there."""

    sentence: ClassVar[str] = gettext_noop("Credit limit set")
    icon: ClassVar[str] = "cash"

    limit_id: int


@dataclass(frozen=True, kw_only=True)
class CreditRulesChanged(Event):
    """The house decided otherwise about credit; the log row says what."""

    sentence: ClassVar[str] = gettext_noop("Credit rules changed")
    icon: ClassVar[str] = "adjustments"
    kind: ClassVar[str] = "credit_rule"

    @classmethod
    def told_name(cls, name: str) -> Words:
        """Return what people call a part of the rules."""
        return CREDIT_PARTS.get(name, name)
