"""Credit: the laws, the commands, the pages and the interface for programs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.customers.commands.credit import (
    BadCredit,
    FactorScore,
    ReportFacts,
    add_credit_report,
    assess_credit,
    set_credit_limit,
    set_credit_rules,
)
from guanxi.customers.models import CreditAssessment, CreditReport, Customer, Traits
from guanxi.customers.queries.credit import credit_of, credit_rules, due_reports
from guanxi.customers.rules.credit import (
    FACTORS,
    CreditRules,
    Due,
    Factor,
    Grade,
    Origin,
    Standard,
    character_score,
    conduct_from,
    grade_of,
    payment_score,
    proposed_limit,
    weighted_score,
)
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import Access, LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

RIGHTS = ("read", "credit", "assess", "grant")
TODAY = date(2026, 3, 2)


@pytest.fixture
def assessor(owner: User) -> User:
    depths = {f"customer.{action}": Depth.TEAM for action in RIGHTS}
    return make_user("信用员", roles=[make_role(depths)], team=owner.team)


def scores(standard: Standard, *points: int) -> dict[Factor, FactorScore]:
    pairs = zip(FACTORS[standard], points, strict=True)
    return {factor: FactorScore(point, "实地走访") for factor, point in pairs}


def assess(by: User, customer: Customer, *points: int) -> CreditAssessment:
    given = scores(Standard.FIVE_C, *points)
    return assess_credit(
        by, customer, Standard.FIVE_C, scores=given, on=NOON.date(), at=NOON
    )


# 30 × 80 + 25 × 60 + 20 × 70 + 15 × 50 + 10 × 90 = 6950; ÷ 100
def test_score_is_the_weighted_mean() -> None:
    points = dict(zip(FACTORS[Standard.FIVE_C], (80, 60, 70, 50, 90), strict=True))
    score = weighted_score(Standard.FIVE_C, points, CreditRules().weights)
    assert score == Decimal("69.5")


@pytest.mark.parametrize(
    ("score", "grade"),
    [("80", "A"), ("79.9", "B"), ("65", "B"), ("50", "C"), ("49.9", "D"), ("0", "D")],
)
def test_grade_is_the_best_that_is_reached(score: str, grade: str) -> None:
    assert grade_of(Decimal(score), CreditRules()) == grade


# 2 months × 123,456 ÷ 12 = 20,576
def test_limit_is_months_of_usual_purchases_rounded_down() -> None:
    limit = proposed_limit(Grade.B, Decimal("123456"), CreditRules())
    assert limit == Decimal(20_500)
    assert proposed_limit(Grade.D, Decimal("123456"), CreditRules()) == 0


def test_rules_without_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="cutoffs"):
        CreditRules(cutoffs={Grade.A: 50, Grade.B: 65, Grade.C: 10})
    with pytest.raises(ValueError, match="weights"):
        CreditRules(weights=dict.fromkeys(Factor, 0))


def test_character_counts_promises_kept_less_breaches() -> None:
    assert character_score(4, 3, 0) == 75
    assert character_score(4, 3, 1) == 55
    assert character_score(4, 0, 2) == 0
    assert character_score(0, 0, 0) is None


# 1 − (100 × 45 + 300 × 0) ÷ (400 × 90) = 0.875; half to even gives 88
def test_payment_weighs_amounts_by_days_late() -> None:
    assert payment_score([(Decimal(100), 45), (Decimal(300), 0)], 90) == 88
    assert payment_score([(Decimal(100), 200)], 90) == 0
    assert payment_score([], 90) is None


def test_conduct_tells_on_time_late_overdue_and_breaches() -> None:
    dues = [
        Due(Decimal(100), date(2026, 1, 1), date(2026, 1, 1)),
        Due(Decimal(200), date(2026, 1, 1), date(2026, 1, 11)),
        Due(Decimal(300), date(2025, 11, 1), None),
    ]
    told = conduct_from(dues, today=TODAY, since_on=date(2024, 3, 2), breach_days=90)
    assert (told.due, told.on_time, told.late, told.breaches) == (3, 1, 2, 1)
    assert (told.amount_due, told.amount_late) == (Decimal(600), Decimal(500))
    assert (told.overdue, told.overdue_amount) == (1, Decimal(300))
    # Late by 10 and by 121 days.
    assert (told.mean_days, told.longest_days) == (66, 121)
    assert told.character == 13


@pytest.mark.django_db
def test_given_scores_when_assessed_then_grade_stands_in_list_and_history(
    assessor: User, customer: Customer
) -> None:
    assess(assessor, customer, 90, 90, 90, 90, 90)
    assert Traits.objects.get(customer=customer).credit_grade == "A"
    again = assess(assessor, customer, 55, 55, 55, 55, 55)
    assert (again.grade, again.score) == (Grade.C, Decimal("55.0"))
    assert Traits.objects.get(customer=customer).credit_grade == "C"
    known = credit_of(assessor, customer)
    assert [one.grade for one in known.history] == ["C", "A"]
    names = LoggedEvent.objects.filter(party_id=customer.pk).values_list("name")
    assert ("customers.CreditAssessed",) in names


@pytest.mark.django_db
def test_given_both_standards_then_the_worse_grade_counts(
    assessor: User, customer: Customer
) -> None:
    assess(assessor, customer, 90, 90, 90, 90, 90)
    given = scores(Standard.FIVE_P, 60, 60, 60, 60, 60)
    assess_credit(
        assessor, customer, Standard.FIVE_P, scores=given, on=NOON.date(), at=NOON
    )
    assert credit_of(assessor, customer).grade == "C"
    assert Traits.objects.get(customer=customer).credit_grade == "C"


@pytest.mark.django_db
def test_given_no_evidence_or_a_score_beyond_then_refused(
    assessor: User, customer: Customer
) -> None:
    given = scores(Standard.FIVE_C, 90, 90, 90, 90, 101)
    given[Factor.CHARACTER] = FactorScore(90, " ")
    with pytest.raises(BadCredit) as refused:
        assess_credit(
            assessor, customer, Standard.FIVE_C, scores=given, on=TODAY, at=NOON
        )
    assert refused.value.field == "evidence_character"
    assert CreditAssessment.objects.count() == 0


@pytest.mark.django_db
def test_given_purchased_report_then_provider_and_cost_are_needed(
    assessor: User, customer: Customer
) -> None:
    day = NOON.date()
    bare = ReportFacts(Origin.PURCHASED, day, day, "无不良记录")
    with pytest.raises(BadCredit) as refused:
        add_credit_report(assessor, customer, bare, at=NOON)
    assert refused.value.field == "provider"
    whole = ReportFacts(
        Origin.PURCHASED, day, day, "无不良记录", "华信资信", Decimal(480), "柜 3"
    )
    made = add_credit_report(assessor, customer, whole, at=NOON)
    assert (made.provider, made.cost, made.place) == ("华信资信", Decimal(480), "柜 3")


@pytest.mark.django_db
def test_given_reports_when_due_then_only_the_latest_that_ends_soon(
    assessor: User, customer: Customer
) -> None:
    day = NOON.date()
    old = ReportFacts(Origin.OWN, day, day, "旧")
    add_credit_report(assessor, customer, old, at=NOON)
    assert [one.findings for one in due_reports(assessor, today=day)] == ["旧"]
    long = ReportFacts(Origin.OWN, day, day + timedelta(days=365), "新")
    add_credit_report(assessor, customer, long, at=NOON)
    assert list(due_reports(assessor, today=day)) == []


@pytest.mark.django_db
def test_given_limit_when_set_then_reason_needed_and_audit_keeps_no_amount(
    assessor: User, customer: Customer
) -> None:
    with pytest.raises(BadCredit):
        set_credit_limit(assessor, customer, Decimal(1), reason=" ", at=NOON)
    set_credit_limit(assessor, customer, Decimal(5000), reason="老客户", at=NOON)
    assert Traits.objects.get(customer=customer).credit_limit == Decimal(5000)
    logged = LoggedEvent.objects.get(name="customers.CreditLimitSet")
    assert logged.changes == {"credit_limit": ["", "…"]}


@pytest.mark.django_db
def test_given_expired_limit_then_nothing_may_be_owed(
    assessor: User, customer: Customer
) -> None:
    day = NOON.date()
    made = set_credit_limit(
        assessor, customer, Decimal(5000), reason="短期", until_on=day, at=NOON
    )
    assert made.on(day) == Decimal(5000)
    assert made.on(day + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_given_other_rules_when_set_then_they_hold_and_are_audited(admin: User) -> None:
    set_credit_rules(admin, CreditRules(breach_days=60), at=NOON)
    assert credit_rules().breach_days == 60
    logged = LoggedEvent.objects.get(name="customers.CreditRulesChanged")
    assert logged.changes == {"breach_days": ["90", "60"]}


@pytest.mark.django_db
def test_given_hidden_scores_when_assessing_then_denied_and_nothing_shown(
    owner: User, customer: Customer
) -> None:
    depths = {f"customer.{action}": Depth.TEAM for action in RIGHTS}
    hidden = {"customer.credit_scores": Level.HIDDEN}
    blind = make_user("无权", roles=[make_role(depths, hidden)], team=owner.team)
    with pytest.raises(Denied):
        assess(blind, customer, 90, 90, 90, 90, 90)
    assert credit_of(blind, customer).history == []


@pytest.mark.django_db
def test_given_pages_when_a_person_works_then_credit_is_kept_and_shown(
    assessor: User, customer: Customer, client: Client
) -> None:
    client.force_login(assessor)
    url = reverse("customers:assess", args=[customer.pk, "5p"])
    assert "还款因素" in client.get(url).content.decode()
    day = date.today().isoformat()  # noqa: DTZ011 -- the page asks the clock, too
    form = {"assessed_on": day}
    for factor in FACTORS[Standard.FIVE_P]:
        form |= {f"score_{factor}": "85", f"evidence_{factor}": "银行证明"}
    answer = client.post(url, form)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "银行证明" in page
    assert "85.0" in page
    panel = reverse("customers:credit_panel", args=[customer.pk])
    assert "5P 标准" in client.get(panel).content.decode()
    seen = Access.objects.filter(kind="customer", subject_id=customer.pk)
    assert any("credit_scores" in one.fields for one in seen)


@pytest.mark.django_db
def test_given_wrong_score_when_sent_then_the_field_says_so(
    assessor: User, customer: Customer, client: Client
) -> None:
    client.force_login(assessor)
    url = reverse("customers:assess", args=[customer.pk, "5c"])
    answer = client.post(url, {"assessed_on": "2026-03-02"})
    assert answer.status_code == 422
    assert 'id="id_score_character_error"' in answer.content.decode()


@pytest.mark.django_db
def test_given_report_when_renewed_and_removed_then_history_says_so(
    assessor: User, customer: Customer, client: Client
) -> None:
    day = NOON.date()
    facts = ReportFacts(
        Origin.PURCHASED, day, day, "旧", "华信资信", Decimal(480), "柜 3"
    )
    old = add_credit_report(assessor, customer, facts, at=NOON)
    client.force_login(assessor)
    due = client.get(reverse("customers:credit_due")).content.decode()
    assert "华信资信" in due
    url = reverse("customers:new_credit_report", args=[customer.pk])
    assert "华信资信" in client.get(f"{url}?renews={old.pk}").content.decode()
    gone = reverse("customers:no_credit_report", args=[customer.pk, old.pk])
    assert client.post(gone).status_code == 302
    assert CreditReport.objects.count() == 0


@pytest.mark.django_db
def test_given_rules_page_when_saved_then_the_rules_are_kept(
    admin: User, client: Client
) -> None:
    client.force_login(admin)
    url = reverse("customers:credit_rules")
    shown = client.get(url).context["form"]
    form = {name: shown[name].value() for name in shown.fields}
    wrong = client.post(url, form | {"cutoff_A": "10"})
    assert wrong.status_code == 422
    assert client.post(url, form | {"cutoff_A": "85"}).status_code == 302
    assert credit_rules().cutoffs[Grade.A] == 85


@pytest.mark.django_db
def test_given_grade_then_the_list_filters_by_it(
    assessor: User, owner: User, client: Client
) -> None:
    made = [
        make_customer(name, owner=owner, team=owner.team, traits={"credit_grade": g})
        for name, g in (("甲公司", "A"), ("乙公司", "D"))
    ]
    client.force_login(assessor)
    url = reverse("customers:customers")
    page = client.get(url, {"where": "credit_grade.in.A"}).content.decode()
    assert made[0].name in page
    assert made[1].name not in page
