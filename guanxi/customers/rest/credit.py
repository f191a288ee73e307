"""The credit of customers for programs: /api/v1/customers/{id}/credit."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router

from guanxi.customers.commands.credit import (
    FactorScore,
    ReportFacts,
    add_credit_report,
    assess_credit,
    set_credit_limit,
)
from guanxi.customers.models import CreditAssessment, CreditReport
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.credit import CONDUCT, credit_of, house_day
from guanxi.customers.queries.customer import customer
from guanxi.customers.rest.credit_records import (
    AssessmentInput,
    AssessmentRecord,
    CreditRecord,
    LimitInput,
    ReportInput,
    ReportRecord,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made

router = Router(tags=["customers"])


@router.get(
    "/customers/{int:pk}/credit",
    response=CreditRecord,
    summary=gettext_noop("Read the credit of a customer"),
)
def get_credit(request: Call, pk: int) -> HttpResponse:
    """Read grade, limit, assessments and reports; that you did goes on record."""
    return answer(_credit(request.auth, pk))


@router.post(
    "/customers/{int:pk}/credit-assessments",
    response={201: AssessmentRecord},
    summary=gettext_noop("Assess the credit of a customer"),
)
def post_assessment(request: Call, pk: int, body: AssessmentInput) -> HttpResponse:
    """Give the five factors of a standard their scores, on evidence."""
    scores = {
        factor: FactorScore(given.score, given.evidence, given.reason)
        for factor, given in body.scores.items()
    }
    at = now()
    new = assess_credit(
        request.auth,
        customer(request.auth, pk),
        body.standard,
        scores=scores,
        on=body.assessed_on or house_day(at),
        at=at,
    )
    return made(_assessment(new), f"/api/v1/customers/{pk}/credit")


@router.post(
    "/customers/{int:pk}/credit-reports",
    response={201: ReportRecord},
    summary=gettext_noop("Record a credit report"),
)
def post_credit_report(request: Call, pk: int, body: ReportInput) -> HttpResponse:
    """Keep a credit report, of our own or bought from an agency."""
    facts = ReportFacts(**body.model_dump())
    found = customer(request.auth, pk)
    new = add_credit_report(request.auth, found, facts, at=now())
    return made(_report(new), f"/api/v1/customers/{pk}/credit")


@router.post(
    "/customers/{int:pk}/credit-limit",
    response=CreditRecord,
    summary=gettext_noop("Set the credit limit"),
)
def post_credit_limit(request: Call, pk: int, body: LimitInput) -> HttpResponse:
    """Decide how much a customer may owe; null lifts the limit."""
    set_credit_limit(
        request.auth,
        customer(request.auth, pk),
        body.amount,
        until_on=body.until_on,
        reason=body.reason,
        at=now(),
    )
    return answer(_credit(request.auth, pk))


def _credit(viewer: Actor, pk: int) -> dict[str, Any]:
    """Return what ``viewer`` may read of the credit of a customer, and record it."""
    found = customer(viewer, pk)
    require(viewer, "customer.credit", found)
    known, readable, at = credit_of(viewer, found), CUSTOMER.readable(viewer), now()
    conduct = CONDUCT.ask(viewer, pk, at=at)
    record: dict[str, Any] = {"id": pk}
    if "credit_grade" in readable:
        record["grade"] = found.traits.credit_grade
    if "credit_limit" in readable:
        record["limit"] = known.limit.on(house_day(at)) if known.limit else None
        record["limit_until"] = known.limit.until_on if known.limit else None
    if "credit_scores" in readable:
        record["proposed_limit"] = known.proposed_limit
        record["assessments"] = [_assessment(one) for one in known.history]
    if "credit_reports" in readable:
        record["reports"] = [_report(one) for one in known.reports]
    if conduct:
        record["conduct"] = asdict(conduct)
    seen = {
        "credit_grade": record.get("grade"),
        "credit_limit": known.limits,
        "credit_scores": known.history,
        "credit_reports": known.reports,
    }
    record_shown(viewer, CUSTOMER, {pk: seen}, at=at)
    return record


def _assessment(one: CreditAssessment) -> dict[str, Any]:
    names = ("id", "standard", "assessed_on", "score", "grade", "proposed_limit")
    return {name: getattr(one, name) for name in (*names, "scores", "weights")}


def _report(one: CreditReport) -> dict[str, Any]:
    names = ("id", "origin", "provider", "cost", "reported_on", "valid_until")
    return {name: getattr(one, name) for name in (*names, "findings", "place")}
