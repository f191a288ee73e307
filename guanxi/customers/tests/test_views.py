"""None"""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.customers.commands.code import CodeNames, add_code, ship_codes
from guanxi.customers.commands.note import add_note
from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.commands.tag import set_tags
from guanxi.customers.models import (
    Code,
    Customer,
    Note,
    Relation,
)
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import cost_of, page, signed_in, text_of
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.models import Access
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("test")
HTMX = {"HX-Request": "true"}
NothingWritten = Callable[[], AbstractContextManager[None]]
PAGES = {
    "customer": "read",
    "timeline": "read",
    "edit_customer": "edit",
    "tags": "edit",
    "owner": "assign",
    "new_relation": "edit",
}
POSTS = {"note": {"text": "x"}, "state": {"state": "target"}, "trash": {}}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_customer(
    name: str,
    owner: User,
    colleague: User,
    stranger: User,
    customer: Customer,
    nothing_written: NothingWritten,
) -> None:
    url = page(name, customer.pk)
    clients = [signed_in(user) for user in (owner, colleague, stranger)]
    with nothing_written():
        statuses = [client.get(url).status_code for client in clients]
        anonymous = Client().get(url)
    assert statuses == [200, 200 if PAGES[name] == "read" else 403, 404]
    assert anonymous.status_code == 302


@pytest.mark.parametrize("name", POSTS)
def test_changes_of_a_customer_by_others(
    name: str,
    colleague: User,
    stranger: User,
    customer: Customer,
    nothing_written: NothingWritten,
) -> None:
    url = page(name, customer.pk)
    clients = [signed_in(user) for user in (colleague, stranger)]
    with nothing_written():
        statuses = [client.post(url, POSTS[name]).status_code for client in clients]
        anonymous = Client().post(url, POSTS[name])
    assert statuses == [403, 404]
    assert anonymous.status_code == 302


@pytest.mark.parametrize("name", POSTS)
def test_changes_of_a_customer_by_the_owner(
    name: str, owner: User, customer: Customer
) -> None:
    assert (
        signed_in(owner).post(page(name, customer.pk), POSTS[name]).status_code == 302
    )
    assert signed_in(owner).get(page(name, customer.pk)).status_code == 405


def test_code_lists_are_for_administrators(admin: User, owner: User) -> None:
    for name in ("codes", "new_code"):
        assert signed_in(admin).get(page(name)).status_code == 200
        assert signed_in(owner).get(page(name)).status_code == 403


def test_the_page_in_both_languages(owner: User, customer: Customer) -> None:
    url = page("customer", customer.pk)
    chinese = text_of(signed_in(owner).get(url))
    english = text_of(signed_in(owner, "en").get(url))
    for word in ("张伟", "潜在客户", "138 0013 8000", "联系方式", "保存记录"):
        assert word in chinese
    for word in ("张伟", "Potential customer", "138 0013 8000", "Save the note"):
        assert word in english


def test_the_page_masks_and_offers_to_reveal(agent: User, customer: Customer) -> None:
    response = signed_in(agent).get(page("customer", customer.pk))
    assert "138****8000" in text_of(response)
    assert "0013" not in response.content.decode()
    assert page("reveal", customer.pk, "phone") in response.content.decode()


def test_every_number_of_the_page_explains_itself(owner: User) -> None:
    known = make_customer(
        owner=owner,
        team=owner.team,
        traits={
            "order_count": 3,
            "order_total": 1200,
            "order_mean": 400,
            "tier": "vital",
            "life_stage": "stable",
            "amount_trend": 0.75,
        },
    )
    response = signed_in(owner).get(page("customer", known.pk))
    shown = text_of(response)
    for word in ("¥1,200.00", "重要客户", "稳定期", "−25%"):
        assert word in shown
    for trait in ("order_total", "order_count", "tier", "amount_trend"):
        url = reverse("analytics:why", args=[known.pk, trait])
        assert f'href="{url}"' in response.content.decode()


def test_the_page_costs_at_most_fifteen_queries(
    owner: User, customer: Customer
) -> None:
    add_note(HOUSE, customer, "下午联系", at=NOON)
    assert cost_of(signed_in(owner), page("customer", customer.pk)) <= 15


