"""Where dialogs lead, what they offer, and in whose name."""

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.actions.tests.conftest import Scene
from guanxi.actions.tests.factories import make_message
from guanxi.customers.commands.contact import block_contact
from guanxi.customers.rules.consent import ContactChannel
from guanxi.foundation.actor import System
from guanxi.foundation.clock import now
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_administrator

pytestmark = pytest.mark.django_db


def page(user: User, name: str, pk: int) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, args=[pk])).content.decode()


def test_given_a_form_opened_as_a_page_when_sent_then_it_leads_home(
    scene: Scene,
) -> None:
    message = make_message(scene.customer)
    client = Client()
    client.force_login(scene.owner)
    address = reverse("actions:contact", args=[message.pk])
    sent = {"outcome": "reached", "note": ""}
    response = client.post(
        address, sent, headers={"referer": f"http://testserver{address}"}
    )
    assert response.headers["Location"] == reverse("actions:home")


def test_given_a_message_of_somebody_else_when_a_draft_is_opened_then_the_writer_signs(
    scene: Scene,
) -> None:
    message = make_message(scene.customer)
    manager = make_administrator("周敏")
    assert "我是周敏" in page(manager, "actions:draft", message.pk)


def test_given_a_planned_message_when_opened_then_nothing_offers_to_take_it_back(
    scene: Scene,
) -> None:
    settled = {"state": "done", "closed_at": now()}
    planned = make_message(scene.customer, outcome="planned", **settled)
    called = make_message(scene.customer, outcome="reached", **settled)
    back = "reopening"
    assert back not in page(scene.owner, "actions:message", planned.pk)
    assert back in page(scene.owner, "actions:message", called.pk)


def test_given_a_customer_who_objects_when_called_then_no_number_and_no_record(
    scene: Scene,
) -> None:
    message = make_message(scene.customer)
    admin = make_administrator("周敏")
    assert "没有这方面的同意记录（电话）" in page(admin, "actions:contact", message.pk)
    block_contact(
        System("tests"),
        scene.customer,
        ContactChannel.PHONE,
        reason="不想接电话",
        at=now(),
    )
    html = page(admin, "actions:contact", message.pk)
    assert "禁止通过电话联系" in html
    assert "tel:" not in html
    client = Client()
    client.force_login(admin)
    address = reverse("actions:contact", args=[message.pk])
    assert client.post(address, {"outcome": "reached"}).status_code == 422
    message.refresh_from_db()
    assert message.state == "open"


def test_given_one_closed_channel_when_a_draft_is_opened_then_the_others_are_left(
    scene: Scene,
) -> None:
    message = make_message(scene.customer)
    for channel in (ContactChannel.SMS, ContactChannel.WECHAT):
        block_contact(
            System("tests"), scene.customer, channel, reason="不要消息", at=now()
        )
    html = page(scene.owner, "actions:draft", message.pk)
    assert "禁止通过短信联系" in html
    assert "data-copy-from" in html
    block_contact(System("tests"), scene.customer, None, reason="都不要", at=now())
    assert "data-copy-from" not in page(scene.owner, "actions:draft", message.pk)
