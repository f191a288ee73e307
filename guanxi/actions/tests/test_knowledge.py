"""What the house has learned: told to owners, a few at a time, and what it is worth."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from guanxi.actions.commands import draw as commands
from guanxi.actions.commands.action_message import dismiss_message
from guanxi.actions.commands.detection import detect
from guanxi.actions.commands.knowledge import (
    BadKnowledge,
    KnowledgeFacts,
    apply_knowledge,
    change_knowledge,
    end_knowledge,
    record_knowledge,
)
from guanxi.actions.models import ActionMessage, Draw, Knowledge
from guanxi.actions.queries.action_message import told
from guanxi.actions.queries.knowledge import knowledge_lines
from guanxi.actions.rules import Detector, DismissReason
from guanxi.actions.rules.effect import until
from guanxi.actions.tests.factories import make_knowledge
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.commands.segment import (
    SegmentFacts,
    create_segment,
    delete_segment,
)
from guanxi.customers.commands.segment_member import add_members
from guanxi.customers.models import Customer, Segment
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.rules.segment import Membership, Sharing
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, System
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user
from guanxi.sales.tests.factories import make_order

DAY = date(2026, 3, 2)
SYSTEM = System("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return seller("周明")


def seller(name: str) -> User:
    rights = ("customer.read", "segment.read", "action_message.read")
    return make_user(name, roles=[make_role(dict.fromkeys(rights, Depth.OWN))])


def make_segment(*members: Customer, sharing: Sharing = Sharing.ALL) -> Segment:
    facts = SegmentFacts(
        name="缺墨粉",
        membership=Membership.STATIC,
        sharing=sharing,
    )
    found = create_segment(SYSTEM, facts, at=NOON)
    add_members(SYSTEM, found, members, at=NOON)
    return found


def make_members(owner: User, count: int) -> list[Customer]:
    return [
        make_customer(
            f"客户{n}",
            owner=owner,
            traits={"order_total": Decimal(n), "tier": "normal"},
        )
        for n in range(count)
    ]


def look(day: date = DAY, customer: Customer | None = None) -> list[ActionMessage]:
    """Return the open messages after a look at one customer, or at all."""
    detect(SYSTEM, as_of=day, at=NOON, customer_id=customer.pk if customer else None)
    rows = ActionMessage.objects.filter(detector=Detector.KNOWLEDGE, state="open")
    return list(rows.order_by("pk"))


def test_each_owner_hears_of_his_five_most_valuable_and_why(owner: User) -> None:
    members = make_members(owner, 7)
    item = make_knowledge(segment=make_segment(*members), is_applied=True)
    found = look()
    assert {one.customer_id for one in found} == {one.pk for one in members[2:]}
    words = told(owner, found[0])
    assert words.problem == "缺墨粉"
    assert words.suggestion == "提供年度合同。"
    assert "60 天内没有买墨粉" in words.evidence
    # Looking again raises nothing twice; who is dealt with makes room for the next.
    assert look() == found
    dismiss_message(SYSTEM, found[0], reason=DismissReason.WRONG, note="", at=NOON)
    assert members[1].pk in {one.customer_id for one in look()}
    (line,) = knowledge_lines(SYSTEM, DAY, is_ended=False)
    assert (line.use.told, line.use.open, line.use.dismissed) == (6, 5, 1)
    assert line.item == item


def test_only_owners_who_may_see_the_segment_hear_of_it(owner: User) -> None:
    members = make_members(owner, 1)
    make_knowledge(segment=make_segment(*members, sharing=Sharing.OWN), is_applied=True)
    assert look() == []


def test_whom_nobody_may_judge_or_who_has_no_owner_is_left_out(owner: User) -> None:
    (judged,) = make_members(owner, 1)
    free = make_customer("无人负责")
    make_knowledge(segment=make_segment(judged, free), is_applied=True)
    assert [one.customer_id for one in look()] == [judged.pk]
    limit_processing(SYSTEM, judged, LimitKind.PROFILING, reason="客户要求", at=NOON)
    assert look() == []


def test_it_ends_with_the_knowledge_and_with_the_segment(owner: User) -> None:
    segment = make_segment(*make_members(owner, 1))
    item = make_knowledge(segment=segment, is_applied=True)
    assert len(look()) == 1
    apply_knowledge(SYSTEM, item, is_applied=False, at=NOON)
    assert look() == []
    apply_knowledge(SYSTEM, item, is_applied=True, at=NOON)
    assert len(look()) == 1
    end_knowledge(SYSTEM, item, is_ended=True, at=NOON)
    assert look() == []
    item.refresh_from_db()
    assert not item.is_applied
    other = make_knowledge("别的", segment=segment, is_applied=True)
    assert [one.object_kind for one in look()] == [other.trial]
    delete_segment(SYSTEM, segment, at=NOON)
    assert look() == []


def test_each_thing_known_is_compared_by_itself(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([0, 99, 99, 99, 99, 99])
    monkeypatch.setattr(commands, "randbelow", lambda _below: next(drawn))
    monkeypatch.setattr(commands, "ENOUGH_FOUND", 1)
    first, second = members = make_members(owner, 2)
    segment = make_segment(*members)
    held = make_knowledge("一", segment=segment, is_applied=True)
    free = make_knowledge("二", segment=segment, is_applied=True)
    found = {(one.object_kind, one.customer_id) for one in look()}
    (out,) = Draw.objects.filter(is_held=True)
    assert out.detector == held.trial
    assert found == {
        (held.trial, ({first.pk, second.pk} - {out.customer_id}).pop()),
        (free.trial, first.pk),
        (free.trial, second.pk),
    }
    # Looking again within the quarter tells of nobody who was held out.
    again = look(DAY + timedelta(days=10))
    assert {(one.object_kind, one.customer_id) for one in again} == found


def test_what_it_is_worth_is_told_by_the_comparison(owner: User) -> None:
    item = make_knowledge(segment=make_segment(), is_applied=True)
    for number, customer in enumerate(make_members(owner, 120)):
        is_held = number % 2 == 0
        Draw.objects.create(
            detector=item.trial,
            customer=customer,
            quarter_on=date(2025, 10, 1),
            is_held=is_held,
            drawn_on=date(2025, 10, 1),
            until_on=until(date(2025, 10, 1)),
        )
        if not is_held or number % 10 == 0:
            order = make_order(customer)
            order.ordered_on = date(2025, 11, 1)
            order.save(update_fields=["ordered_on"])
    (line,) = knowledge_lines(SYSTEM, DAY, is_ended=False)
    assert line.effect is not None
    assert line.effect.verdict == "helps"
    assert "60" in line.effect.buying


def test_what_says_nothing_of_whom_or_what_to_do_is_not_applied() -> None:
    item = record_knowledge(SYSTEM, KnowledgeFacts("缺墨粉", "没有买墨粉"), at=NOON)
    with pytest.raises(BadKnowledge):
        apply_knowledge(SYSTEM, item, is_applied=True, at=NOON)
    facts = KnowledgeFacts("缺墨粉", "没有买墨粉", "致电", "", make_segment())
    change_knowledge(SYSTEM, item, facts, at=NOON)
    apply_knowledge(SYSTEM, item, is_applied=True, at=NOON)
    # While it is applied it cannot lose what it needs.
    with pytest.raises(BadKnowledge):
        change_knowledge(SYSTEM, item, KnowledgeFacts("缺墨粉", "没有买墨粉"), at=NOON)
    with pytest.raises(BadKnowledge):
        record_knowledge(SYSTEM, KnowledgeFacts(" ", "没有买墨粉"), at=NOON)


def test_a_manager_records_applies_and_puts_away_on_the_page() -> None:
    rights = ("knowledge.read", "knowledge.edit", "segment.read", "customer.read")
    manager = make_user("林", roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    segment = make_segment()
    client = Client()
    client.force_login(manager)
    assert "还没有登记客户知识" in client.get("/knowledge/").content.decode()
    words = {
        "title": "缺墨粉",
        "statement": "买了打印机，没有买墨粉",
        "advice": "提供年度合同",
        "segment": str(segment.pk),
        "source": "/insight/explore/?rows=category",
    }
    assert client.post("/knowledge/new/", words).status_code == 302
    item = Knowledge.objects.get()
    page = client.get("/knowledge/").content.decode()
    assert "买了打印机，没有买墨粉" in page
    assert "已登记" in page
    assert client.post(f"/knowledge/{item.pk}/use/").status_code == 302
    assert "已应用" in client.get("/knowledge/").content.decode()
    assert client.post(f"/knowledge/{item.pk}/end/").status_code == 302
    assert "缺墨粉" in client.get("/knowledge/?ended").content.decode()
    assert client.post(f"/knowledge/{item.pk}/end/?undo").status_code == 302
    # One without a segment cannot be applied, and the page says what is missing.
    bare = make_knowledge("无客群")
    answer = client.post(f"/knowledge/{bare.pk}/use/", follow=True)
    assert "请选择适用的客群" in answer.content.decode()
