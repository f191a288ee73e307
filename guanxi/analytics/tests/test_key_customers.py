"""The key customer rule, what people say to its proposals, and core customers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.commands.analysis import run_analysis, set_analysis_settings
from guanxi.analytics.commands.key_proposal import (
    ProposalSettled,
    accept_key_proposal,
    decline_key_proposal,
    reopen_key_proposal,
)
from guanxi.analytics.models import KeyProposal
from guanxi.analytics.science.core import main_share
from guanxi.analytics.science.key_customer import (
    KeyFigures,
    KeySettings,
    has_moved,
    is_key,
)
from guanxi.analytics.tests.factories import make_key_proposal
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.models import Customer, Segment
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.tests.factories import make_administrator, make_role, make_user
from guanxi.sales.commands.line import NewLine
from guanxi.sales.tests.factories import make_order, make_product
from tests.callers import Program, token_of

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
HOUSE = System("test")
pytestmark = pytest.mark.django_db(transaction=True)
RULE = {"period_days": 30, "orders": 2, "amount": "300", "profit_rate": "20"}


@pytest.fixture(autouse=True)
def _own_warehouse(settings: Settings, tmp_path: Path) -> None:
    settings.WAREHOUSE_ROOT = tmp_path


def figures(orders: int, amount: str, rate: str | None) -> KeyFigures:
    return KeyFigures(orders, Decimal(amount), None if rate is None else Decimal(rate))


@pytest.mark.parametrize(
    ("reached", "answer"),
    [
        (figures(12, "100000", "20"), True),
        (figures(11, "100000", "20"), False),
        (figures(12, "99999.99", "20"), False),
        (figures(12, "100000", "19.9"), False),
        (figures(12, "100000", None), None),
        (figures(1, "100000", None), False),
    ],
)
def test_all_that_is_asked_must_be_reached(
    reached: KeyFigures, *, answer: bool | None
) -> None:
    assert is_key(reached, KeySettings()) is answer


def test_given_no_question_then_there_is_no_rule() -> None:
    with pytest.raises(ValueError, match="something"):
        KeySettings(orders=None, amount=None, profit_rate=None)


def test_a_figure_has_moved_from_a_fifth_on() -> None:
    old = figures(10, "1000", "20")
    assert not has_moved(old, figures(11, "1199", "23.9"))
    assert has_moved(old, figures(12, "1000", "20"))
    assert has_moved(old, figures(10, "1000", None))


def test_the_main_share_is_of_the_fewest_who_bring_it() -> None:
    values, ids = np.array([50, 300, -20, 600, 50]), np.array([1, 2, 3, 4, 5])
    assert main_share(values, ids, 60).tolist() == [3]
    assert main_share(values, ids, 80).tolist() == [3, 1]
    assert main_share(values, ids, 95).tolist() == [3, 1, 0]
    assert main_share(np.array([0, -1]), np.array([1, 2]), 80).tolist() == []


def sell(customer: Customer, *amounts: str, cost: str | None = "60.00") -> None:
    """Place an order for each of ``amounts``, of goods at 100 that cost us ``cost``."""
    price = None if cost is None else Decimal(cost)
    goods = make_product("椅子", cost=price)
    for number, amount in enumerate(amounts):
        line = NewLine(
            name="椅子",
            product=goods,
            quantity=Decimal(amount) / 100,
            unit_price=Decimal(100),
        )
        make_order(customer, lines=[line], at=AT - timedelta(days=number + 1))


def analyse() -> dict[str, bool]:
    """Run the analysis by ``RULE``; return who is open to become a key customer or not."""
    set_analysis_settings(HOUSE, values={"key": RULE}, at=AT)
    run_analysis(HOUSE, as_of=DAY, at=AT)
    rows = KeyProposal.objects.filter(state="open").select_related("customer")
    return {row.customer.name: row.becomes_key for row in rows}


def test_given_orders_when_analyzed_then_who_reaches_the_rule_is_proposed() -> None:
    sell(make_customer("达到"), "200", "200")
    sell(make_customer("次数少"), "900")
    sell(make_customer("利润低"), "200", "200", cost="90.00")
    sell(make_customer("成本未知"), "200", "200", cost=None)
    sell(make_customer("已是"), "200", "200")
    Customer.objects.filter(name="已是").update(is_key=True)
    make_customer("不再", is_key=True)
    objects = make_customer("拒绝画像")
    sell(objects, "500", "500")
    limit_processing(HOUSE, objects, LimitKind.PROFILING, reason="来电", at=AT)

    assert analyse() == {"达到": True, "不再": False}
    row = KeyProposal.objects.get(customer__name="达到")
    assert row.figures == figures(2, "400.00", "40.0")


def test_given_a_declined_proposal_then_it_returns_once_the_facts_change() -> None:
    customer = make_customer("达到")
    sell(customer, "200", "200")
    analyse()
    proposal = KeyProposal.objects.get()
    decline_key_proposal(HOUSE, proposal, at=AT)
    assert analyse() == {}
    sell(customer, "20")
    assert analyse() == {"达到": True}


def test_given_a_proposal_when_accepted_and_undone_then_the_flag_follows() -> None:
    proposal = make_key_proposal(make_customer("王芳"))
    accept_key_proposal(HOUSE, proposal, at=AT)
    assert Customer.objects.get().is_key
    with pytest.raises(ProposalSettled):
        decline_key_proposal(HOUSE, proposal, at=AT)
    reopen_key_proposal(HOUSE, proposal, at=AT)
    assert not Customer.objects.get().is_key
    names = LoggedEvent.objects.filter(kind="key_proposal").order_by("pk")
    assert [n.rpartition(".")[2] for n in names.values_list("name", flat=True)] == [
        "KeyProposalAccepted",
        "KeyProposalReopened",
    ]


def test_given_the_list_when_accepted_in_bulk_then_it_can_be_undone() -> None:
    client = Client()
    client.force_login(make_administrator())
    proposal = make_key_proposal(make_customer("王芳"))
    page = client.get("/insight/key-customers/").content.decode()
    assert "15 笔订单（至少 12）" in page
    assert "利润率 31.5%（至少 20%）" in page
    assert "/insight/key-customers/rule/" in page
    asked = {"action": "accept", "pk": [str(proposal.pk)]}
    client.post("/insight/key-customers/", asked)
    assert Customer.objects.get().is_key


def test_given_no_right_to_costs_then_the_profit_rate_is_not_told() -> None:
    rights = ("customer.read", "key_proposal.read")
    viewer = make_user(roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    make_key_proposal(make_customer("王芳"))
    client = Client()
    client.force_login(viewer)
    page = client.get("/insight/key-customers/").content.decode()
    assert "15 笔订单（至少 12）" in page
    assert "31.5" not in page


def test_given_the_rule_when_changed_then_other_thresholds_stay() -> None:
    client = Client()
    client.force_login(make_administrator())
    set_analysis_settings(HOUSE, values={"state": {"loyal_days": 7}}, at=AT)
    answer = client.post(
        "/insight/key-customers/rule/", {"period_days": "90", "orders": "5"}
    )
    assert answer.status_code == 302
    page = client.get("/insight/thresholds/").content.decode()
    assert 'value="7"' in page
    nothing = client.post("/insight/key-customers/rule/", {"period_days": "90"})
    assert nothing.status_code == 422


def test_given_profits_then_the_core_customers_are_listed_taken_out_and_kept() -> None:
    sell(make_customer("甲"), "600")
    sell(make_customer("乙"), "300")
    sell(make_customer("丙"), "50")
    sell(make_customer("丁"), "900", cost="100.00")
    analyse()
    client = Client()
    client.force_login(make_administrator())
    asked = "first_on=2026-02-01&last_on=2026-03-02&percent=80&by=profit"
    page = client.get(f"/insight/core/?{asked}").content.decode()
    assert "¥240.00" in page
    assert "63.2%" in page
    assert "丙" not in page
    file = client.get(f"/insight/core/export/?{asked}")
    told = b"".join(file).decode("utf-8-sig").splitlines()
    assert [line.split('"')[5] for line in told[1:]] == ["甲", "乙"]
    client.post(f"/insight/core/segment/?{asked}")
    assert Segment.objects.get().members == 2
    by_amount = client.get("/insight/core/?by=amount&percent=40").content.decode()
    assert "丁" in by_amount


def test_given_part_of_the_customers_then_only_they_make_the_sum() -> None:
    rights = {"analysis.read": Depth.ALL, "customer.read": Depth.OWN}
    viewer = make_user(roles=[make_role(rights)])
    sell(make_customer("别人的"), "9000")
    sell(make_customer("自己的", owner=viewer), "100")
    analyse()
    client = Client()
    client.force_login(viewer)
    page = client.get("/insight/core/?by=profit").content.decode()
    assert "自己的" not in page  # profits are not for who may not know costs
    page = client.get("/insight/core/").content.decode()
    assert "自己的" in page
    assert "别人的" not in page
    assert "9,000" not in page


def test_given_a_program_when_it_decides_then_the_proposal_is_carried_out() -> None:
    proposal = make_key_proposal(make_customer("王芳"))
    scopes = ("key_proposal.read", "key_proposal.decide", "customer.read")
    program = Program(token_of(make_administrator(), *scopes, "customer.edit"))
    (row,) = program.get("/key-proposals").json()["items"]
    assert (row["id"], row["customer"], row["state"]) == (proposal.pk, "王芳", "open")
    place = f"/key-proposals/{proposal.pk}"
    assert program.post(f"{place}/acceptance").json()["state"] == "accepted"
    assert Customer.objects.get().is_key
    again = program.post(f"{place}/refusal")
    assert (again.status_code, again.json()["code"]) == (400, "proposal_settled")
    assert program.post(f"{place}/reopening").json()["state"] == "open"
    assert not Customer.objects.get().is_key
    assert program.post(f"{place}/refusal").json()["state"] == "declined"
    assert program.get(place).json()["state"] == "declined"


def test_given_profits_when_a_program_asks_then_it_gets_the_core_page_by_page() -> None:
    sell(make_customer("甲"), "600")
    sell(make_customer("乙"), "300")
    sell(make_customer("丙"), "50")
    analyse()
    scopes = ("analysis.read", "customer.read", "product.read")
    program = Program(token_of(make_administrator(), *scopes))
    asked = {"first_on": "2026-02-01", "last_on": "2026-03-02"}
    page = program.get("/core-customers", size=1, **asked).json()
    assert (page["by"], page["count"], page["among"]) == ("profit", 2, 3)
    assert page["total"] == "380.00"
    first = page["items"][0]
    assert (first["name"], first["rank"], first["value"]) == ("甲", 1, "240.00")
    rest = program.get("/core-customers", size=1, after=page["next"], **asked).json()
    assert [row["name"] for row in rest["items"]] == ["乙"]
    assert rest["next"] is None
    turned = {"first_on": "2026-03-02", "last_on": "2026-02-01"}
    wrong = program.get("/core-customers", **turned)
    assert wrong.json()["errors"][0]["field"] == "last_on"


def test_given_no_right_to_costs_then_a_program_gets_amounts_of_its_own_alone() -> None:
    rights = {"analysis.read": Depth.ALL, "customer.read": Depth.OWN}
    viewer = make_user(roles=[make_role(rights)])
    sell(make_customer("别人的"), "9000")
    sell(make_customer("自己的", owner=viewer), "100")
    analyse()
    program = Program(token_of(viewer))
    page = program.get("/core-customers").json()
    assert (page["by"], page["total"]) == ("amount", "100.00")
    assert [row["name"] for row in page["items"]] == ["自己的"]
    refused = program.get("/core-customers", by="profit")
    assert refused.json()["errors"][0]["field"] == "by"