def test_a_note_comes_back_as_the_fragment(owner: User, customer: Customer) -> None:
    client = signed_in(owner)
    url = page("note", customer.pk)
    response = client.post(url, {"text": "下午联系"}, headers=HTMX)
    assert "下午联系" in text_of(response)
    assert Note.objects.get().text == "下午联系"
    empty = client.post(url, {"text": " "}, headers=HTMX)
    assert empty.status_code == 422


@pytest.mark.parametrize("before", ["x", "-1", "9" * 5000])
def test_a_place_in_the_timeline_that_is_none_shows_its_beginning(
    owner: User, customer: Customer, before: str
) -> None:
    add_note(owner, customer, "下午联系", at=NOON)
    answer = signed_in(owner).get(page("timeline", customer.pk), {"before": before})
    assert "下午联系" in text_of(answer)


def test_an_unlawful_state_is_refused_in_words(owner: User, customer: Customer) -> None:
    response = signed_in(owner).post(page("state", customer.pk), {"state": "lost"})
    assert response.status_code == 400
    assert "客户不能从“潜在客户”直接变为“流失客户”" in text_of(response)
    unknown = signed_in(owner).post(page("state", customer.pk), {"state": "king"})
    assert unknown.status_code == 404


def test_revealing_asks_for_a_reason_and_keeps_it(
    agent: User, customer: Customer
) -> None:
    client = signed_in(agent)
    url = page("reveal", customer.pk, "phone")
    asked = client.get(url, headers=HTMX)
    assert "138 0013 8000" not in text_of(asked)
    assert client.post(url, {"reason": ""}, headers=HTMX).status_code == 422
    assert not Access.objects.exists()
    shown = client.post(url, {"reason": "回拨客户"}, headers=HTMX)
    assert "138 0013 8000" in text_of(shown)
    assert Access.objects.get().reason == "回拨客户"
    assert client.get(page("reveal", customer.pk, "industry")).status_code == 404


def test_trash_and_undo(owner: User, customer: Customer) -> None:
    client = signed_in(owner)
    listed = client.post(page("trash", customer.pk), follow=True)
    assert page("restore", customer.pk) in listed.content.decode()
    assert "张伟" in text_of(client.get(page("trashed")))
    assert client.get(page("customer", customer.pk)).status_code == 404
    client.post(page("restore", customer.pk))
    assert client.get(page("customer", customer.pk)).status_code == 200


def test_assigning_can_be_undone(
    admin: User, owner: User, colleague: User, customer: Customer
) -> None:
    client = signed_in(admin)
    listed = client.post(
        page("owner", customer.pk), {"owner": colleague.pk}, follow=True
    )
    undo = page("owner_back", customer.pk, owner.pk)
    assert undo in listed.content.decode()
    client.post(undo)
    customer.refresh_from_db()
    assert customer.owner_id == owner.pk


def test_given_no_sight_of_owners_when_assigned_then_no_undo_tells_whose_it_was(
    owner: User, colleague: User, customer: Customer
) -> None:
    reach = ("customer.read", "customer.assign", "user.read")
    depths = dict.fromkeys(reach, Depth.ALL)
    blind = make_user(roles=[make_role(depths, {"customer.owner": Level.MASKED})])
    client = signed_in(blind)
    dialog = client.get(page("owner", customer.pk)).content.decode()
    assert f'value="{owner.pk}" selected' not in dialog
    data = {"owner": colleague.pk}
    listed = client.post(page("owner", customer.pk), data, follow=True)
    assert page("owner_back", customer.pk, owner.pk) not in listed.content.decode()
    customer.refresh_from_db()
    assert customer.owner_id == colleague.pk


def test_given_a_customer_passed_on_since_when_its_undo_is_clicked_then_it_stays(
    admin: User, owner: User, colleague: User, stranger: User, customer: Customer
) -> None:
    client = signed_in(admin)
    data = {"owner": colleague.pk}
    listed = client.post(page("owner", customer.pk), data, follow=True)
    (toast,) = listed.context["messages"]
    assign_customers(HOUSE, [customer], stranger, at=NOON)
    told = text_of(client.post(toast.extra_tags, follow=True))
    assert "这位客户其间已转给他人，保持不变。" in told
    customer.refresh_from_db()
    assert customer.owner_id == stranger.pk


