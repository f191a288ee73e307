"""Laws of credit: the 5C and 5P standards, grades, limits, and conduct as it is scored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import TypeAdapter

from guanxi.foundation.words import Words

TENTH = Decimal("0.1")
# Limits are round sums: nobody grants 12,347.16.
LIMIT_STEP = Decimal(100)
MONTHS = 12
YEAR_DAYS = 365
FULL = 100
BREACH_POINTS = 20


class Standard(TextChoices):
    """A customary way to take credit apart into five factors."""

    FIVE_C = "5c", _("5C standard")
    FIVE_P = "5p", _("5P standard")


class Factor(TextChoices):
    """One of the five questions of a standard."""

    CHARACTER = "character", pgettext_lazy("credit", "Character")
    CAPACITY = "capacity", pgettext_lazy("credit", "Capacity")
    CAPITAL = "capital", pgettext_lazy("credit", "Capital")
    COLLATERAL = "collateral", pgettext_lazy("credit", "Collateral")
    CONDITIONS = "conditions", pgettext_lazy("credit", "Conditions")
    PERSONAL = "personal", pgettext_lazy("credit", "Personal factor")
    PURPOSE = "purpose", pgettext_lazy("credit", "Purpose factor")
    PAYMENT = "payment", pgettext_lazy("credit", "Payment factor")
    PROTECTION = "protection", pgettext_lazy("credit", "Protection factor")
    PERSPECTIVE = "perspective", pgettext_lazy("credit", "Perspective factor")


# Edwards (1943) for the 5C; the 5P look at the same from the lender's side.
FACTORS: Mapping[Standard, tuple[Factor, ...]] = {
    Standard.FIVE_C: (
        Factor.CHARACTER,
        Factor.CAPACITY,
        Factor.CAPITAL,
        Factor.COLLATERAL,
        Factor.CONDITIONS,
    ),
    Standard.FIVE_P: (
        Factor.PERSONAL,
        Factor.PURPOSE,
        Factor.PAYMENT,
        Factor.PROTECTION,
        Factor.PERSPECTIVE,
    ),
}
QUESTIONS: Mapping[str, Words] = {
    Factor.CHARACTER: _("Does this customer keep its word and its contracts?"),
    Factor.CAPACITY: _("Does business bring in enough to pay?"),
    Factor.CAPITAL: _("What means of its own stand behind it?"),
    Factor.COLLATERAL: _("What is pledged, or who vouches?"),
    Factor.CONDITIONS: _("What do trade, region and times bring?"),
    Factor.PERSONAL: _("Who decides there: honest, able, experienced?"),
    Factor.PURPOSE: _("What is the credit for?"),
    Factor.PAYMENT: _("Out of what is it paid back, and was it so far?"),
    Factor.PROTECTION: _("What protects us if payment stays away?"),
    Factor.PERSPECTIVE: _("What will become of this business?"),
}


class Grade(TextChoices):
    """How far a customer is trusted with money, the best first."""

    A = "A", pgettext_lazy("grade", "A")
    B = "B", pgettext_lazy("grade", "B")
    C = "C", pgettext_lazy("grade", "C")
    D = "D", pgettext_lazy("grade", "D")


GRADE_TONES: Mapping[str, str] = {
    Grade.A: "green",
    Grade.B: "blue",
    Grade.C: "amber",
    Grade.D: "red",
}


class Origin(TextChoices):
    """Where a credit report comes from."""

    OWN = "own", _("Own investigation")
    PURCHASED = "purchased", _("Purchased from an agency")


class Beyond(TextChoices):
    """What happens to an order that goes beyond the credit limit."""

    WARN = "warn", _("Warn, and release it")
    REFUSE = "refuse", _("Refuse, unless somebody with the right gives a reason")


def _weights() -> dict[Factor, int]:
    shares = (30, 25, 20, 15, 10), (20, 15, 30, 20, 15)
    pairs = zip(FACTORS.values(), shares, strict=True)
    return {f: w for fs, ws in pairs for f, w in zip(fs, ws, strict=True)}


@dataclass(frozen=True)
class CreditRules:
    """
    What the house has decided about credit.

    ``weights`` of the factors count within their standard. ``cutoffs`` are the lowest
    scores of the grades A, B and C; what is below is D. ``months`` are the months of
    usual purchases that a grade is trusted with.
    """

    weights: Mapping[Factor, int] = field(default_factory=_weights)
    cutoffs: Mapping[Grade, int] = field(
        default_factory=lambda: {Grade.A: 80, Grade.B: 65, Grade.C: 50}
    )
    months: Mapping[Grade, Decimal] = field(
        default_factory=lambda: {
            Grade.A: Decimal(3),
            Grade.B: Decimal(2),
            Grade.C: Decimal(1),
            Grade.D: Decimal(0),
        }
    )
    history_days: int = 730
    breach_days: int = 90
    report_days: int = 365
    beyond: Beyond = Beyond.REFUSE
    instalment_grade: Grade = Grade.B
    most_instalments: int = 12

    def __post_init__(self) -> None:
        """Refuse weights that weigh nothing and grades that do not fall."""
        for factors in FACTORS.values():
            weights = [self.weights[factor] for factor in factors]
            if min(weights) < 0 or sum(weights) <= 0:
                raise ValueError("weights")
        falling = [self.cutoffs[grade] for grade in (Grade.A, Grade.B, Grade.C)]
        if not FULL >= falling[0] > falling[1] > falling[2] > 0:
            raise ValueError("cutoffs")
        days = (self.history_days, self.breach_days, self.report_days)
        if min(days) < 1 or min(self.months.values()) < 0:
            raise ValueError("days")


CREDIT_RULES = TypeAdapter(CreditRules)
CREDIT_PARTS: Mapping[str, Words] = {
    "weights": _("Weights of the factors"),
    "cutoffs": _("Lowest scores of the grades"),
    "months": _("Months of purchases as a limit"),
    "history_days": _("Days looked back upon"),
    "breach_days": _("Days late that break a contract"),
    "report_days": _("Days a report is valid"),
    "beyond": _("Orders beyond the limit"),
    "instalment_grade": _("Instalments from grade"),
    "most_instalments": _("Most instalments"),
}


@dataclass(frozen=True)
class Due:
    """An amount that was due on a day, and the day it was settled; None while open."""

    amount: Decimal
    due_on: date
    settled_on: date | None


@dataclass(frozen=True)
class Conduct:
    """
    How a customer has paid what fell due since ``since_on``, and what is open now.

    Amounts are in the house currency. ``character`` and ``payment`` are the scores that
    follow (0 to 100); None when nothing has fallen due.
    """

    since_on: date
    due: int = 0
    on_time: int = 0
    breaches: int = 0
    amount_due: Decimal = Decimal(0)
    amount_late: Decimal = Decimal(0)
    mean_days: int = 0
    longest_days: int = 0
    overdue: int = 0
    overdue_amount: Decimal = Decimal(0)
    character: int | None = None
    payment: int | None = None
    year_worth: Decimal = Decimal(0)
    on_credit: Decimal = Decimal(0)
    waiting: Decimal = Decimal(0)

    @property
    def late(self) -> int:
        """How many were settled late or are overdue."""
        return self.due - self.on_time

    def computed(self, factor: Factor) -> int | None:
        """Return the score that conduct gives ``factor``, if it speaks of it."""
        if factor is Factor.CHARACTER:
            return self.character
        return self.payment if factor is Factor.PAYMENT else None


def weighted_score(
    standard: Standard, scores: Mapping[Factor, int], weights: Mapping[Factor, int]
) -> Decimal:
    """Return Σ weight × score ÷ Σ weight over the five factors, with one decimal."""
    factors = FACTORS[standard]
    total = sum(weights[factor] * scores[factor] for factor in factors)
    weight = sum(weights[factor] for factor in factors)
    return (Decimal(total) / weight).quantize(TENTH, ROUND_HALF_EVEN)


def grade_of(score: Decimal, rules: CreditRules) -> Grade:
    """Return the best grade whose cut-off ``score`` reaches; D if it reaches none."""
    reached = (grade for grade in Grade if score >= rules.cutoffs.get(grade, 0))
    return next(reached)


def careful_grade(grades: Iterable[str]) -> str:
    """Return the worse of the grades of both standards; empty without any."""
    return max(grades, default="")


def at_least(grade: str, wanted: Grade) -> bool:
    """Tell whether ``grade`` is known and as good as ``wanted``."""
    return bool(grade) and grade <= wanted


def proposed_limit(grade: Grade, year_worth: Decimal, rules: CreditRules) -> Decimal:
    """
    Return months of the grade × purchases of the last 365 days ÷ 12, in whole hundreds.

    Rounded down: a proposal never goes beyond what the rule allows.
    """
    amount = rules.months[grade] * max(year_worth, Decimal(0)) / MONTHS
    return (amount / LIMIT_STEP).to_integral_value(ROUND_DOWN) * LIMIT_STEP


def days_late(due: Due, today: date) -> int:
    """Return by how many days ``due`` was settled late, or is overdue ``today``."""
    return max(((due.settled_on or today) - due.due_on).days, 0)


def character_score(due: int, on_time: int, breaches: int) -> int | None:
    """Return 100 × settled on time ÷ fallen due − 20 for each breach, at least 0."""
    if not due:
        return None
    share = Decimal(FULL * on_time) / due
    return max(round(share) - BREACH_POINTS * breaches, 0)


def payment_score(dues: Iterable[tuple[Decimal, int]], breach_days: int) -> int | None:
    """
    Return 100 × (1 − Σ amount × min(days late, breach days) ÷ (Σ amount × breach days)).

    ``dues`` are amounts with their days late. All on time gives 100; everything late by
    ``breach_days`` or more gives 0.
    """
    known = [(amount, days) for amount, days in dues if amount > 0]
    whole = sum(amount for amount, _days in known) * breach_days
    if not whole:
        return None
    lost = sum(amount * min(days, breach_days) for amount, days in known)
    return round(FULL * (1 - lost / whole))


def conduct_from(
    dues: Iterable[Due], *, today: date, since_on: date, breach_days: int
) -> Conduct:
    """
    Return how what fell due was paid; sums of orders are left at zero.

    A payment ``breach_days`` or more late breaks the contract. 90 days are what banks
    call a default (Basel Committee 2006, paragraph 452).
    """
    rows = [(due, days_late(due, today)) for due in dues]
    late = [(due, days) for due, days in rows if days > 0]
    open_ones = [due for due, _days in late if due.settled_on is None]
    breaches = sum(1 for _due, days in late if days >= breach_days)
    on_time = len(rows) - len(late)
    return Conduct(
        since_on=since_on,
        due=len(rows),
        on_time=on_time,
        breaches=breaches,
        amount_due=sum((due.amount for due, _days in rows), Decimal(0)),
        amount_late=sum((due.amount for due, _days in late), Decimal(0)),
        mean_days=round(sum(days for _due, days in late) / len(late)) if late else 0,
        longest_days=max((days for _due, days in late), default=0),
        overdue=len(open_ones),
        overdue_amount=sum((due.amount for due in open_ones), Decimal(0)),
        character=character_score(len(rows), on_time, breaches),
        payment=payment_score([(due.amount, days) for due, days in rows], breach_days),
    )
