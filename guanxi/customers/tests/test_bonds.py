"""Why customers stay: assessments, switching costs, delivered values, and what lists read."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from guanxi.customers.commands.bond import (
    BadBond,
    add_delivered_value,
    add_switching_cost,
    assess_bond,
    restore_bond,
    trash_bond,
)
from guanxi.customers.commands.merge import merge_customers, undo_merge
from guanxi.customers.events import CustomersMerged, MergeUndone
from guanxi.customers.handlers import renew_bonds
from guanxi.customers.models import BondAssessment, Customer, Traits
from guanxi.customers.queries.bond import by_product, switching_costs_of
from guanxi.customers.rules.bond import (
    FACTORS,
    AssessmentMethod,
    Retention,
    SwitchingItem,
    Thresholds,
    delivered_value,
    retention_of,
)
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import signed_in, text_of
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import ImportRun, LoggedEvent, RefusedRow
from guanxi.foundation.tests.factories import import_file, undo_file
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_role,
    make_user,
)
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
DAY = date(2026, 1, 5)
FIVES: Any = dict.fromkeys(FACTORS, Decimal(5))


def assessed(customer: Customer, day: date = DAY, **scores: Any) -> BondAssessment:
    method = AssessmentMethod.ASKED
    return assess_bond(HOUSE, customer, method, assessed_on=day, at=NOON, **scores)


def test_given_satisfaction_and_lock_in_then_a_customer_is_kept_in_one_of_four_ways() -> (
    None
):
    cuts = Thresholds(satisfaction=Decimal(7), lock_in=Decimal(35))
    for satisfaction, lock_in, expected in (
        (7, 35, Retention.LOYAL),
        (7, 34, Retention.WILLING),
        (6, 35, Retention.CAPTIVE),
        (6, 34, Retention.FREE),
    ):
        found = retention_of(Decimal(satisfaction), Decimal(lock_in), cuts)
        assert found is expected


def test_given_value_and_cost_then_what_an_offer_delivers_is_the_difference() -> None:
    values = [Decimal(1200), Decimal(300), Decimal(100), Decimal(50)]
    costs = [Decimal(1000), Decimal(80), Decimal(40), Decimal(20)]
    assert delivered_value(values, costs) == Decimal(510)


def test_given_two_assessments_then_the_latest_counts_until_it_is_trashed(
    customer: Customer,
) -> None:
    assessed(customer, satisfaction=Decimal("8.5"), **FIVES)
    later = assessed(customer, DAY + timedelta(days=9), satisfaction=Decimal(4))
    traits = Traits.objects.get(customer=customer)
    # The later one did not score the factors: what was known of them still is.
    assert (traits.satisfaction, traits.lock_in) == (Decimal(4), Decimal(35))
    trash_bond(HOUSE, customer, later.pk, at=NOON)
    traits.refresh_from_db()
    assert traits.satisfaction == Decimal("8.5")
    restore_bond(HOUSE, customer, later.pk, at=NOON)
    traits.refresh_from_db()
    assert traits.satisfaction == Decimal(4)


@pytest.mark.parametrize(
    ("scores", "field"),
    [
        ({}, "satisfaction"),
        ({"satisfaction": Decimal(11)}, "satisfaction"),
        ({"repurchase": Decimal("7.25")}, "repurchase"),
        ({"satisfaction": Decimal(7), "surplus": Decimal(3)}, "attachment"),
    ],
)
def test_given_scores_that_cannot_be_when_assessed_then_it_is_refused(
    customer: Customer, scores: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadBond) as refused:
        assessed(customer, **scores)
    assert refused.value.field == field
    assert not BondAssessment.objects.exists()


def test_given_a_day_to_come_when_assessed_then_it_is_refused(
    customer: Customer,
) -> None:
    with pytest.raises(BadBond) as refused:
        assessed(customer, NOON.date() + timedelta(days=2), satisfaction=Decimal(7))
    assert refused.value.field == "assessed_on"


def test_given_costs_of_products_then_each_product_and_all_are_totalled(
    customer: Customer,
) -> None:
    for product, item, amount in (
        ("沙发", SwitchingItem.SETUP, "1200.50"),
        ("沙发", SwitchingItem.LEARNING, "300"),
        ("", SwitchingItem.BENEFIT, "99.50"),
    ):
        facts: Any = {"amount": Decimal(amount), "product": product}
        add_switching_cost(HOUSE, customer, item, at=NOON, **facts)
    found = by_product(switching_costs_of(HOUSE, customer))
    assert [(one.product, one.total) for one in found] == [
        ("", Decimal("99.50")),
        ("沙发", Decimal("1500.50")),
    ]
    assert Traits.objects.get(customer=customer).switching_cost == Decimal("1600.00")


def test_given_an_owner_when_assessed_on_the_page_then_page_card_and_timeline_tell(
    owner: User, customer: Customer
) -> None:
    client = signed_in(owner)
    sent = {"method": "estimated", "assessed_on": "2026-01-05", "satisfaction": "3"}
    sent |= dict.fromkeys(FACTORS, "2")
    new = reverse("customers:new_bond", args=[customer.pk])
    assert client.post(new, sent).status_code == 302
    cost = {"item": "money", "amount": "5000", "product": "全屋定制"}
    new = reverse("customers:new_switching_cost", args=[customer.pk])
    assert client.post(new, cost).status_code == 302
    offer = {"offer": "衣柜套餐", "assessed_on": "2026-01-05", "product_value": "900"}
    new = reverse("customers:new_delivered_value", args=[customer.pk])
    assert client.post(new, {**offer, "money_cost": "700"}).status_code == 302
    page = text_of(client.get(reverse("customers:bonds", args=[customer.pk])))
    for told in ("我方估计", "全屋定制", "¥5,000.00", "衣柜套餐", "¥200.00", "14"):
        assert told in page, told
    card = text_of(client.get(reverse("customers:bond_panel", args=[customer.pk])))
    assert "不满意且随时可走" in card
    story = text_of(client.get(reverse("customers:customer", args=[customer.pk])))
    assert "满意度 3" in story


def test_given_a_role_without_bonds_then_it_sees_neither_record_nor_column(
    owner: User, customer: Customer
) -> None:
    assessed(customer, satisfaction=Decimal(3))
    rights = dict.fromkeys(("customer.read", "customer.edit"), Depth.TEAM)
    role = make_role(rights, levels={"customer.bonds": Level.HIDDEN})
    viewer = make_user("客服", roles=[role], team=owner.team)
    client = signed_in(viewer)
    assert client.get(reverse("customers:bonds", args=[customer.pk])).status_code == 404
    listed = client.get(reverse("customers:customers"), {"where": "satisfaction.lt.5"})
    assert "满意度" not in text_of(listed)
    with pytest.raises(Denied):
        assess_bond(
            viewer,
            customer,
            AssessmentMethod.ASKED,
            assessed_on=DAY,
            at=NOON,
            satisfaction=Decimal(9),
        )


def test_given_thresholds_in_the_address_then_the_list_holds_who_is_beyond(
    owner: User, customer: Customer
) -> None:
    assessed(customer, satisfaction=Decimal(3), **FIVES)
    other = make_customer("李娜", owner=owner, team=owner.team)
    assessed(other, satisfaction=Decimal(9), **FIVES)
    client = signed_in(owner)
    asked = {"where": "satisfaction.lt.7,lock_in.gte.35"}
    found = client.get(reverse("customers:customers"), asked).text
    assert customer.name in found
    assert other.name not in found


def test_given_two_customers_when_merged_then_the_latest_assessment_of_both_counts() -> (
    None
):
    one, other = make_customer("张伟"), make_customer("张 伟")
    assessed(one, satisfaction=Decimal(8))
    assessed(other, DAY + timedelta(days=30), satisfaction=Decimal(2))
    merge = merge_customers(HOUSE, one, other, choices={}, at=NOON)
    told: Any = {"customer_id": one.pk, "other_id": other.pk, "at": NOON}
    renew_bonds(CustomersMerged(**told, version=1))
    assert BondAssessment.objects.filter(customer=one).count() == 2
    assert Traits.objects.get(customer=one).satisfaction == Decimal(2)
    undo_merge(HOUSE, one, other, merge_id=merge.pk, at=NOON)
    renew_bonds(MergeUndone(**told, version=1))
    assert Traits.objects.get(customer=one).satisfaction == Decimal(8)
    assert Traits.objects.get(customer=other).satisfaction == Decimal(2)


def test_given_a_program_then_it_writes_and_reads_the_same_record(
    owner: User, customer: Customer
) -> None:
    program = Program(token_of(owner))
    at = f"/customers/{customer.pk}"
    scores = {"method": "survey", "satisfaction": "6.5", "repurchase": 7}
    assert program.post(f"{at}/bonds", scores).status_code == 201
    cost = {"item": "setup", "amount": "120.00"}
    assert program.post(f"{at}/switching-costs", cost).status_code == 201
    told = program.get(f"{at}/bonds").json()
    assert told["assessments"][0]["satisfaction"] == "6.5"
    assert told["assessments"][0]["lock_in"] is None
    assert told["switching_total"] == "120.00"
    wrong = program.post(f"{at}/bonds", {"method": "survey", "satisfaction": 12})
    assert wrong.status_code == 400


FILE = (
    "手机,日期,满意度,感知价值,重复购买意向,备注\n"
    "13800138000,2025-05-01,8.5,7,9,电话回访\n"
    "13800138000,2025-06-01,12,,,\n"
    "13900000000,2025-06-01,5,,,\n"
)


def test_given_a_file_then_its_assessments_count_and_can_be_taken_back() -> None:
    there = make_customer("张伟", phone="+8613800138000")
    run: ImportRun = import_file(HOUSE, "bonds", FILE)
    assert (run.created, run.refused) == (1, 2)
    row = BondAssessment.objects.get()
    assert (row.customer_id, row.method, row.satisfaction, row.note) == (
        there.pk,
        "survey",
        Decimal("8.5"),
        "电话回访",
    )
    assert Traits.objects.get(customer=there).satisfaction == Decimal("8.5")
    assert {one.field for one in RefusedRow.objects.filter(run=run)} == {
        "satisfaction",
        "phone",
    }
    again = import_file(HOUSE, "bonds", FILE)
    assert (again.created, again.skipped) == (0, 1)
    undo_file(HOUSE, run)
    assert not BondAssessment.objects.exists()
    assert Traits.objects.get(customer=there).satisfaction is None
    told = LoggedEvent.objects.filter(name="customers.BondAssessed")
    assert not told.filter(party_id=there.pk).exists()


def test_given_an_offer_of_another_then_both_stand_side_by_side(
    owner: User, customer: Customer
) -> None:
    none = dict.fromkeys(
        (
            *("product_value", "service_value", "personnel_value", "image_value"),
            *("money_cost", "time_cost", "energy_cost", "effort_cost"),
        ),
        Decimal(0),
    )
    for supplier, worth in (("", 900), ("红星家具", 700)):
        parts: Any = {**none, "product_value": Decimal(worth)}
        add_delivered_value(
            HOUSE,
            customer,
            "沙发",
            assessed_on=DAY,
            at=NOON,
            supplier=supplier,
            **parts,
        )
    page = signed_in(owner).get(reverse("customers:bonds", args=[customer.pk])).text
    assert "红星家具" in page