def test_a_relation_is_added_and_removed(owner: User, customer: Customer) -> None:
    client = signed_in(owner)
    company = make_customer("云杉家居有限公司", owner=owner, team=owner.team)
    found = client.get(page("results") + "?who=云杉")
    assert f'value="{company.pk}"' in found.content.decode()
    client.post(
        page("new_relation", customer.pk),
        {"kind": "works_for", "target": company.pk, "title": "采购经理"},
    )
    relation = Relation.objects.get()
    assert (relation.source, relation.target) == (customer, company)
    assert "采购经理" in text_of(client.get(page("customer", company.pk)))
    client.post(page("no_relation", customer.pk, relation.pk))
    assert not Relation.objects.exists()


def test_given_tags_of_a_colleague_meanwhile_when_tags_are_saved_then_they_stay(
    owner: User, customer: Customer
) -> None:
    set_tags(HOUSE, customer, ["老客户", "展会"], at=NOON)
    client = signed_in(owner)
    opened_page = client.get(page("tags", customer.pk)).content.decode()
    assert 'name="seen" value="展会、老客户"' in opened_page
    set_tags(HOUSE, customer, ["老客户", "重点"], at=NOON)
    data = {"tags": "展会、VIP", "seen": "展会、老客户"}
    assert client.post(page("tags", customer.pk), data).status_code == 302
    assert sorted(tag.name for tag in customer.tags.all()) == ["VIP", "重点"]


def test_codes_are_edited(admin: User) -> None:
    ship_codes(HOUSE)
    client = signed_in(admin)
    new = {"scheme": "kind", "key": "agent", "name_zh": "代理商", "name_en": "Agent"}
    client.post(page("new_code"), {**new, "is_active": "on"})
    added = Code.objects.get(key="agent")
    assert "代理商" in text_of(client.get(page("codes")))
    client.post(page("edit_code", added.pk), {"name_zh": "代理", "name_en": "Agent"})
    added.refresh_from_db()
    assert (added.name_zh, added.is_active) == ("代理", False)
    taken = client.post(page("new_code"), {**new, "is_active": "on"})
    assert taken.status_code == 422
    assert "请输入别的条目没有用过的键。" in text_of(taken)
    log = text_of(client.get(reverse("foundation:audit")))
    assert "在“客户种类”中新增条目“agent”" in log
    assert "更改“客户种类”的条目“agent”" in log
    assert "中文名称：代理商 → 代理；可选用：是 → 否" in log
    User.objects.filter(pk=admin.pk).update(language="en")
    assert "yes → no" in text_of(client.get(reverse("foundation:audit")))


def test_given_a_code_of_a_colleague_meanwhile_when_added_then_its_key_is_taken(
    admin: User,
) -> None:
    add_code(HOUSE, "kind", "agent", CodeNames("代理商", "Agent"), at=NOON)
    new = {"scheme": "kind", "key": "agent", "name_zh": "代理", "name_en": "Agent"}
    taken = signed_in(admin).post(page("new_code"), {**new, "is_active": "on"})
    assert taken.status_code == 422
    assert Code.objects.get(key="agent").name_zh == "代理商"


@pytest.mark.parametrize("name", ["customer", "edit_customer"])
def test_a_page_that_shows_protected_values_goes_on_record(
    owner: User, customer: Customer, name: str
) -> None:
    assert signed_in(owner).get(page(name, customer.pk)).status_code == 200
    seen = Access.objects.get()
    assert (seen.act, seen.kind, seen.subject_id) == ("view", "customer", customer.pk)
    assert (seen.fields, seen.actor_id) == (["email", "phone"], owner.pk)


def test_a_page_that_covers_them_leaves_no_record(
    agent: User, customer: Customer
) -> None:
    assert signed_in(agent).get(page("customer", customer.pk)).status_code == 200
    assert not Access.objects.exists()


def test_a_sign_that_no_database_holds_parts_tags(
    owner: User, customer: Customer
) -> None:
    sent = signed_in(owner).post(page("tags", customer.pk), {"tags": "重点\0老客户"})
    assert sent.status_code == 302
    assert {tag.name for tag in customer.tags.all()} == {"重点", "老客户"}


def test_who_may_not_write_names_is_told_so_instead_of_a_form() -> None:
    rights = dict.fromkeys(("customer.read", "customer.create"), Depth.ALL)
    veiled = make_user(roles=[make_role(rights, {"customer.name": Level.HIDDEN})])
    client, address = signed_in(veiled), page("new_customer")
    assert client.get(address).status_code == 403
    assert client.post(address, {"form": "person", "name": "王芳"}).status_code == 403
    assert not Customer.objects.exists()
