"""Peers who tell of demand, and the potential customers their tips become."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from guanxi.customers.commands.peer import (
    BadPeer,
    BadTip,
    Lead,
    log_tip,
    register_peer,
    remove_peer,
)
from guanxi.customers.models import Customer, Peer, Tip
from guanxi.customers.queries.peer import tips_of
from guanxi.customers.rules.peer import DealOutcome
from guanxi.customers.tests.conftest import PERMISSIONS
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import Denied
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_people, make_role, make_user
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db
PEER = ("peer.read", "peer.create", "peer.edit", "peer.delete")
DAY = date(2026, 3, 2)


@pytest.fixture
def people(db: None) -> tuple[User, User, User]:
    """Owner, colleague and stranger, who keep peers too."""
    return make_people(*PERMISSIONS, *PEER)


def told(by: User, peer: Peer, name: str = "新开的酒店") -> Tip:
    return log_tip(
        by,
        peer,
        Lead(name=name),
        outcome=DealOutcome.LOST,
        need="八十套客房家具",
        told_on=DAY,
        at=NOON,
    )


def test_given_a_peer_when_a_tip_is_logged_then_it_is_a_potential_customer(
    owner: User,
) -> None:
    client = signed_in(owner)
    sent = {
        "name": "老周",
        "company": "江南地板",
        "product": "地板",
        "is_upstream": "on",
        "phone": "13900001111",
    }
    assert client.post(reverse("customers:new_peer"), sent).status_code == 302
    peer = Peer.objects.get()
    assert (peer.is_upstream, peer.owner_id) == (True, owner.pk)
    tip = {
        "outcome": "lost",
        "form": "organization",
        "name": "新开的酒店有限公司",
        "phone": "13800138001",
        "need": "八十套客房家具",
        "told_on": "2026-03-02",
    }
    new = reverse("customers:new_tip", args=[peer.pk])
    assert client.post(new, tip).status_code == 302
    lead = Customer.objects.get(name="新开的酒店有限公司")
    assert (lead.state, lead.source, lead.owner_id) == ("potential", "peer", owner.pk)
    html = client.get(reverse("customers:peer", args=[peer.pk])).text
    for word in ("新开的酒店有限公司", "八十套客房家具", "未做成"):
        assert word in html
    page = client.get(reverse("customers:customer", args=[lead.pk])).text
    assert "同行提供的信息（对方的业务未做成）" in page
    bank = client.get(reverse("customers:data_bank", args=[lead.pk])).text
    assert "八十套客房家具" in bank
    assert "地板" in client.get(reverse("customers:peers") + "?q=江南").text


def test_what_cannot_be_is_refused(owner: User) -> None:
    with pytest.raises(BadPeer):
        register_peer(owner, at=NOON, name="老周", product=" ")
    peer = register_peer(owner, at=NOON, name="老周", product="地板")
    facts = {"outcome": DealOutcome.WON, "at": NOON}
    lead = Lead(name="某店")
    with pytest.raises(BadTip):
        log_tip(owner, peer, lead, need="", told_on=DAY, **facts)  # type: ignore[arg-type]  # -- on purpose
    later = NOON.date() + timedelta(days=2)
    with pytest.raises(BadTip):
        log_tip(owner, peer, lead, need="桌椅", told_on=later, **facts)  # type: ignore[arg-type]  # -- on purpose
    assert Customer.objects.filter(name="某店").count() == 0


def test_given_who_enters_no_customers_then_no_tip_and_no_lead(owner: User) -> None:
    peer = register_peer(owner, at=NOON, name="老周", product="地板")
    role = make_role(dict.fromkeys(PEER, Depth.ALL))
    with pytest.raises(Denied):
        told(make_user("同事二", roles=[role]), peer)
    assert (Tip.objects.count(), Customer.objects.count()) == (0, 0)


def test_given_a_peer_removed_then_the_lead_stays(owner: User) -> None:
    peer = register_peer(owner, at=NOON, name="老周", product="地板")
    lead = told(owner, peer).customer
    remove_peer(owner, peer, at=NOON)
    assert (Peer.objects.count(), Tip.objects.count()) == (0, 0)
    assert Customer.objects.filter(pk=lead.pk).exists()


def test_given_a_role_that_hides_names_then_no_name_is_told(
    owner: User, people: tuple[User, User, User]
) -> None:
    peer = register_peer(owner, at=NOON, name="周老板", product="地板", phone="139")
    told(owner, peer)
    role = make_role({"peer.read": Depth.ALL}, {"peer.name": Level.HIDDEN})
    clerk = make_user("文员", roles=[role])
    client = signed_in(clerk)
    address = reverse("customers:peer", args=[peer.pk])
    for url in (address, reverse("customers:peers")):
        assert "周老板" not in client.get(url).text
    found = client.get(reverse("customers:peers"), {"q": "周老板"}).text
    assert f'href="{address}"' not in found
    assert tips_of(clerk, peer) == []
    stranger = signed_in(people[2])
    gone = stranger.get(reverse("customers:peer", args=[peer.pk]))
    assert gone.status_code == 404


def test_a_program_registers_a_peer_and_logs_a_tip(owner: User) -> None:
    call = Program(token_of(owner, *PEER, "customer.read", "customer.create"))
    peer = call.post("/peers", {"name": "老周", "product": "地板"}).json()
    sent = {
        "name": "某店",
        "outcome": "won",
        "need": "桌椅",
        "told_on": "2026-03-02",
    }
    new = call.post(f"/peers/{peer['id']}/tips", sent).json()
    assert Customer.objects.get(pk=new["customer_id"]).name == "某店"
    assert [one["product"] for one in call.get("/peers").json()["items"]] == ["地板"]
