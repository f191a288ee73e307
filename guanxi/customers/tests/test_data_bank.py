"""The data bank: studies and observations, its sheet, and the budget of a segment."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from guanxi.customers.commands.data_set import BadDataSet, add_data_set
from guanxi.customers.commands.finding import BadFinding, add_finding, trash_finding
from guanxi.customers.commands.investment import record_investment
from guanxi.customers.commands.segment import (
    SegmentFacts,
    SegmentPlan,
    create_segment,
)
from guanxi.customers.commands.segment_member import add_members, remove_members
from guanxi.customers.models import Customer, DataSet, Finding, Segment
from guanxi.customers.queries.segment_budget import budget_use
from guanxi.customers.rules.finding import FindingKind, FindingSource
from guanxi.customers.rules.investment import Aim
from guanxi.customers.rules.segment import Membership
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_role,
    make_user,
)
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db
HOUSE = System("tests")


def seen(customer: Customer, text: str = "先看价签") -> Finding:
    return add_finding(
        HOUSE,
        customer,
        FindingKind.BEHAVIOR,
        at=NOON,
        source=FindingSource.INSTRUMENT,
        found_at=NOON,
        provider="客流摄像头",
        place="南京路店",
        text=text,
    )


def test_given_a_bought_study_when_added_on_the_page_then_it_stands_in_the_second_part(
    owner: User, customer: Customer
) -> None:
    client = signed_in(owner)
    sent = {
        "about": "competitor",
        "source": "purchased",
        "provider": "华信咨询",
        "found_at": "2026-03-02T10:30",
        "confidence": "low",
        "text": "去年向同行订了两批货",
    }
    new = reverse("customers:new_finding", args=[customer.pk])
    assert client.post(new, sent).status_code == 302
    html = client.get(reverse("customers:data_bank", args=[customer.pk])).text
    second = html[html.index("2. 统计分析资料") :]
    for told in (
        "与其他竞争者的交易",
        "购买",
        "华信咨询",
        "去年向同行订了两批货",
        "低",
    ):
        assert told in second
    event = LoggedEvent.objects.get(name="customers.FindingAdded")
    assert "同行" not in str(event.payload)


def test_given_an_observation_when_recorded_then_time_place_and_observer_stay(
    owner: User, customer: Customer
) -> None:
    client = signed_in(owner)
    sent = {
        "source": "person",
        "provider": "调查员小周",
        "place": "南京路店",
        "found_at": "2026-03-02T10:30",
        "text": "在布艺区停留二十分钟",
    }
    new = reverse("customers:new_observation", args=[customer.pk])
    assert client.post(new, sent).status_code == 302
    html = client.get(reverse("customers:data_bank", args=[customer.pk])).text
    for told in ("人员观察", "调查员小周", "南京路店", "在布艺区停留二十分钟"):
        assert told in html
    page = client.get(reverse("customers:customer", args=[customer.pk])).text
    assert "已登记：现场观察的行为（人员观察）" in page
    assert client.post(new, {**sent, "place": ""}).status_code == 422


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (FindingKind.ATTITUDE, {"source": FindingSource.PERSON}),
        (FindingKind.BEHAVIOR, {"source": FindingSource.SURVEY}),
        (FindingKind.BEHAVIOR, {"place": ""}),
        (FindingKind.BEHAVIOR, {"provider": " "}),
        (FindingKind.BEHAVIOR, {"found_at": NOON + timedelta(minutes=1)}),
        (FindingKind.BEHAVIOR, {"text": ""}),
    ],
)
def test_what_cannot_be_is_refused(
    customer: Customer, kind: FindingKind, facts: dict[str, object]
) -> None:
    sound = {
        "source": FindingSource.PERSON,
        "found_at": NOON,
        "provider": "小周",
        "place": "门店",
        "text": "先看价签",
    }
    with pytest.raises(BadFinding):
        add_finding(HOUSE, customer, kind, at=NOON, **{**sound, **facts})  # type: ignore[arg-type]  # -- on purpose
    assert Finding.objects.count() == 0


def test_given_a_role_without_findings_then_neither_page_nor_program_tells(
    customer: Customer,
) -> None:
    seen(customer, "独自逛了一小时")
    role = make_role({"customer.read": Depth.ALL}, {"customer.findings": Level.HIDDEN})
    clerk = make_user("文员", roles=[role])
    html = signed_in(clerk).get(reverse("customers:data_bank", args=[customer.pk])).text
    assert "独自逛了一小时" not in html
    call = Program(token_of(clerk, "customer.read"))
    assert call.get(f"/customers/{customer.pk}/findings").status_code == 404


def test_given_the_trash_then_a_finding_is_gone_and_comes_back(
    owner: User, customer: Customer
) -> None:
    found = seen(customer)
    trash_finding(HOUSE, customer, found.pk, at=NOON)
    call = Program(token_of(owner, "customer.read"))
    assert call.get(f"/customers/{customer.pk}/findings").json() == {"items": []}
    back = reverse("customers:finding_back", args=[customer.pk, found.pk])
    signed_in(owner).post(back)
    told = call.get(f"/customers/{customer.pk}/findings").json()["items"]
    assert [one["place"] for one in told] == ["南京路店"]


def test_an_administrator_says_of_each_data_set_what_it_is_for() -> None:
    client = signed_in(make_administrator())
    page = client.get(reverse("customers:data_sets")).text
    for told in ("公司投入记录", "订单", "调查资料与观察记录"):
        assert told in page
    sent = {
        "subject": "买过两次以上的客户",
        "purpose": "决定礼品",
        "decision": "保持预算",
        "ability": "销售自己登记",
        "upkeep_cost": "3600",
    }
    edit = reverse("customers:edit_data_set", args=["kind-investment"])
    assert client.post(edit, sent).status_code == 302
    new = reverse("customers:new_data_set")
    assert client.post(new, {"name": "展厅客流", **sent}).status_code == 302
    page = client.get(reverse("customers:data_sets")).text
    assert "展厅客流" in page
    assert "每年 ¥7,200.00" in page
    own = DataSet.objects.get(name="展厅客流")
    client.post(reverse("customers:no_data_set", args=[own.key]))
    gone = client.post(reverse("customers:no_data_set", args=["kind-investment"]))
    assert gone.status_code == 404
    assert list(DataSet.objects.values_list("key", flat=True)) == ["kind-investment"]
    with pytest.raises(BadDataSet):
        add_data_set(HOUSE, "  ", at=NOON)


def budgeted(admin: User) -> Segment:
    plan = SegmentPlan(
        budget=Decimal(1000),
        budget_from=date(2026, 3, 1),
        budget_until=date(2026, 3, 31),
        strategy="每季拜访一次",
    )
    facts = SegmentFacts(name="老客户", membership=Membership.STATIC, plan=plan)
    return create_segment(admin, facts, at=NOON)


def spend(customer: Customer, day: int, amount: str, month: int = 3) -> None:
    at = NOON.replace(month=month, day=day)
    record_investment(HOUSE, customer, at=at, aim=Aim.RETENTION, amount=Decimal(amount))


def test_given_a_budget_then_what_was_spent_on_members_in_its_time_counts(
    customer: Customer,
) -> None:
    admin = make_administrator()
    segment = budgeted(admin)
    left, other = make_customer("走了的"), make_customer("别人")
    add_members(HOUSE, segment, [customer, left], at=NOON.replace(month=3, day=10))
    remove_members(HOUSE, segment, [left], at=NOON.replace(month=3, day=20))
    spend(customer, 2, "300.50")
    spend(left, 5, "100")
    spend(other, 5, "999")
    spend(customer, 28, "50", month=2)
    spend(customer, 1, "60", month=4)
    use = budget_use(admin, segment)
    assert use is not None
    assert (use.spent.retention, use.left, use.percent) == (
        Decimal("400.50"),
        Decimal("599.50"),
        40,
    )
    html = signed_in(admin).get(reverse("customers:segment", args=[segment.pk])).text
    assert "¥400.50" in html
    assert "¥599.50" in html


def test_given_who_sees_no_costs_then_no_use_of_the_budget_is_told() -> None:
    segment = budgeted(make_administrator())
    clerk = make_user(roles=[make_role({"segment.read": Depth.ALL})])
    assert budget_use(clerk, segment) is None


def test_a_program_says_of_a_data_set_what_it_is_for() -> None:
    program = Program(token_of(make_administrator(), "custom_field.edit"))
    said = {"purpose": "排定拜访", "upkeep_cost": "1200"}
    told = program.send("PATCH", "/data-sets/kind-investment", said).json()
    assert (told["purpose"], told["upkeep_cost"]) == ("排定拜访", "1200.00")
    program.send("PATCH", "/data-sets/kind-investment", {"subject": "现实客户"})
    new = program.post("/data-sets", {"name": "展厅客流", "upkeep_cost": "300.50"})
    sheet = program.get("/data-sets").json()
    assert sheet["upkeep_cost"] == "1500.50"
    rows = {row["id"]: row for row in sheet["items"]}
    assert rows["kind-investment"]["purpose"] == "排定拜访"
    assert rows["kind-investment"]["subject"] == "现实客户"
    key = new.json()["id"]
    assert rows[key]["is_own"]
    assert program.send("DELETE", f"/data-sets/{key}").status_code == 204
    assert program.send("DELETE", "/data-sets/kind-investment").status_code == 404
    assert program.send("PATCH", "/data-sets/none", said).status_code == 404
