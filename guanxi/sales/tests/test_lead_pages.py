"""Leads on the page and by REST: recorded, claimed, kept in touch with, converted."""

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.tests.factories import digest_of
from guanxi.identity.tests.factories import make_role, make_team, make_user
from guanxi.sales.commands.pipeline import ship_stages
from guanxi.sales.models import Lead, LeadRule, Opportunity, Stage
from guanxi.sales.tests.factories import HOUSE, make_lead, make_product, passed_lead
from guanxi.sales.tests.pages import browser, text_of
from tests.callers import Program, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_stages")]
TEST = dict.fromkeys(("has_need", "has_motive", "has_means", "is_new"), "yes")


@pytest.fixture
def _stages() -> None:
    ship_stages(HOUSE)


@pytest.fixture
def boss() -> Client:
    return browser(make_user("林望舒", roles=[make_role(is_everything=True)]))


def test_a_lead_goes_from_the_form_to_a_customer_with_an_opportunity(
    boss: Client,
) -> None:
    friend, sofa = make_customer("老客户"), make_product("沙发")
    address = reverse("sales:new_lead")
    assert "老客户" in text_of(boss.get(address, {"referrer": friend.pk}))
    form = {
        "name": "王芳",
        "company": "天成家具",
        "phone": "13800138000",
        "origin": "referral",
        "product": sofa.pk,
        "customer": friend.pk,
        "amount": "20000",
        "is_mine": "on",
    }
    page = text_of(boss.post(address, form, follow=True))
    for words in ("王芳", "天成家具", "老客户", "沙发", "¥20,000.00", "还没有问"):
        assert words in page
    found = Lead.objects.get()
    convert = reverse("sales:convert_lead", args=[found.pk])
    assert "尚待确认" in text_of(boss.get(convert))
    edit = reverse("sales:edit_lead", args=[found.pk])
    boss.post(edit, form | TEST | {"version": found.version})
    asked = text_of(boss.get(convert))
    assert "新的潜在客户：天成家具" in asked
    stage = ship_stage()
    refused = boss.post(convert, {"into": "new", "with_deal": "on", "stage": stage})
    assert refused.status_code == 422
    deal = {"into": "new", "with_deal": "on", "deal": "天成采购", "stage": stage}
    done = text_of(boss.post(convert, deal, follow=True))
    assert "已转化" in done
    assert "天成采购" in done
    company = Customer.objects.get(name="天成家具")
    assert Opportunity.objects.get().customer_id == company.pk
    panel = boss.get(reverse("sales:leads_of_customer", args=[friend.pk]))
    assert "由这位客户推荐" in text_of(panel)


def ship_stage() -> int:
    return int(Stage.objects.get(key="contact").pk)


def test_a_wrong_phone_keeps_what_was_typed(boss: Client) -> None:
    form = {"name": "王芳", "phone": "12", "origin": "own"}
    refused = boss.post(reverse("sales:new_lead"), form)
    assert refused.status_code == 422
    assert "王芳" in refused.content.decode()
    assert not Lead.objects.exists()


def test_the_pool_tells_no_names_and_gives_a_lead_to_one() -> None:
    rights = ("lead.read", "lead.edit", "lead.claim")
    role = make_role(dict.fromkeys(rights, Depth.OWN))
    lin, wu = (make_user(name, team=make_team(), roles=[role]) for name in ("李", "吴"))
    found = make_lead("王芳芳", company="天成家具", phone="13800138000")
    page = browser(lin).get(reverse("sales:lead_pool")).content.decode()
    assert "天成家具" in page
    assert "王芳芳" not in page
    assert "13800138000" not in page
    assert browser(wu).get(reverse("sales:lead", args=[found.pk])).status_code == 404
    claim = reverse("sales:claim_lead", args=[found.pk])
    taken = text_of(browser(lin).post(claim, follow=True))
    assert "线索已归你" in taken
    assert "王芳芳" in taken
    before = digest_of("sales_lead", "sales_leadclaim")
    late = text_of(browser(wu).post(claim, follow=True))
    assert "同事先领走" in late
    assert digest_of("sales_lead", "sales_leadclaim") == before


def test_a_covered_phone_stays_covered() -> None:
    role = make_role({"lead.read": Depth.ALL}, levels={"lead.phone": Level.MASKED})
    found = make_lead("王芳", phone="13800138000")
    viewer = browser(make_user("看", roles=[role]))
    for address in (
        reverse("sales:lead", args=[found.pk]),
        reverse("sales:leads"),
    ):
        assert "0013 8000" not in viewer.get(address).content.decode()


def test_rules_are_arranged_on_the_page(boss: Client) -> None:
    lin = make_user("李娜")
    form = {"name": "华东", "provinces": "浙江、上海", "way": "turns"}
    refused = boss.post(reverse("sales:new_lead_rule"), form)
    assert refused.status_code == 422
    boss.post(reverse("sales:new_lead_rule"), form | {"receivers": [lin.pk]})
    made = LeadRule.objects.get()
    assert made.provinces == ["浙江", "上海"]
    assert make_lead(province="浙江省").owner_id == lin.pk
    page = text_of(boss.get(reverse("sales:lead_rules")))
    for words in ("华东", "浙江", "李娜 1"):
        assert words in page
    assert (
        "浙江、上海"
        in boss.get(reverse("sales:edit_lead_rule", args=[made.pk])).content.decode()
    )
    terms = {"protect_days": "3", "most_held": "0", "most_claims": "0"}
    boss.post(reverse("sales:lead_rules"), terms)
    boss.post(reverse("sales:drop_lead_rule", args=[made.pk]))
    assert not LeadRule.objects.exists()


def test_programs_bring_leads_and_convert_them() -> None:
    rights = (
        *("lead.read", "lead.create", "lead.edit", "lead.claim"),
        *("customer.read", "customer.create", "opportunity.create"),
    )
    role = make_role(dict.fromkeys(rights, Depth.ALL))
    program = Program(token_of(make_user(roles=[role])))
    made = program.post("/leads", {"name": "王芳", "origin": "web"})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    pooled = program.get("/lead-pool").json()["items"]
    assert [one["id"] for one in pooled] == [pk]
    assert "name" not in pooled[0]
    assert program.post(f"/leads/{pk}/claim").json()["state"] == "new"
    said = {"mode": "phone", "note": "要报价"}
    assert program.post(f"/leads/{pk}/contacts", said).json()["state"] == "working"
    early = program.post(f"/leads/{pk}/conversion", {"opportunity": ""})
    assert early.status_code == 400
    assert "Still to be affirmed" in early.content.decode()
    assert Customer.objects.count() == 0
    sure = passed_lead("李雷")
    done = program.post(f"/leads/{sure.pk}/conversion", {"opportunity": "新单"})
    assert done.json()["state"] == "converted"
    assert done.json()["customer_id"] == Customer.objects.get().pk
