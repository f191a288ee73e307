"""Opportunities on the page and by REST: recorded, moved, undone, won, lost."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.tests.factories import make_role, make_user
from guanxi.sales.commands.pipeline import ship_stages
from guanxi.sales.models import Opportunity, Stage
from guanxi.sales.queries.opportunity import CARDS
from guanxi.sales.tests.factories import (
    HOUSE,
    make_ended,
    make_opportunity,
    make_product,
)
from guanxi.sales.tests.pages import browser, text_of
from tests.callers import Program, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_stages")]


@pytest.fixture
def _stages() -> None:
    ship_stages(HOUSE)


@pytest.fixture
def boss() -> Client:
    return browser(make_user("林望舒", roles=[make_role(is_everything=True)]))


def _stage(key: str) -> int:
    return int(Stage.objects.get(key=key).pk)


def test_one_is_recorded_for_a_customer_and_stands_on_its_page(boss: Client) -> None:
    party = make_customer("王芳")
    address = reverse("sales:new_opportunity")
    assert "王芳" in text_of(boss.get(address, {"customer": party.pk}))
    form = {
        "customer": party.pk,
        "name": "新店装修",
        "stage": _stage("contact"),
        "amount": "12000",
        "channel": "sales",
        "expected_on": "2026-12-01",
    }
    made = boss.post(address, form, follow=True)
    for words in ("新店装修", "¥12,000.00", "王芳", "初步接触", "¥1,200.00"):
        assert words in text_of(made)
    panel = boss.get(reverse("sales:opportunities_of_customer", args=[party.pk]))
    assert "新店装修" in text_of(panel)


def test_a_stage_that_asks_for_more_leaves_what_was_typed(boss: Client) -> None:
    form = {"name": "新店装修", "stage": _stage("need"), "channel": "sales"}
    refused = boss.post(reverse("sales:new_opportunity"), form)
    assert refused.status_code == 422
    assert "须先填写：客户" in text_of(refused)
    assert "新店装修" in refused.content.decode()
    assert not Opportunity.objects.exists()


def test_a_card_is_moved_on_the_board_and_back_again(boss: Client) -> None:
    found = make_opportunity("新店装修", customer=make_customer())
    move = reverse("sales:move_opportunity", args=[found.pk]) + "?board=1"
    moved = boss.post(move, {"stage": _stage("need")}, follow=True)
    assert moved.redirect_chain[0][0].startswith(reverse("sales:board"))
    assert "已推进到“明确需求”" in text_of(moved)
    back = reverse("sales:move_back", args=[found.pk, _stage("contact")])
    boss.post(f"{back}?board=1")
    found.refresh_from_db()
    assert found.stage.key == "contact"


def test_a_card_that_lacks_something_asks_for_it(boss: Client) -> None:
    found = make_opportunity("新店装修", customer=make_customer())
    move = reverse("sales:move_opportunity", args=[found.pk]) + "?board=1"
    asked = boss.post(move, {"stage": _stage("talks")})
    assert asked.status_code == 422
    assert "须先填写：预计成交" in text_of(asked)
    with_day = {"stage": _stage("talks"), "expected_on": "2026-12-01"}
    boss.post(move, with_day)
    found.refresh_from_db()
    assert (found.stage.key, found.expected_on) == ("talks", date(2026, 12, 1))
    assert found.amount == 1000


def test_it_is_won_lost_and_opened_again(boss: Client) -> None:
    found = make_opportunity("新店装修")
    lose = reverse("sales:lose_opportunity", args=[found.pk])
    assert boss.post(lose, {"closed_on": "2026-03-01"}).status_code == 422
    boss.post(lose, {"lost_reason": "rival", "closed_on": "2026-03-01"})
    page = text_of(boss.get(reverse("sales:opportunity", args=[found.pk])))
    assert "选择了竞争对手" in page
    boss.post(reverse("sales:reopen_opportunity", args=[found.pk]))
    win = reverse("sales:win_opportunity", args=[found.pk])
    boss.post(win, {"amount": "900", "closed_on": "2026-03-01"})
    found.refresh_from_db()
    assert (found.state, str(found.amount)) == ("won", "900.00")


def test_what_is_beyond_the_cards_leads_to_the_list(boss: Client) -> None:
    for _number in range(CARDS + 2):
        make_opportunity()
    page = boss.get(reverse("sales:board"))
    assert "还有 2 个" in text_of(page)
    stage = _stage("contact")
    listed = boss.get(
        f"{reverse('sales:opportunities')}?where=stage.in.{stage}&where=state.in.open"
    )
    assert listed.status_code == 200
    assert "初步接触" in text_of(listed)


def test_who_reads_no_amounts_finds_none_on_any_page() -> None:
    rights = dict.fromkeys(("opportunity.read", "opportunity.edit"), Depth.ALL)
    veiled = make_user(roles=[make_role(rights, {"opportunity.amount": Level.HIDDEN})])
    found = make_opportunity(expected_on=date(2026, 12, 1))
    client = browser(veiled)
    for name in ("sales:board", "sales:opportunities", "sales:opportunity_outlook"):
        page = text_of(client.get(reverse(name)))
        assert "1,000" not in page
        assert "¥" not in page
    page = text_of(client.get(reverse("sales:opportunity", args=[found.pk])))
    assert "¥" not in page


def test_stages_keep_the_words_of_the_language_until_somebody_renames_them(
    boss: Client,
) -> None:
    stage = Stage.objects.get(key="contact")
    address = reverse("sales:edit_stage", args=[stage.pk])
    boss.post(address, {"name": "初步接触", "probability": "15", "needs": ["amount"]})
    stage.refresh_from_db()
    assert (stage.name, stage.probability, stage.needs) == ("", 15, ["amount"])
    english = browser(make_user(roles=[make_role(is_everything=True)]), "en")
    assert "First contact" in text_of(english.get(reverse("sales:pipeline_stages")))
    boss.post(address, {"name": "首访", "probability": "15"})
    stage.refresh_from_db()
    assert str(stage) == "首访"


def test_programs_record_move_and_close() -> None:
    rights = ("opportunity.read", "opportunity.create", "opportunity.edit")
    role = make_role(dict.fromkeys((*rights, "customer.read"), Depth.ALL))
    program = Program(token_of(make_user(roles=[role])))
    party = make_customer()
    made = program.send(
        "POST", "/opportunities", {"name": "新店", "customer": party.pk, "amount": "5"}
    )
    assert made.status_code == 201
    pk, version = made.json()["id"], made.json()["version"]
    where = f"/opportunities/{pk}"
    moved = program.send("POST", f"{where}/stage", {"stage": _stage("offer")})
    assert moved.json()["stage"] == _stage("offer")
    refused = program.send("POST", f"{where}/stage", {"stage": _stage("talks")})
    assert refused.status_code == 400
    stale = program.send("PATCH", where, {"version": version, "name": "旧"})
    assert stale.status_code == 409
    won = program.send("POST", f"{where}/win", {"amount": "7"})
    assert (won.json()["state"], won.json()["amount"]) == ("won", "7.00")
    listed = program.send("GET", "/opportunities").json()["items"]
    assert [one["id"] for one in listed] == [pk]
    stages = program.send("GET", "/opportunity-stages").json()["items"]
    assert [one["probability"] for one in stages] == [10, 25, 50, 70, 90]


def test_the_results_tell_what_was_won_by_any_side(boss: Client) -> None:
    seller = make_user("李娜")
    sofa = make_product("沙发")
    make_ended(
        "won",
        date(2026, 1, 11),
        owner=seller,
        amount=Decimal(300),
        engaged_on=date(2026, 1, 1),
        product=sofa,
    )
    make_ended("won", date(2026, 4, 2), owner=seller, amount=Decimal(100))
    make_ended("lost", date(2026, 2, 1), owner=seller)
    make_opportunity("还在谈", owner=seller)
    address = reverse("sales:opportunity_results")
    span = {"first_on": "2026-01-01", "last_on": "2026-12-31"}
    page = text_of(boss.get(address, span | {"by": "quarter"}))
    for words in ("2026 Q1", "2026 Q2", "66.67%", "¥400.00", "¥200.00", "10.00"):
        assert words in page
    by_owner = boss.get(address, span | {"by": "owner"})
    assert "李娜" in text_of(by_owner)
    assert f"owner.in.{seller.pk}" in by_owner.content.decode()
    assert "沙发" in text_of(boss.get(address, span | {"by": "product"}))
    assert "价格" in text_of(boss.get(address, span | {"by": "lost_reason"}))
    wrong = boss.get(address, {"first_on": "2026-02-01", "last_on": "2026-01-01"})
    assert wrong.status_code == 422
    assert "早于起始日期" in text_of(wrong)
    none = boss.get(address, {"first_on": "1999-01-01", "last_on": "1999-02-01"})
    assert "这段时间没有结束的商机" in text_of(none)


def test_the_results_keep_amounts_from_who_reads_none() -> None:
    role = make_role(
        {"opportunity.read": Depth.ALL}, levels={"opportunity.amount": Level.HIDDEN}
    )
    viewer = make_user("看数", roles=[role])
    make_ended("won", date(2026, 1, 11), amount=Decimal(300))
    span = {"first_on": "2026-01-01", "last_on": "2026-12-31"}
    page = text_of(browser(viewer).get(reverse("sales:opportunity_results"), span))
    assert "赢单率" in page
    assert "300" not in page
    told = Program(token_of(viewer)).get(f"/opportunity-results?{urlencode(span)}")
    assert told.status_code == 200, told.content.decode()
    assert told.json()["whole"] == {
        **dict.fromkeys(("key", "amount_won", "mean_won", "days_to_win"), None),
        **dict.fromkeys(("days_to_lose",), None),
        "label": "",
        "won": 1,
        "lost": 0,
        "win_rate": "100.00",
    }


def test_a_product_is_chosen_on_the_form(boss: Client) -> None:
    sofa = make_product("沙发")
    found = boss.get(reverse("sales:product_options"), {"product_query": "沙"})
    assert "沙发" in text_of(found)
    chosen = boss.get(reverse("sales:product_choice", args=[sofa.pk]))
    assert f'value="{sofa.pk}"' in chosen.content.decode()
    form = {"name": "新店装修", "stage": _stage("contact"), "channel": "sales"}
    made = boss.post(
        reverse("sales:new_opportunity"), form | {"product": sofa.pk}, follow=True
    )
    assert "沙发" in text_of(made)
    edit = reverse("sales:edit_opportunity", args=[Opportunity.objects.get().pk])
    assert "沙发" in text_of(boss.get(edit))
    boss.post(edit, form | {"version": 1})
    assert Opportunity.objects.get().product is None
