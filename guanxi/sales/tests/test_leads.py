"""Leads: given out fairly, claimed once, let go in time, and converted with their story."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection

from guanxi.customers.models import Customer, Relation
from guanxi.customers.rules.investment import ContactMode
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.foundation.models import LoggedEvent, Notice
from guanxi.identity.models import Team, User
from guanxi.identity.tests.factories import make_role, make_team, make_user
from guanxi.sales.commands.lead import (
    assign_lead,
    change_lead,
    claim_lead,
    contact_lead,
    discard_lead,
    release_lead,
    reopen_lead,
    restore_lead,
    trash_lead,
)
from guanxi.sales.commands.lead_conversion import NewDeal, convert_lead
from guanxi.sales.commands.lead_rule import (
    RuleTerms,
    distribute_leads,
    move_lead_rule,
    release_overdue,
    remove_lead_rule,
    save_lead_rule,
    set_lead_terms,
)
from guanxi.sales.commands.pipeline import ship_stages
from guanxi.sales.models import Lead, LeadRule
from guanxi.sales.queries.lead import pool
from guanxi.sales.queries.opportunity import first_stage
from guanxi.sales.rules.lead import DiscardReason, LeadState, Origin, Way
from guanxi.sales.tasks import tend_leads
from guanxi.sales.tests.factories import HOUSE, make_lead, make_product, passed_lead

pytestmark = pytest.mark.django_db
RIGHTS = ("lead.read", "lead.create", "lead.edit", "lead.claim")
AT = now()


def seller(name: str = "", *more: str, team: Team | None = None) -> User:
    rights = dict.fromkeys((*RIGHTS, *more), Depth.OWN)
    return make_user(name, team=team or make_team(), roles=[make_role(rights)])


def rule(people: Sequence[User], **terms: object) -> LeadRule:
    told = RuleTerms("规则", [one.pk for one in people], **terms)  # type: ignore[arg-type]  # -- terms are told by name
    return save_lead_rule(HOUSE, rule_id=None, terms=told, at=AT)


def terms(**said: int) -> None:
    said = {"protect_days": 7, "most_held": 50, "most_claims": 20} | said
    set_lead_terms(HOUSE, **said, at=AT)


def owners() -> Counter[int | None]:
    return Counter(Lead.objects.values_list("owner_id", flat=True))


def test_a_lead_is_of_who_records_it_or_lies_in_the_pool() -> None:
    lin = seller("李娜")
    own = make_lead("王芳", by=lin, is_mine=True, phone="138 0013 8000", at=AT)
    assert (own.owner_id, own.team_id, own.phone) == (
        lin.pk,
        lin.team_id,
        "+8613800138000",
    )
    assert own.protected_until == AT + timedelta(days=7)
    free = make_lead("", by=lin, company="天成家具")
    assert (free.owner_id, free.protected_until) == (None, None)
    with pytest.raises(Refused):
        make_lead("王芳", phone="12")
    with pytest.raises(Refused):
        make_lead("王芳", email="@")
    with pytest.raises(Refused, match="姓名"):
        make_lead(" ")
    with pytest.raises(Denied):
        make_lead("王芳", by=make_user("客人"))


def test_the_first_rule_that_fits_gives_a_lead_away() -> None:
    north, south, both = seller("北"), seller("南"), seller("都")
    sofa = make_product("沙发", category="客厅")
    rule([north], provinces=["北京"])
    rule([south], provinces=["广东"], categories=["客厅"])
    last = rule([both], origins=[Origin.WEB.value])
    assert make_lead("甲", province="北京市").owner_id == north.pk
    assert make_lead("乙", province="广东省", product=sofa).owner_id == south.pk
    assert make_lead("丙", province="广东省").owner_id is None
    web = make_lead("丁", origin=Origin.WEB)
    assert (web.owner_id, web.team_id) == (both.pk, both.team_id)
    move_lead_rule(HOUSE, last.pk, is_up=True, at=AT)
    move_lead_rule(HOUSE, last.pk, is_up=True, at=AT)
    fourth = make_lead("戊", province="北京", origin=Origin.WEB)
    assert fourth.owner_id == both.pk
    remove_lead_rule(HOUSE, last.pk, at=AT)
    assert make_lead("己", origin=Origin.WEB).owner_id is None


def test_turns_differ_by_one_and_who_comes_later_does_not_catch_up() -> None:
    people = [seller(), seller(), seller()]
    made = rule(people)
    for _each in range(7):
        make_lead()
    assert sorted(owners().values()) == [2, 2, 3]
    newcomer = seller()
    told = RuleTerms("规则", [one.pk for one in [*people, newcomer]])
    save_lead_rule(HOUSE, rule_id=made.pk, terms=told, at=AT)
    for _each in range(4):
        make_lead()
    assert owners()[newcomer.pk] <= 2
    User.objects.filter(pk=newcomer.pk).update(is_active=False)
    before = owners()[newcomer.pk]
    for _each in range(4):
        make_lead()
    assert owners()[newcomer.pk] == before


def test_by_load_goes_to_who_has_the_fewest_open_ones() -> None:
    busy, free = seller("忙"), seller("闲")
    for _each in range(3):
        make_lead(by=busy, is_mine=True)
    rule([busy, free], way=Way.LOAD)
    for _each in range(3):
        make_lead()
    assert owners() == {busy.pk: 3, free.pk: 3}


@pytest.mark.django_db(transaction=True)
def test_several_workers_give_each_lead_to_one_and_keep_turns() -> None:
    people = [seller() for _each in range(3)]
    for number in range(60):
        Lead.objects.create(name=f"线索{number}", created_at=AT, updated_at=AT)
    rule(people)
    counts: list[int] = []

    def work() -> None:
        while count := distribute_leads(HOUSE, at=AT, most=7):
            counts.append(count)
        connection.close()

    workers = [Thread(target=work) for _each in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sum(counts) == 60
    told = Notice.objects.filter(user=people[0])
    assert sum(one.payload["count"] for one in told) == 20
    assert set(owners().values()) == {20}
    given = LoggedEvent.objects.filter(name="sales.LeadGiven")
    assert Counter(given.values_list("subject_id", flat=True)).most_common(1)[0][1] == 1


def test_a_claim_is_for_one_within_limits() -> None:
    lin, wu = seller("李娜"), seller("吴伟")
    first, second = make_lead(), make_lead()
    assert claim_lead(lin, first.pk, at=AT).owner_id == lin.pk
    with pytest.raises(Refused, match="领走"):
        claim_lead(wu, first.pk, at=AT)
    terms(most_held=1)
    with pytest.raises(Refused, match="1"):
        claim_lead(lin, second.pk, at=AT)
    terms(most_claims=1)
    with pytest.raises(Refused, match="1"):
        claim_lead(lin, second.pk, at=AT)
    tomorrow = AT + timedelta(days=1, minutes=1)
    assert claim_lead(lin, second.pk, at=tomorrow).owner_id == lin.pk


def test_the_pool_of_a_team_is_for_it_and_those_below() -> None:
    north, south = make_team("北"), make_team("南")
    below = make_team("北一", parent=north)
    boss = seller("北主管", team=north)
    mine = make_lead(by=boss)
    assert [one.pk for one in pool(seller("组员", team=below))] == [mine.pk]
    stranger = seller("南", team=south)
    assert not pool(stranger)
    with pytest.raises(Refused):
        claim_lead(stranger, mine.pk, at=AT)
    assert not pool(make_user("无权", roles=[make_role({"lead.read": Depth.ALL})]))


def test_who_does_not_get_in_touch_loses_it_and_who_does_keeps_it() -> None:
    lin = seller("李娜")
    idle, cared = (make_lead(by=lin, is_mine=True, at=AT) for _each in range(2))
    later = AT + timedelta(days=5)
    contact_lead(lin, cared, mode=ContactMode.PHONE, note="有意向", at=later)
    assert release_overdue(HOUSE, at=AT + timedelta(days=8)) == 1
    idle.refresh_from_db()
    cared.refresh_from_db()
    assert (idle.owner_id, cared.owner_id, cared.state) == (None, lin.pk, "working")
    assert LoggedEvent.objects.filter(name="sales.LeadReleased").count() == 1
    tend_leads(AT + timedelta(days=30))
    cared.refresh_from_db()
    assert cared.owner_id is None
    terms(protect_days=0)
    kept = make_lead(by=lin, is_mine=True, at=AT)
    assert kept.protected_until is None
    assert release_overdue(HOUSE, at=AT + timedelta(days=900)) == 0


def test_what_is_released_is_not_given_out_by_rules_again() -> None:
    lin = seller("李娜")
    rule([lin])
    found = make_lead()
    assert found.owner_id == lin.pk
    release_lead(HOUSE, found, at=AT)
    assert distribute_leads(HOUSE, at=AT) == 0
    assert owners() == {None: 1}


def test_a_lead_is_changed_closed_opened_and_deleted() -> None:
    lin = seller("李娜")
    found = make_lead("王芳", by=lin, is_mine=True, at=AT)
    changed = change_lead(lin, found, version=1, company="天成家具", at=AT)
    assert (changed.name, changed.company) == ("王芳", "天成家具")
    with pytest.raises(Conflict):
        change_lead(lin, found, version=1, company="别的", at=AT)
    with pytest.raises(Refused):
        contact_lead(lin, found, mode=ContactMode.PHONE, note=" ", at=AT)
    discard_lead(lin, found, reason=DiscardReason.NEED, note="暂不装修", at=AT)
    with pytest.raises(Refused):
        contact_lead(lin, found, mode=ContactMode.PHONE, note="再打", at=AT)
    assert reopen_lead(lin, found, at=AT).state == LeadState.NEW
    assert "暂不装修" in reopened(found).note
    trash_lead(HOUSE, found, at=AT)
    with pytest.raises(Refused):
        assign_lead(HOUSE, found, lin, at=AT)
    assert restore_lead(HOUSE, found, at=AT).deleted_at is None


def reopened(found: Lead) -> Lead:
    found.refresh_from_db()
    return found


def test_only_who_passes_the_test_becomes_a_potential_customer() -> None:
    found = make_lead("王芳", has_need=True, has_motive=True, has_means=True)
    with pytest.raises(Refused, match="还没有买过"):
        convert_lead(HOUSE, found, at=AT)
    assert not Customer.objects.exists()
    change_lead(HOUSE, found, version=found.version, is_new=True, at=AT)
    done = convert_lead(HOUSE, found, at=AT)
    assert done.customer is not None
    assert (done.state, done.customer.name, done.customer.state) == (
        "converted",
        "王芳",
        "potential",
    )


def test_a_company_comes_with_its_person_referrer_opportunity_and_story() -> None:
    ship_stages(HOUSE)
    lin = seller("李娜", "customer.create", "customer.edit", "customer.read",
                 "opportunity.create", "opportunity.read")  # fmt: skip
    friend = make_customer("老客户", owner=lin)
    sofa = make_product("沙发")
    found = passed_lead(
        "王芳",
        by=lin,
        is_mine=True,
        company="天成家具",
        phone="13800138000",
        city="杭州",
        product=sofa,
        referrer=friend,
        note="要五十套",
        at=AT,
    )
    contact_lead(lin, found, mode=ContactMode.VISIT, note="看过样品", at=AT)
    deal = NewDeal("天成采购", first_stage(), expected_on=date(2030, 1, 1))
    done = convert_lead(lin, found, deal=deal, at=AT)
    company = Customer.objects.get(name="天成家具")
    person = Customer.objects.get(name="王芳")
    assert (company.form, person.form, person.phone) == (
        "organization",
        "person",
        "+8613800138000",
    )
    assert (company.owner_id, company.city, company.note) == (
        lin.pk,
        "杭州",
        "要五十套",
    )
    kinds = set(Relation.objects.values_list("source", "target", "kind"))
    assert kinds == {
        (person.pk, company.pk, "works_for"),
        (company.pk, friend.pk, "referred_by"),
    }
    assert done.opportunity is not None
    assert (done.opportunity.customer_id, done.opportunity.product_id) == (
        company.pk,
        sofa.pk,
    )
    told = LoggedEvent.objects.filter(party_id=company.pk, kind="lead").order_by("pk")
    assert [one.name.partition(".")[2] for one in told] == [
        "LeadCreated",
        "LeadContacted",
        "LeadConverted",
    ]
    with pytest.raises(Refused):
        convert_lead(lin, found, at=AT)


def test_whoever_is_a_customer_already_is_joined_not_doubled() -> None:
    known = make_customer("王芳", phone="+8613800138000")
    found = make_lead("王芳", phone="13800138000", is_new=False)
    done = convert_lead(HOUSE, found, customer=known, at=AT)
    assert done.customer == known
    assert Customer.objects.count() == 1
