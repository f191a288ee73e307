"""Files of opportunities: taken in, asked about, refused where they must be, taken back."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth
from guanxi.foundation.imports.forms import PlanForm
from guanxi.foundation.imports.kinds import import_kind
from guanxi.foundation.imports.refused import labels_of, reason_of
from guanxi.foundation.models import ImportRun, LoggedEvent, RefusedRow
from guanxi.foundation.tests.factories import (
    checked_file,
    digest_of,
    import_file,
    undo_file,
)
from guanxi.identity.tests.factories import make_role, make_team, make_user
from guanxi.sales.commands.pipeline import ship_stages
from guanxi.sales.models import Opportunity, StageMove
from guanxi.sales.queries.results import open_by_stage, results
from guanxi.sales.tests.factories import (
    HOUSE,
    make_product,
)
from guanxi.sales.tests.pages import browser, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_stages")]
MAVEN = Path(__file__).parents[3] / "../shared/fixtures/crm_maven"
HEAD = "商机编号,客户,负责人,产品,阶段,金额,接触日期,关闭日期\n"
TEXT = HEAD + (
    "A1,天成家具,李娜,沙发,赢单,1200.50,2024-01-02,2024-02-01\n"
    "A2,天成家具,李娜,沙发,丢单,0,2024-01-02,2024-03-01\n"
    "A3,,李娜,餐桌,初步接触,,2024-05-06,\n"
)
RIGHTS = (
    *("customer.read", "opportunity.read", "opportunity.create", "opportunity.edit"),
    *("opportunity.import", "import_run.read", "import_run.create", "import_run.undo"),
)


@pytest.fixture
def _stages() -> None:
    ship_stages(HOUSE)


def reasons(run: ImportRun) -> list[str]:
    labels = labels_of(import_kind(run.kind))
    with translation.override("zh-hans"):
        rows = RefusedRow.objects.filter(run=run).order_by("index")
        return [reason_of(row, labels) for row in rows]


def found(number: str) -> Opportunity:
    return Opportunity.objects.select_related("stage", "customer").get(
        external_id=number
    )


def test_given_a_file_then_opportunities_stand_where_it_says() -> None:
    seller = make_user("李娜", team=make_team("北"))
    sofa, _table = make_product("沙发"), make_product("餐桌")
    run = import_file(HOUSE, "opportunities", TEXT)
    assert (run.created, run.refused) == (3, 0)
    won, lost, fresh = found("A1"), found("A2"), found("A3")
    assert (won.state, won.amount, won.closed_on) == (
        "won",
        Decimal("1200.50"),
        date(2024, 2, 1),
    )
    assert won.name == "沙发 · 天成家具"
    assert (won.owner_id, won.team_id, won.product_id) == (
        seller.pk,
        seller.team_id,
        sofa.pk,
    )
    assert won.customer == lost.customer == Customer.objects.get(name="天成家具")
    assert won.customer is not None
    assert won.customer.state == "potential"
    assert (lost.state, lost.amount) == ("lost", Decimal(0))
    assert (fresh.state, fresh.stage.key, fresh.customer) == ("open", "contact", None)
    assert (fresh.name, fresh.amount) == ("餐桌", None)
    told = LoggedEvent.objects.filter(party_id=won.customer_id, kind="opportunity")
    assert Counter(told.values_list("name", flat=True)) == {
        "sales.OpportunityCreated": 2,
        "sales.OpportunityWon": 1,
        "sales.OpportunityLost": 1,
    }
    assert {event.at.date() for event in told} >= {date(2024, 1, 1), date(2024, 1, 31)}


def test_a_second_time_nothing_comes_or_what_it_says_now() -> None:
    make_user("李娜")
    make_product("沙发")
    make_product("餐桌")
    first = import_file(HOUSE, "opportunities", TEXT)
    assert import_file(HOUSE, "opportunities", TEXT).skipped == 3
    refused = import_file(HOUSE, "opportunities", TEXT, options={"on_match": "ask"})
    assert refused.refused == 3
    before = digest_of("sales_opportunity", "sales_stagemove")
    changed = TEXT.replace("初步接触,,2024-05-06,", "已报价,900,2024-05-06,2030-01-01")
    run = import_file(HOUSE, "opportunities", changed, options={"on_match": "update"})
    assert (run.updated, run.created, run.refused) == (3, 0, 0)
    third = found("A3")
    assert (third.stage.key, third.amount, third.expected_on, third.state) == (
        "offer",
        Decimal(900),
        date(2030, 1, 1),
        "open",
    )
    undo_file(HOUSE, run)
    assert digest_of("sales_opportunity", "sales_stagemove") == before
    undo_file(HOUSE, first)
    assert not Opportunity.objects.exists()
    assert not StageMove.objects.exists()
    assert not Customer.objects.exists()


def test_a_word_nobody_is_called_is_asked_and_answered_on_the_page() -> None:
    boss = make_user("林望舒", roles=[make_role(is_everything=True)])
    product = make_product("GTX Pro")
    make_product("MG Special")
    text = HEAD + "A1,,林望舒,GTXPro,谈着,10,2024-01-02,\nA2,,,GTXPro,,,,\n"
    run = checked_file(boss, "opportunities", text)
    assert (run.preview["created"], run.preview["refused"]) == (0, 2)
    asked = {(one["field"], one["word"]): one for one in run.preview["doubts"]}
    assert asked["product", "GTXPro"]["choices"][0] == [str(product.pk), "GTX Pro"]
    page = text_of(browser(boss).get(reverse("imports:run", args=[run.pk])))
    assert "产品: “GTXPro”" in page
    form = PlanForm(run=run, viewer=boss)
    names = {one.label: one.html_name for one in form.answers()}
    talks = next(one for one in run.preview["doubts"] if one["field"] == "stage")
    chosen = {
        **{
            bound.html_name: bound.value()
            for bound in (*form.columns(), *form.options())
        },
        names["产品: “GTXPro”"]: str(product.pk),
        names["阶段或结果: “谈着”"]: next(
            key for key, label in talks["choices"] if label == "商务谈判"
        ),
    }
    answered = PlanForm(chosen, run=run, viewer=boss)
    assert answered.is_valid(), answered.errors
    done = import_file(boss, "opportunities", text, options=answered.chosen().options)
    assert (done.created, done.refused) == (2, 0)
    assert found("A1").stage.key == "talks"
    assert {one.product_id for one in Opportunity.objects.all()} == {product.pk}


def test_rows_that_cannot_be_come_back_with_their_reasons() -> None:
    make_product("沙发")
    text = HEAD + (
        "B1,,,沙发,赢单,5,2024-01-02,\n"
        "B2,,,沙发,赢单,5,2024-01-02,2199-01-01\n"
        "B3,,,沙发,丢单,5,2024-02-02,2024-01-01\n"
        "B4,,,沙发,,-5,,\n"
        "B5,,,沙发,,$5,,\n"
        "B6,,张三,沙发,,5,,\n"
    )
    run = import_file(HOUSE, "opportunities", text)
    assert run.created == 0
    assert [one.split("：", 1)[-1] for one in reasons(run)] == [
        "缺少结束日期。",
        "这一天还没有到。",
        "结束日期不能早于开始日期。",
        "金额应在 0 到一万亿之间。",
        "商机以 CNY 记金额。",
        "系统里没有叫“张三”的，也没有说明它指什么。",
    ]


def test_whoever_may_not_assign_takes_in_his_own_and_sees_only_his_customers() -> None:
    role = make_role(dict.fromkeys(RIGHTS, Depth.OWN))
    seller = make_user("销售", team=make_team("北"), roles=[role])
    make_user("李娜")
    make_customer("天成家具")
    make_product("沙发")
    run = import_file(
        seller,
        "opportunities",
        "商机名称,客户,负责人\n装修,天成家具,李娜\n",
        columns={"0": "name", "1": "customer_name"},
    )
    assert "owner" not in {
        one.key for one in import_kind("opportunities").fields(seller)
    }
    assert (run.created, run.refused) == (0, 1)  # he may not create customers either
    free = import_file(
        seller,
        "opportunities",
        "商机名称,客户\n装修,天成家具\n",
        options={"newcomers": "empty"},
    )
    made = Opportunity.objects.get()
    assert (free.created, made.owner_id, made.customer_id) == (1, seller.pk, None)


def _maven(name: str) -> list[dict[str, str]]:
    with (MAVEN / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.skipif(not MAVEN.exists(), reason="shared fixtures are not here")
def test_eight_thousand_real_deals_give_their_published_figures() -> None:
    teams = {name: make_team(name) for name in ("West", "Central", "East")}
    for one in _maven("sales_teams.csv"):
        make_user(one["sales_agent"], team=teams[one["regional_office"]])
    sold = import_file(HOUSE, "products", (MAVEN / "products.csv").read_bytes())
    parties = import_file(
        HOUSE,
        "customers",
        (MAVEN / "accounts.csv").read_bytes(),
        columns={"0": "name", "1": "industry"},
    )
    assert (sold.created, parties.created) == (7, 85)
    deals = (MAVEN / "sales_pipeline.csv").read_bytes()
    columns = {
        "0": "external_id",
        "1": "owner",
        "2": "product",
        "3": "customer_name",
        "4": "stage",
        "5": "engaged_on",
        "6": "closed_on",
        "7": "amount",
    }
    looked = checked_file(HOUSE, "opportunities", deals)
    assert looked.columns == columns
    asked = {(one["field"], one["word"]): one for one in looked.preview["doubts"]}
    assert asked.keys() == {
        ("product", "GTXPro"),
        ("stage", "Engaging"),
        ("stage", "Prospecting"),
    }
    likeliest, name = asked["product", "GTXPro"]["choices"][0]
    assert (name, asked["product", "GTXPro"]["rows"]) == ("GTX Pro", 1480)
    stages = {label: key for key, label in asked["stage", "Engaging"]["choices"]}
    answers = {
        "answer:product:GTXPro": likeliest,
        "answer:stage:Engaging": stages["明确需求"],
        "answer:stage:Prospecting": stages["初步接触"],
    }
    run = import_file(HOUSE, "opportunities", deals, options=answers)
    assert (run.created, run.refused) == (8800, 0)
    whole = results(HOUSE, date(2016, 1, 1), date(2018, 1, 1))[0]
    assert (whole.won, whole.lost, whole.amount) == (4238, 2473, Decimal(10_005_534))
    assert (round(whole.rate or 0, 2), whole.mean) == (
        Decimal("63.15"),
        Decimal("2360.91"),
    )
    assert whole.days_won is not None
    assert whole.days_lost is not None
    assert (round(whole.days_won, 2), round(whole.days_lost, 2)) == (
        Decimal("51.78"),
        Decimal("41.48"),
    )
    names = {team.pk: name for name, team in teams.items()}
    by_team = results(HOUSE, date(2016, 1, 1), date(2018, 1, 1), "team")
    assert {names[one.key]: one.amount for one in by_team} == {
        "West": 3_568_647,
        "Central": 3_346_293,
        "East": 3_090_594,
    }
    by_quarter = results(HOUSE, date(2017, 1, 1), date(2017, 12, 31), "quarter")
    assert [one.amount for one in by_quarter] == [
        1_134_672,
        3_086_111,
        2_982_255,
        2_802_496,
    ]
    assert open_by_stage(HOUSE) == {
        int(stages["明确需求"]): 1589,
        int(stages["初步接触"]): 500,
    }
    rows = Opportunity.objects.all()
    assert rows.filter(customer=None).count() == 1425
    assert rows.filter(engaged_on=None).count() == 500
    assert Customer.objects.count() == 85
    assert import_file(HOUSE, "opportunities", deals, options=answers).skipped == 8800
