"""Assess how far a customer can be trusted with money, and decide it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from guanxi.customers.commands.report_cost import count_cost, discount_cost
from guanxi.customers.events import (
    CreditAssessed,
    CreditLimitSet,
    CreditReportAdded,
    CreditReportRemoved,
    CreditRulesChanged,
)
from guanxi.customers.models import (
    CreditAssessment,
    CreditLimit,
    CreditReport,
    CreditSetting,
    Customer,
    Traits,
)
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.credit import (
    CONDUCT,
    credit_rules,
    house_day,
    latest_grades,
    limit_in_force,
    report_of,
)
from guanxi.customers.rules.credit import (
    CREDIT_RULES,
    FACTORS,
    FULL,
    Conduct,
    CreditRules,
    Factor,
    Origin,
    Standard,
    careful_grade,
    grade_of,
    proposed_limit,
    weighted_score,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.arranged import rearrange
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish

LONGEST_EVIDENCE = 500
LONGEST_REASON = 200


class BadCredit(Refused):
    """An assessment, a report or a limit lacks what makes it good."""

    code = "bad_credit"


@dataclass(frozen=True)
class FactorScore:
    """What a person gives one factor, on what evidence; why not as computed."""

    score: int
    evidence: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ReportFacts:
    """What a credit report says, where it comes from and how long it holds."""

    origin: Origin
    reported_on: date
    valid_until: date
    findings: str
    provider: str = ""
    cost: Decimal | None = None
    place: str = ""


@command(needs="customer.assess")
def assess_credit(
    by: Actor,
    customer: Customer,
    standard: Standard,
    *,
    scores: Mapping[Factor, FactorScore],
    on: date,
    at: datetime,
) -> CreditAssessment:
    """
    Assess ``customer`` by ``standard``: five scores give a grade and propose a limit.

    What conduct computes is kept beside what the person set.

    :raises BadCredit: for a missing score or evidence, one beyond 0 to 100, another one
        than computed without a reason, or a day to come.
    """
    _require_writable(by, "credit_scores", "assess")
    if on > house_day(at):
        raise BadCredit(_("Choose today or an earlier day."), field="assessed_on")
    rules, conduct = credit_rules(), CONDUCT.ask(by, customer.pk, at=at)
    kept = {
        factor.value: _kept_score(factor, scores.get(factor), conduct)
        for factor in FACTORS[standard]
    }
    plain = {factor: one.score for factor, one in scores.items()}
    score = weighted_score(standard, plain, rules.weights)
    grade = grade_of(score, rules)
    made = CreditAssessment.objects.create(
        customer=customer,
        standard=standard,
        assessed_on=on,
        scores=kept,
        weights={f.value: rules.weights[f] for f in FACTORS[standard]},
        basis=_basis(conduct),
        score=score,
        grade=grade,
        proposed_limit=proposed_limit(grade, conduct.year_worth, rules)
        if conduct
        else None,
        assessed_at=at,
        assessed_by_id=by.actor_id,
    )
    _refresh(customer.pk)
    publish(
        CreditAssessed(
            customer_id=customer.pk,
            assessment_id=made.pk,
            standard=standard.value,
            grade=grade.value,
            at=at,
        )
    )
    return made


@command(needs="customer.assess")
def add_credit_report(
    by: Actor, customer: Customer, facts: ReportFacts, *, at: datetime
) -> CreditReport:
    """
    Keep a dated report about ``customer``; one renewed is a new report.

    What it cost counts as put into the customer.

    :raises BadCredit: without findings, for a purchased one without its provider and
        cost, or for days that cannot be.
    """
    _require_writable(by, "credit_reports", "assess")
    _require_report(facts, house_day(at))
    made = CreditReport.objects.create(
        customer=customer,
        recorded_at=at,
        recorded_by_id=by.actor_id,
        **{**asdict(facts), "findings": facts.findings.strip()},
    )
    publish(CreditReportAdded(**_about(made), at=at))
    count_cost(by, made, at=at)
    return made


@command(needs="customer.assess")
def remove_credit_report(
    by: Actor, customer: Customer, report_id: int, *, at: datetime
) -> None:
    """
    Remove a report that was recorded by mistake.

    :raises NotVisible: if ``customer`` has no such report.
    """
    _require_writable(by, "credit_reports", "assess")
    report = report_of(by, customer, report_id)
    publish(CreditReportRemoved(**_about(report), at=at))
    discount_cost(by, report, at=at)
    report.delete()


@command(needs="customer.grant")
def set_credit_limit(
    by: Actor,
    customer: Customer,
    amount: Decimal | None,
    *,
    reason: str,
    at: datetime,
    until_on: date | None = None,
) -> CreditLimit:
    """
    Decide how much ``customer`` may owe; None lifts the limit.

    :raises BadCredit: without a reason, below zero, or with an end in the past.
    """
    _require_writable(by, "credit_limit", "grant")
    plain = " ".join(reason.split())[:LONGEST_REASON]
    if not plain:
        raise BadCredit(_("Say why this limit is set."), field="reason")
    if amount is not None and amount < 0:
        raise BadCredit(_("Enter zero or more."), field="amount")
    if until_on and until_on < house_day(at):
        raise BadCredit(_("Choose today or a later day."), field="until_on")
    before = limit_in_force(customer.pk)
    made = CreditLimit.objects.create(
        customer=customer,
        amount=amount,
        until_on=until_on if amount is not None else None,
        reason=plain,
        set_at=at,
        set_by_id=by.actor_id,
    )
    _refresh(customer.pk)
    changes = changes_of(
        CUSTOMER,
        {"credit_limit": _shown_amount(before)},
        {"credit_limit": _shown_amount(made)},
    )
    event = CreditLimitSet(customer_id=customer.pk, limit_id=made.pk, at=at)
    publish(event, changes=changes)
    return made


@command(needs="credit_rule.edit")
def set_credit_rules(by: Actor, rules: CreditRules, *, at: datetime) -> CreditRules:
    """Decide anew about credit; assessments made before keep what they were made with."""
    before = _told(credit_rules())
    values = CREDIT_RULES.dump_python(rules, mode="json")
    CreditSetting.objects.update_or_create(pk=1, defaults={"values": values})
    rearrange()
    after = _told(rules)
    changes = {
        part: (before[part], after[part])
        for part in after
        if before[part] != after[part]
    }
    if changes:
        publish(CreditRulesChanged(at=at), changes=changes)
    return rules


@command(needs="customer.score")
def refresh_credit(by: Actor, customers: list[Customer]) -> None:
    """Work out grade and limit of ``customers`` anew, after rows of theirs have moved."""
    for customer in customers:
        _refresh(customer.pk)


def _refresh(customer_id: int) -> None:
    """Write the grade and the limit where lists read them."""
    limit = limit_in_force(customer_id)
    Traits.objects.filter(customer_id=customer_id).update(
        credit_grade=careful_grade(latest_grades(customer_id)),
        credit_limit=limit.amount if limit else None,
    )


def _kept_score(
    factor: Factor, given: FactorScore | None, conduct: Conduct | None
) -> dict[str, Any]:
    """Return what is kept of one factor."""
    if given is None or not 0 <= given.score <= FULL:
        raise _wrong("score", factor, _("Enter a score from 0 to 100."))
    computed = conduct.computed(factor) if conduct else None
    evidence = " ".join(given.evidence.split())[:LONGEST_EVIDENCE]
    reason = " ".join(given.reason.split())[:LONGEST_REASON]
    if computed is None and not evidence:
        raise _wrong("evidence", factor, _("Say what this score rests on."))
    if computed not in (None, given.score) and not reason:
        text = _("Orders give %(score)s. Say why you set another score.")
        raise _wrong("reason", factor, text % {"score": computed})
    return {
        "score": given.score,
        "evidence": evidence,
        "computed": computed,
        "reason": reason if computed not in (None, given.score) else "",
    }


def _wrong(name: str, factor: Factor, text: str) -> BadCredit:
    return BadCredit(text, field=f"{name}_{factor.value}")


def _basis(conduct: Conduct | None) -> dict[str, Any]:
    """Return what the scores were computed from, as JSON keeps it."""
    if conduct is None:
        return {}
    return {
        name: value if isinstance(value, int | None) else str(value)
        for name, value in asdict(conduct).items()
    }


def _require_report(facts: ReportFacts, today: date) -> None:
    if not facts.findings.strip():
        raise BadCredit(_("Write down what was found."), field="findings")
    if facts.reported_on > today:
        raise BadCredit(_("Choose today or an earlier day."), field="reported_on")
    if facts.valid_until < facts.reported_on:
        text = _("A report is valid at least on its own day.")
        raise BadCredit(text, field="valid_until")
    if facts.origin is not Origin.PURCHASED:
        return
    if not facts.provider.strip():
        raise BadCredit(_("Say who sold this report."), field="provider")
    if facts.cost is None or facts.cost < 0:
        raise BadCredit(_("Say what this report has cost."), field="cost")


def _require_writable(by: Actor, field: str, action: str) -> None:
    if field not in CUSTOMER.writable(by):
        raise Denied(CUSTOMER.permission(action))


def _about(report: CreditReport) -> dict[str, Any]:
    return {
        "customer_id": report.customer_id,
        "report_id": report.pk,
        "origin": str(report.origin),
    }


def _shown_amount(limit: CreditLimit | None) -> str:
    return "" if limit is None or limit.amount is None else str(limit.amount)


def _told(rules: CreditRules) -> dict[str, str]:
    """Return what the audit compares of the rules, part by part."""
    parts = CREDIT_RULES.dump_python(rules, mode="json")
    return {name: json.dumps(value) for name, value in parts.items()}
