"""What is put into a customer: contacts with their expense, other costs, and the sums."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from guanxi.customers.commands.credit import (
    ReportFacts,
    add_credit_report,
    remove_credit_report,
)
from guanxi.customers.commands.investment import (
    BadInvestment,
    change_investment,
    record_investment,
    restore_investment,
    trash_investment,
)
from guanxi.customers.commands.merge import merge_customers
from guanxi.customers.models import Customer, Investment
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.queries.investment import invested, investments_of
from guanxi.customers.rules.credit import Origin
from guanxi.customers.rules.investment import Aim, ContactMode
from guanxi.customers.tests.conftest import PERMISSIONS
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Conflict, Denied
from guanxi.foundation.models import Access, LoggedEvent
from guanxi.foundation.tables.where import parse
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_people, make_role, make_user
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
ALL = (
    "customer.read",
    *(f"investment.{act}" for act in ("read", "create", "edit", "delete")),
)


@pytest.fixture
def people(db: None) -> tuple[User, User, User]:
    """Owner, colleague and stranger, who keep such records too."""
    return make_people(*PERMISSIONS, *ALL)


def spend(customer: Customer, amount: str, aim: Aim = Aim.RETENTION) -> Investment:
    return record_investment(
        HOUSE, customer, at=NOON, aim=aim, amount=Decimal(amount), note="中秋礼盒"
    )


def test_given_a_visit_when_logged_on_the_pages_then_time_place_mode_and_expense_stay(
    owner: User, customer: Customer
) -> None:
    client = signed_in(owner)
    sent = {
        "mode": "visit",
        "happened_at": "2026-03-02T10:30",
        "place": "客户展厅",
        "aim": "acquisition",
        "amount": "86.50",
        "note": "看现场",
    }
    new = reverse("customers:new_contact", args=[customer.pk])
    assert client.post(new, sent).status_code == 302
    cost = reverse("customers:new_cost", args=[customer.pk])
    sent = {"aim": "retention", "amount": "268", "happened_at": "2026-03-03T09:00"}
    assert client.post(cost, sent).status_code == 302
    html = client.get(reverse("customers:data_bank", args=[customer.pk])).text
    for told in ("上门拜访", "客户展厅", "¥86.50", "¥268.00", "¥354.50", "看现场"):
        assert told in html
    panel = client.get(reverse("customers:data_bank_panel", args=[customer.pk])).text
    assert "¥354.50" in panel
    names = LoggedEvent.objects.filter(kind="investment").values_list("name", flat=True)
    assert set(names) == {"customers.ContactLogged", "customers.CostRecorded"}
    seen = Access.objects.filter(kind="investment", act="view")
    assert seen.count() == 1


def test_sums_are_kept_apart_by_their_aims(owner: User, customer: Customer) -> None:
    spend(customer, "100.10")
    spend(customer, "50", Aim.ACQUISITION)
    record_investment(HOUSE, customer, at=NOON, mode=ContactMode.PHONE)
    trash_investment(HOUSE, spend(customer, "999"), at=NOON)
    known = invested(owner, customer)
    assert (known.entries, known.contacts, known.last_contact_at) == (3, 1, NOON)
    assert known.spent is not None
    assert (known.spent.acquisition, known.spent.service) == (Decimal(50), Decimal(0))
    assert known.spent.retention == Decimal("100.10")
    assert known.spent.total == Decimal("150.10")


@pytest.mark.parametrize(
    "facts",
    [
        {"amount": Decimal(0)},
        {"amount": Decimal(-1)},
        {"amount": Decimal("0.001")},
        {"mode": ContactMode.VISIT, "happened_at": NOON + timedelta(minutes=1)},
        {"mode": ContactMode.VISIT, "place": "街" * 121},
    ],
)
def test_what_cannot_be_is_refused(
    customer: Customer, facts: dict[str, object]
) -> None:
    with pytest.raises(BadInvestment):
        record_investment(HOUSE, customer, at=NOON, **facts)  # type: ignore[arg-type]  # -- on purpose
    assert Investment.objects.count() == 0


def test_given_a_change_meanwhile_when_changed_then_told(customer: Customer) -> None:
    found = spend(customer, "10")
    change_investment(HOUSE, found, at=NOON, amount=Decimal(12), version=1)
    with pytest.raises(Conflict):
        change_investment(HOUSE, found, at=NOON, amount=Decimal(13), version=1)
    row = LoggedEvent.objects.get(name="customers.InvestmentChanged")
    assert row.changes == {"amount": ["10.00", "12.00"]}
    change_investment(HOUSE, found, at=NOON, amount=Decimal(12))
    assert LoggedEvent.objects.filter(name="customers.InvestmentChanged").count() == 1


def test_given_the_trash_when_undone_then_it_counts_again(
    owner: User, customer: Customer
) -> None:
    found = spend(customer, "10")
    client = signed_in(owner)
    client.post(reverse("customers:no_investment", args=[found.pk]))
    assert list(investments_of(owner, customer)) == []
    client.post(reverse("customers:investment_back", args=[found.pk]))
    assert list(investments_of(owner, customer)) == [found]
    restore_investment(HOUSE, found, at=NOON)
    assert LoggedEvent.objects.filter(name="customers.InvestmentRestored").count() == 1


def test_given_a_role_without_amounts_then_no_page_no_sum_and_no_list_tells_them(
    customer: Customer,
) -> None:
    record_investment(
        HOUSE, customer, at=NOON, mode=ContactMode.MEAL, amount=Decimal("77.77")
    )
    rights = ("customer.read", "investment.read", "investment.create")
    role = make_role(
        dict.fromkeys(rights, Depth.ALL), {"investment.amount": Level.HIDDEN}
    )
    clerk = make_user("文员", roles=[role])
    client = signed_in(clerk)
    for name in ("customers:data_bank", "customers:data_bank_panel"):
        html = client.get(reverse(name, args=[customer.pk])).text
        assert "77.77" not in html
    assert "77.77" not in client.get(reverse("customers:investments")).text
    page = client.get(reverse("customers:customer", args=[customer.pk])).text
    assert "77.77" not in page
    with pytest.raises(Denied):
        record_investment(clerk, customer, at=NOON, amount=Decimal(1))
    sent = {"mode": "phone", "aim": "service", "happened_at": "2026-03-02T10:30"}
    new = reverse("customers:new_contact", args=[customer.pk])
    assert client.post(new, sent).status_code == 302


def test_given_two_that_become_one_then_what_was_spent_comes_together(
    owner: User, customer: Customer
) -> None:
    other = make_customer("李强", owner=customer.owner, team=customer.team)
    spend(other, "30")
    spend(customer, "20")
    merge_customers(HOUSE, customer, other, choices={}, at=NOON)
    known = invested(owner, customer)
    assert known.spent is not None
    assert known.spent.total == Decimal(50)


def test_segments_ask_for_contacts_and_for_what_was_spent(
    owner: User, customer: Customer
) -> None:
    make_customer("别人", owner=customer.owner, team=customer.team)
    record_investment(
        HOUSE, customer, at=NOON, mode=ContactMode.VISIT, amount=Decimal(80)
    )
    spend(customer, "30")
    criteria = Criteria(owner, NOON + timedelta(hours=1))
    for asked in ("spent_sum.least.(30d,110)", "logged_contacts.least.(30d,1)"):
        assert list(criteria.fitting(parse(asked))) == [customer]
    assert list(criteria.fitting(parse("spent_sum.least.(30d,111)"))) == []


def test_a_program_records_reads_changes_and_takes_back(
    owner: User, customer: Customer
) -> None:
    call = Program(token_of(owner, *ALL))
    sent = {"mode": "wechat", "aim": "service", "amount": "12.50", "note": "发目录"}
    new = call.post(f"/customers/{customer.pk}/investments", sent).json()
    assert (new["mode"], new["amount"], new["customer_id"]) == (
        "wechat",
        "12.50",
        customer.pk,
    )
    path = f"/investments/{new['id']}"
    assert call.send("PATCH", path, {"amount": "13"}).json()["amount"] == "13.00"
    told = call.get(f"/customers/{customer.pk}/investment").json()
    assert (told["contacts"], told["total"], told["service"]) == (1, "13.00", "13.00")
    assert [one["id"] for one in call.get("/investments").json()["items"]] == [
        new["id"]
    ]
    assert call.send("DELETE", path).status_code == 204
    assert call.get(path).status_code == 404
    assert call.post(f"{path}/restoration", {}).status_code == 200


def _report(cost: str | None) -> ReportFacts:
    day = NOON.date()
    return ReportFacts(
        origin=Origin.PURCHASED if cost else Origin.OWN,
        reported_on=day,
        valid_until=day,
        findings="正常",
        provider="资信公司" if cost else "",
        cost=Decimal(cost) if cost else None,
    )


def test_given_a_bought_credit_report_then_its_cost_counts_without_a_word_of_it() -> (
    None
):
    customer = make_customer("张伟")
    role = make_role(dict.fromkeys(("customer.read", "customer.assess"), Depth.ALL))
    analyst = make_user("信用员", roles=[role])
    report = add_credit_report(analyst, customer, _report("300"), at=NOON)
    add_credit_report(analyst, customer, _report(None), at=NOON)
    (entry,) = investments_of(HOUSE, customer)
    assert (entry.amount, entry.aim, entry.mode, entry.note) == (
        Decimal("300.00"),
        "acquisition",
        "",
        "",
    )
    assert entry.made_by == analyst
    remove_credit_report(analyst, customer, report.pk, at=NOON)
    assert list(investments_of(HOUSE, customer)) == []
