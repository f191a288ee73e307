"""What programs are shown of credit, and what they may send."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from guanxi.customers.commands.credit import LONGEST_EVIDENCE, LONGEST_REASON
from guanxi.customers.rules.credit import Factor, Grade, Origin, Standard
from guanxi.foundation.rest.records import Input, Record


class FactorRecord(Record):
    """What one factor was given, and what orders gave it."""

    score: int
    evidence: str
    computed: int | None
    reason: str


class AssessmentRecord(Record):
    """One assessment by one standard; ``scores`` and ``weights`` by factor."""

    id: int
    standard: Standard
    assessed_on: date
    score: str
    grade: Grade
    proposed_limit: str | None
    scores: dict[Factor, FactorRecord]
    weights: dict[Factor, int]


class ReportRecord(Record):
    """One credit report."""

    id: int
    origin: Origin
    provider: str
    cost: str | None
    reported_on: date
    valid_until: date
    findings: str
    place: str


class ConductRecord(Record):
    """What fell due since a day and how it was paid; amounts in the house currency."""

    since_on: date
    due: int
    on_time: int
    breaches: int
    amount_due: str
    amount_late: str
    mean_days: int
    longest_days: int
    overdue: int
    overdue_amount: str
    character: int | None
    payment: int | None
    year_worth: str
    on_credit: str
    waiting: str


class CreditRecord(Record):
    """The credit of one customer: what the caller may read of it, the latest first."""

    id: int
    grade: str
    limit: str | None
    limit_until: date | None
    proposed_limit: str | None
    assessments: list[AssessmentRecord]
    reports: list[ReportRecord]
    conduct: ConductRecord


class FactorInput(Input):
    """A score from 0 to 100; another one than orders give needs a reason."""

    score: int = Field(ge=0, le=100)
    evidence: str = Field(default="", max_length=LONGEST_EVIDENCE)
    reason: str = Field(default="", max_length=LONGEST_REASON)


class AssessmentInput(Input):
    """The scores of the five factors of a standard."""

    standard: Standard
    scores: dict[Factor, FactorInput]
    assessed_on: date | None = None


class ReportInput(Input):
    """A credit report; a purchased one has its provider and its cost."""

    origin: Origin
    reported_on: date
    valid_until: date
    findings: str = Field(max_length=10_000)
    provider: str = Field(default="", max_length=120)
    cost: Decimal | None = Field(default=None, ge=0, max_digits=12, decimal_places=2)
    place: str = Field(default="", max_length=200)


class LimitInput(Input):
    """How much a customer may owe; null is without limit."""

    amount: Decimal | None = Field(ge=0, max_digits=14, decimal_places=2)
    reason: str = Field(max_length=LONGEST_REASON)
    until_on: date | None = None
