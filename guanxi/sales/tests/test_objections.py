"""Objections: noted, classified anew, answered in five steps, and counted by what they cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import Conflict, Denied, NotVisible, Refused
from guanxi.identity.tests.factories import NOON, make_role, make_user
from guanxi.sales.commands.objection import (
    change_objection,
    raise_objection,
    remove_objection,
    restore_objection,
)
from guanxi.sales.commands.opportunity import lose_opportunity, win_opportunity
from guanxi.sales.commands.pipeline import ship_stages
from guanxi.sales.models import Objection, Opportunity
from guanxi.sales.queries.objection import objection_tallies, objections
from guanxi.sales.rules.objection import (
    Nature,
    ObjectionKind,
    PayWay,
    PriceSide,
    pay_ways,
)
from guanxi.sales.rules.opportunity import LostReason
from guanxi.sales.tests.factories import HOUSE, make_opportunity, make_product
from guanxi.sales.tests.pages import browser, text_of
from tests.callers import Program, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_stages")]
TODAY = NOON.date()


@pytest.fixture
def _stages() -> None:
    ship_stages(HOUSE)


@pytest.fixture
def deal() -> Opportunity:
    return make_opportunity(name="新店装修", amount=1000)


def _raised(deal: Opportunity, kind: str = "price") -> Objection:
    return raise_objection(
        HOUSE, deal, kind=ObjectionKind(kind), said="太贵了", at=NOON
    )


def _changed(one: Objection, **facts: Any) -> Objection:
    return change_objection(
        HOUSE, one.opportunity, objection_id=one.pk, at=NOON, **facts
    )


def _learned(deal: Opportunity, side: PriceSide) -> Objection:
    one = _raised(deal)
    _changed(one, step=2, feeling="钱要花在刀刃上")
    _changed(one, step=3, cause="总价高", price_side=side)
    return _changed(one, step=4, shown="质保十年")


def test_there_are_seven_kinds_and_three_natures() -> None:
    assert len(ObjectionKind) == 7
    assert len(Nature) == 3
    assert set(ObjectionKind.values) < set(LostReason.values)


def test_steps_are_taken_in_their_turn_and_ask_for_what_they_need(
    deal: Opportunity,
) -> None:
    one = _raised(deal)
    assert (one.step, one.is_answered) == (1, False)
    with pytest.raises(Refused, match="理解"):
        _changed(one, step=3, cause="预算不足")
    with pytest.raises(Refused):
        _changed(one, step=2)
    _changed(one, step=2, feeling="怕买贵")
    with pytest.raises(Refused) as unclear:
        _changed(one, step=3, cause="预算不足")
    assert unclear.value.field == "price_side"
    _changed(one, step=3, cause="预算不足", price_side=PriceSide.OVER_BUDGET)
    chair = make_product("办公椅")
    _changed(one, step=4, product=chair, shown="坐着就知道")
    done = _changed(one, step=5, pay_way=PayWay.PARTS, parts=6, agreed="下周签")
    assert done.is_answered
    assert (done.cause, done.product, done.parts) == ("预算不足", chair, 6)
    again = _changed(done, step=3, cause="预算被砍")
    assert (again.step, again.cause) == (5, "预算被砍")


@pytest.mark.parametrize(
    ("kind", "side", "ways"),
    [
        ("price", "not_worth", 1),
        ("price", "", 1),
        ("price", "over_budget", 4),
        ("funds", "", 4),
        ("need", "", 1),
    ],
)
def test_instalments_are_offered_only_to_whom_it_is_over_the_budget(
    kind: str, side: str, ways: int
) -> None:
    assert len(pay_ways(kind, side)) == ways


def test_a_plan_is_refused_where_it_is_not_worth_the_price(deal: Opportunity) -> None:
    one = _learned(deal, PriceSide.NOT_WORTH)
    with pytest.raises(Refused) as refused:
        _changed(one, step=5, pay_way=PayWay.PARTS, parts=3)
    assert refused.value.field == "pay_way"
    assert _changed(one, step=5, pay_way=PayWay.FULL).is_answered


def test_a_plan_falls_when_the_objection_turns_out_to_be_another(
    deal: Opportunity,
) -> None:
    one = _learned(deal, PriceSide.OVER_BUDGET)
    _changed(one, step=5, pay_way=PayWay.PARTS, parts=3)
    again = _changed(one, kind=ObjectionKind.PRODUCT, nature=Nature.HIDDEN)
    assert (again.pay_way, again.parts, again.price_side) == ("", None, "")
    assert (again.step, again.nature) == (4, Nature.HIDDEN)


def test_parts_are_asked_for_with_instalments(deal: Opportunity) -> None:
    one = _learned(deal, PriceSide.OVER_BUDGET)
    for parts in (None, 1, 61):
        with pytest.raises(Refused) as refused:
            _changed(one, step=5, pay_way=PayWay.PARTS, parts=parts)
        assert refused.value.field == "parts"


def test_a_change_on_old_ground_is_refused(deal: Opportunity) -> None:
    one = _raised(deal)
    _changed(one, nature=Nature.HIDDEN, version=one.version)
    with pytest.raises(Conflict):
        _changed(one, nature=Nature.FALSE, version=one.version)


def test_removed_it_can_be_restored_and_nothing_else(deal: Opportunity) -> None:
    one = _raised(deal)
    remove_objection(HOUSE, deal, objection_id=one.pk, at=NOON)
    assert not objections(HOUSE, deal)
    with pytest.raises(NotVisible):
        _changed(one, feeling="急")
    restore_objection(HOUSE, deal, objection_id=one.pk, at=NOON)
    assert list(objections(HOUSE, deal)) == [one]


def test_of_another_opportunity_it_is_not_there(deal: Opportunity) -> None:
    one = _raised(deal)
    other = make_opportunity()
    with pytest.raises(NotVisible):
        change_objection(HOUSE, other, objection_id=one.pk, feeling="急", at=NOON)


def test_who_does_not_read_objections_neither_sees_nor_writes_them(
    deal: Opportunity,
) -> None:
    one = _raised(deal)
    blind = make_user(
        roles=[
            make_role(
                {"opportunity.read": Depth.ALL, "opportunity.edit": Depth.ALL},
                {"opportunity.objections": Level.HIDDEN},
            )
        ]
    )
    assert not objections(blind, deal)
    with pytest.raises(Denied):
        change_objection(blind, deal, objection_id=one.pk, feeling="急", at=NOON)
    page = browser(blind).get(reverse("sales:opportunity", args=[deal.pk]))
    assert page.status_code == 200
    assert "太贵了" not in text_of(page)
    with pytest.raises(NotVisible):
        objection_tallies(blind, TODAY, TODAY)


def test_they_are_counted_with_what_became_of_their_opportunities(
    deal: Opportunity,
) -> None:
    _raised(deal)
    _raised(deal)
    _raised(deal, "need")
    win_opportunity(HOUSE, deal, amount=None, closed_on=TODAY, at=NOON)
    lost = make_opportunity()
    _raised(lost)
    lose_opportunity(HOUSE, lost, reason=LostReason.PRICE, closed_on=TODAY, at=NOON)
    _raised(make_opportunity())
    price, need = objection_tallies(HOUSE, TODAY, TODAY)
    assert (price.key, price.count, price.answered) == ("price", 4, 0)
    assert (price.won, price.lost, price.open) == (1, 1, 1)
    assert price.rate == 50
    assert (need.key, need.count, need.won) == ("need", 1, 1)
    assert need.rate == 100
    before = TODAY - timedelta(days=1)
    assert objection_tallies(HOUSE, before, before) == []


def test_the_page_leads_through_the_five_steps(deal: Opportunity) -> None:
    boss = browser(make_user("林望舒", roles=[make_role(is_everything=True)]))
    new = boss.post(
        reverse("sales:new_objection", args=[deal.pk]),
        {"kind": "price", "nature": "true", "said": "超出预算了"},
    )
    one = Objection.objects.get()
    assert new["Location"] == _step(deal, one, 2)
    assert boss.get(_step(deal, one, 5))["Location"] == _step(deal, one, 2)
    answers: list[dict[str, object]] = [
        {"feeling": "预算早定了"},
        {
            "kind": "price",
            "nature": "true",
            "cause": "只剩八成预算",
            "price_side": "over_budget",
        },
        {"shown": "质保十年"},
        {"pay_way": "parts", "parts": "3", "agreed": "周五签"},
    ]
    for number, answer in enumerate(answers, 2):
        one.refresh_from_db()
        sent = boss.post(_step(deal, one, number), answer | {"version": one.version})
        assert sent.status_code == 302, sent.content.decode()
    page = text_of(boss.get(reverse("sales:opportunity", args=[deal.pk])))
    for words in ("超出预算了", "只剩八成预算", "分期付款", "3 × ¥333.33", "已应对"):
        assert words in page
    undone = boss.post(
        reverse("sales:remove_objection", args=[deal.pk, one.pk]), follow=True
    )
    assert "3 × ¥333.33" not in text_of(undone)


def test_a_step_sent_empty_keeps_what_was_typed(deal: Opportunity) -> None:
    boss = browser(make_user(roles=[make_role(is_everything=True)]))
    one = _raised(deal)
    _changed(one, step=2, feeling="怕买贵")
    one.refresh_from_db()
    sent = boss.post(
        _step(deal, one, 3),
        {
            "kind": "price",
            "nature": "true",
            "cause": "总价高",
            "version": one.version,
        },
    )
    assert sent.status_code == 422
    assert "总价高" in text_of(sent)
    assert Objection.objects.get().step == 2


def test_the_report_tells_them_by_kind(deal: Opportunity) -> None:
    boss = browser(make_user(roles=[make_role(is_everything=True)]))
    _raised(deal)
    address = reverse("sales:objection_tallies")
    page = boss.get(
        address, {"first_on": str(TODAY), "last_on": "2100-01-01", "by": "kind"}
    )
    assert "价格" in text_of(page)
    empty = boss.get(address, {"first_on": "2001-01-01", "last_on": "2001-01-02"})
    assert "没有记录" in text_of(empty)


def test_a_program_notes_and_answers_one(deal: Opportunity) -> None:
    rights = ("opportunity.read", "opportunity.edit")
    seller = make_user(roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    program = Program(token_of(seller))
    base = f"/opportunities/{deal.pk}/objections"
    made = program.send("POST", base, {"kind": "funds", "said": "一次付不清"})
    assert made.status_code == 201
    told = made.json()
    wrong = program.send(
        "PATCH", f"{base}/{told['id']}", {"version": told["version"], "step": 5}
    )
    assert wrong.status_code == 400
    changed = program.send(
        "PATCH",
        f"{base}/{told['id']}",
        {"version": told["version"], "step": 2, "feeling": "周转要紧"},
    )
    assert changed.json()["step"] == 2
    assert [one["said"] for one in program.get(base).json()["items"]] == ["一次付不清"]
    span = {"first_on": str(TODAY), "last_on": "2100-01-01"}
    (row,) = program.get("/objection-tallies", **span).json()["items"]
    assert (row["key"], row["raised"], row["open"]) == ("funds", 1, 1)


def _step(deal: Opportunity, one: Objection, step: int) -> str:
    return reverse("sales:objection_step", args=[deal.pk, one.pk, step])


def test_many_objections_cost_no_more_queries(
    deal: Opportunity, django_assert_max_num_queries: Any
) -> None:
    boss: Client = browser(make_user(roles=[make_role(is_everything=True)]))
    for _time in range(20):
        _raised(deal)
    address = reverse("sales:opportunity", args=[deal.pk])
    boss.get(address)
    with django_assert_max_num_queries(25):
        boss.get(address)


def test_what_is_told_of_a_product_stands_where_it_is_shown(deal: Opportunity) -> None:
    boss = browser(make_user(roles=[make_role(is_everything=True)]))
    chair = make_product("办公椅")
    edit = reverse("sales:edit_product", args=[chair.pk])
    facts = {"feature": "网布椅背", "advantage": "透气", "benefit": "久坐不累"}
    sent = boss.post(
        edit,
        facts
        | {"code": chair.code, "name": chair.name, "price": "1", "is_active": "1"}
        | {"version": chair.version},
    )
    assert sent.status_code == 302, text_of(sent)
    one = _raised(deal)
    _changed(one, step=2, feeling="怕不耐用")
    _changed(one, step=3, cause="没有试坐", price_side=PriceSide.NOT_WORTH)
    _changed(one, step=4, product=chair, shown="试坐")
    pages = (
        reverse("sales:product", args=[chair.pk]),
        reverse("sales:product_choice", args=[chair.pk]),
        _step(deal, one, 4),
    )
    for page in pages:
        told = text_of(boss.get(page))
        assert all(words in told for words in facts.values()), page
