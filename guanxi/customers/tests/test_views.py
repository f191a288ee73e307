import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.customers.commands.code import CodeNames, add_code, ship_codes
from guanxi.customers.commands.contact_point import add_contact_point
from guanxi.customers.commands.customer import change_customer
from guanxi.customers.commands.note import add_note
from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.commands.tag import set_tags
from guanxi.customers.models import (
    Address,
    Code,
    ContactPoint,
    Customer,
    Note,
    Relation,
)
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.point import Point
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.models import Access
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("test")
HTMX = {"HX-Request": "true"}
NothingWritten = Callable[[], AbstractContextManager[None]]
KEY = "0a1b2c"


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def undo_of(client: Client) -> str:
    """Return the address that takes the last bulk action back."""
    kept = client.session["bulk_before"]
    return reverse("foundation:table_undo", args=[kept["table"], kept["token"]])


def text_of(response: object) -> str:
    """Return what a page says, without its tags."""
    html = response.content.decode()  # type: ignore[attr-defined]  # -- the test client's response
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def typed(**more: str) -> dict[str, str]:
    """Return the form of a new person as a browser sends it."""
    return {
        "form": "person",
        "state": "potential",
        "name": "李娜",
        "phone-key": KEY,
        f"point-{KEY}-text": "139 1111 2222",
        f"point-{KEY}-label": "手机",
        "phone-primary": KEY,
        **more,
    }


def page(name: str, *args: object) -> str:
    return reverse(f"customers:{name}", args=args)


def cost_of(client: Client, url: str) -> int:
    """Return how many queries a page asks, the second time it is opened."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in asked.captured_queries)


# Doors

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


# The list


def test_the_list_shows_what_one_may_see(
    owner: User, stranger: User, customer: Customer
) -> None:
    assert "张伟" in text_of(signed_in(owner).get(page("customers")))
    assert "张伟" not in text_of(signed_in(stranger).get(page("customers")))


def test_the_list_masks(agent: User, customer: Customer) -> None:
    shown = text_of(signed_in(agent).get(page("customers") + "?cols=name,phone,email"))
    assert "138****8000" in shown
    assert "z***@example.com" in shown
    assert "8013" not in shown


@pytest.mark.parametrize("field", ["phone", "no_such_field"])
def test_masked_fields_do_not_filter(
    agent: User, customer: Customer, field: str
) -> None:
    url = page("customers") + f"?where={field}.starts.138"
    assert signed_in(agent).get(url).status_code == 400


def test_many_rows_cost_as_many_queries_as_one(owner: User, customer: Customer) -> None:
    client, url = signed_in(owner), page("customers")
    one = cost_of(client, url)
    for _n in range(20):
        set_tags(HOUSE, make_customer(owner=owner, team=owner.team), ["VIP"], at=NOON)
    assert cost_of(client, url) == one
    assert one <= 8


def test_the_selection_is_trashed_and_tagged(owner: User, customer: Customer) -> None:
    client = signed_in(owner)
    data = {"action": "tag", "pk": customer.pk, "tags": "VIP，展会", "confirmed": "1"}
    client.post(page("customers"), data)
    assert sorted(tag.name for tag in customer.tags.all()) == ["VIP", "展会"]
    client.post(page("customers"), {"action": "trash", "pk": customer.pk})
    assert not Customer.objects.kept().exists()


def test_tags_taken_back_are_those_that_were_added(
    owner: User, customer: Customer
) -> None:
    set_tags(HOUSE, customer, ["老客户"], at=NOON)
    other = make_customer(owner=owner, team=owner.team)
    client = signed_in(owner)
    data = {"action": "tag", "pk": [customer.pk, other.pk], "tags": "老客户，展会"}
    client.post(page("customers"), {**data, "confirmed": "1"})
    set_tags(HOUSE, customer, ["老客户", "展会", "重点"], at=NOON)
    client.post(undo_of(client))
    assert sorted(tag.name for tag in customer.tags.all()) == ["老客户", "重点"]
    assert not other.tags.exists()


def test_a_selection_with_one_that_may_not_be_trashed_stays_whole(
    customer: Customer,
) -> None:
    depths = {"customer.read": Depth.TEAM, "customer.delete": Depth.OWN}
    user = make_user(roles=[make_role(depths)], team=customer.team)
    own = make_customer(owner=user, team=user.team)
    answer = signed_in(user).post(
        page("customers"), {"action": "trash", "pk": [own.pk, customer.pk]}
    )
    assert answer.status_code == 403
    assert Customer.objects.trashed().count() == 0


@pytest.mark.parametrize("chosen", ["", "nobody", "9" * 5000])
def test_an_owner_that_is_none_is_not_found(
    admin: User, customer: Customer, chosen: str
) -> None:
    data = {"action": "assign", "pk": customer.pk, "confirmed": "1", "owner": chosen}
    assert signed_in(admin).post(page("customers"), data).status_code == 404


def test_the_selection_is_assigned(
    admin: User, colleague: User, customer: Customer
) -> None:
    client = signed_in(admin)
    asked = client.post(page("customers"), {"action": "assign", "pk": customer.pk})
    assert asked["Location"] == page("assign_form") + f"?pk={customer.pk}"
    assert "已选择 1 位客户" in text_of(client.get(asked["Location"]))
    client.post(
        page("customers"),
        {
            "action": "assign",
            "pk": customer.pk,
            "confirmed": "1",
            "owner": colleague.pk,
        },
    )
    customer.refresh_from_db()
    assert customer.owner_id == colleague.pk


def test_given_a_customer_passed_on_since_when_assigning_is_undone_then_it_stays(
    admin: User, owner: User, colleague: User, stranger: User, customer: Customer
) -> None:
    other = make_customer("李雷", owner=owner, team=owner.team)
    client = signed_in(admin)
    chosen = {"pk": [customer.pk, other.pk], "owner": colleague.pk}
    data = {"action": "assign", "confirmed": "1", **chosen}
    listed = client.post(page("customers"), data, follow=True)
    (toast,) = listed.context["messages"]
    assign_customers(HOUSE, [customer], stranger, at=NOON)
    undone = text_of(client.post(toast.extra_tags, follow=True))
    assert "已撤销，1 行恢复原样。" in undone
    assert "有 1 位客户其间已转给他人，保持不变。" in undone
    customer.refresh_from_db()
    other.refresh_from_db()
    assert (customer.owner_id, other.owner_id) == (stranger.pk, owner.pk)


# The page


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


# Reveal


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


# The form


def test_a_new_customer_is_created(owner: User) -> None:
    data = typed(city="上海市", tags="VIP、展会", birth_on="1985-05-17")
    response = signed_in(owner).post(page("new_customer"), data)
    made = Customer.objects.get()
    assert response["Location"] == page("customer", made.pk)
    assert (made.name, made.phone, made.city) == ("李娜", "+8613911112222", "上海")
    assert made.tags.count() == 2


def test_what_is_wrong_is_said_and_kept(owner: User) -> None:
    data = typed(name="", **{f"point-{KEY}-text": "12"})
    response = signed_in(owner).post(page("new_customer"), data)
    assert response.status_code == 422
    assert 'value="12"' in response.content.decode()
    assert not Customer.objects.exists()


def test_a_likely_duplicate_must_be_decided_about(
    owner: User, customer: Customer
) -> None:
    client = signed_in(owner)
    data = typed(**{f"point-{KEY}-text": "13800138000"})
    asked = client.post(page("new_customer"), data)
    assert asked.status_code == 422
    for word in ("张伟", "电话相同", "仍然新建"):
        assert word in text_of(asked)
    assert Customer.objects.count() == 1
    client.post(page("new_customer"), {**data, "anyway": "1"})
    assert Customer.objects.count() == 2


def test_duplicates_show_while_one_types(
    owner: User, stranger: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    data = typed(name="", **{f"point-{KEY}-text": "13800138000"})
    mine, foreign = signed_in(owner), signed_in(stranger)
    with nothing_written():
        assert "张伟" in text_of(mine.post(page("duplicates"), data))
        assert "张伟" not in text_of(foreign.post(page("duplicates"), data))


def test_given_a_company_typed_as_a_person_then_its_twin_and_the_other_form_are_offered(
    owner: User,
) -> None:
    make_customer("华新贸易有限公司", form="organization", owner=owner, team=owner.team)
    client = signed_in(owner)
    typed_so = typed(name="华新贸易（有限公司）", form="person")
    told = client.post(page("duplicates"), typed_so)
    assert "华新贸易有限公司" in text_of(told)
    assert "这个名称像是一家公司。" in text_of(told)
    assert 'for="id_form_1"' in told.content.decode()
    whole = client.get(page("new_customer")).content.decode()
    assert re.search(r'value="organization"[^>]*id="id_form_1"', whole)
    other = text_of(
        client.post(page("duplicates"), {**typed_so, "form": "organization"})
    )
    assert "华新贸易有限公司" in other
    assert "这个名称像是一家公司。" not in other
    assert "公司" not in text_of(client.post(page("duplicates"), typed(name="华新")))


def test_given_a_company_kept_as_a_person_when_it_is_typed_then_it_is_found(
    owner: User,
) -> None:
    make_customer("华新贸易有限公司", form="person", owner=owner, team=owner.team)
    data = typed(name="华新贸易有限公司", form="organization")
    told = signed_in(owner).post(page("duplicates"), data)
    assert "华新贸易有限公司" in text_of(told)


def test_rows_are_added_and_taken_away(owner: User) -> None:
    client = signed_in(owner)
    assert 'name="phone-key"' in client.get(page("new_point", "phone")).content.decode()
    assert client.get(page("new_point", "fax")).status_code == 404
    assert client.get(page("no_point")).content == b""


def opened(client: Client, customer: Customer) -> dict[str, str]:
    """Return what the edit form would send if nothing was touched."""
    form = client.get(page("edit_customer", customer.pk)).context["form"]
    base = json.loads(form.initial["base"])
    sent = {name: value for name, value in base.items() if value}
    points = client.get(page("edit_customer", customer.pk)).context["points"]
    for row in points.rows:
        sent[f"{row.kind}-key"] = row.key
        sent[f"point-{row.key}-text"] = row.initial["text"]
        sent[f"point-{row.key}-label"] = row.initial["label"]
        if row.is_primary:
            sent[f"{row.kind}-primary"] = row.key
    return {
        **sent,
        "version": str(form.initial["version"]),
        "base": form.initial["base"],
        "points-base": points.base,
    }


def test_only_what_was_touched_is_changed(
    owner: User, admin: User, customer: Customer
) -> None:
    client = signed_in(owner)
    data = opened(client, customer)
    change_customer(admin, customer, version=1, at=NOON, industry="零售")
    response = client.post(
        page("edit_customer", customer.pk), {**data, "name": "张伟强"}
    )
    assert response.status_code == 302
    customer.refresh_from_db()
    assert (customer.name, customer.industry) == ("张伟强", "零售")
    assert ContactPoint.objects.filter(customer=customer).count() == 2


def test_points_added_meanwhile_stay_when_one_changed_something_else(
    owner: User, admin: User, customer: Customer
) -> None:
    add_contact_point(owner, customer, Point(PointKind.WECHAT, "zhangwei88"), at=NOON)
    client = signed_in(owner)
    data = opened(client, customer)
    add_contact_point(admin, customer, Point(PointKind.PHONE, "13911112222"), at=NOON)
    response = client.post(
        page("edit_customer", customer.pk), {**data, "name": "张伟强"}
    )
    assert response.status_code == 302
    phones = ContactPoint.objects.filter(customer=customer, kind="phone")
    assert phones.count() == 2


def test_a_conflict_about_points_shows_both_lists(
    owner: User, admin: User, customer: Customer
) -> None:
    client = signed_in(owner)
    data = opened(client, customer)
    key = data["phone-key"]
    data[f"point-{key}-text"] = "13933334444"
    add_contact_point(admin, customer, Point(PointKind.PHONE, "13911112222"), at=NOON)
    response = client.post(page("edit_customer", customer.pk), data)
    assert response.status_code == 422
    assert "138 0013 8000、139 1111 2222" in text_of(response)
    again = {**data, "version": "2"}
    assert client.post(page("edit_customer", customer.pk), again).status_code == 302
    phones = ContactPoint.objects.filter(customer=customer, kind="phone")
    assert [point.value for point in phones] == ["+8613933334444"]


def test_a_street_one_sees_covered_survives_a_change_of_the_city(
    owner: User, agent: User, customer: Customer
) -> None:
    change_customer(owner, customer, version=1, at=NOON, place={"street": "1 号"})
    client = signed_in(agent)
    data = {**opened(client, customer), "city": "杭州"}
    assert client.post(page("edit_customer", customer.pk), data).status_code == 302
    address = Address.objects.get(customer=customer)
    assert (address.city, address.street) == ("杭州", "1 号")


@pytest.mark.parametrize(
    "damage", [{"base": "[]"}, {"base": "{"}, {"version": ""}, {"points-base": "?"}]
)
def test_a_damaged_page_is_refused_or_saved_and_never_fails(
    owner: User, customer: Customer, damage: dict[str, str]
) -> None:
    client = signed_in(owner)
    data = {**opened(client, customer), **damage}
    response = client.post(page("edit_customer", customer.pk), data)
    assert response.status_code in (302, 422)


def test_a_conflict_is_shown_and_can_be_saved_knowingly(
    owner: User, admin: User, customer: Customer
) -> None:
    client = signed_in(owner)
    data = {**opened(client, customer), "name": "张伟强"}
    change_customer(admin, customer, version=1, at=NOON, name="张大伟")
    response = client.post(page("edit_customer", customer.pk), data)
    assert response.status_code == 422
    assert "现在的内容：张大伟" in text_of(response)
    customer.refresh_from_db()
    assert customer.name == "张大伟"
    client.post(page("edit_customer", customer.pk), {**data, "version": "2"})
    customer.refresh_from_db()
    assert customer.name == "张伟强"


def test_masked_fields_are_not_in_the_form(agent: User, customer: Customer) -> None:
    response = signed_in(agent).get(page("edit_customer", customer.pk))
    shown = response.content.decode()
    assert 'name="id_number"' not in shown
    assert "8000" not in shown
    assert "zhang.wei" not in shown


# Trash, owner, relations, codes


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


def test_a_code_no_longer_offered_stays_on_its_customers(
    admin: User, customer: Customer
) -> None:
    code = add_code(HOUSE, "kind", "agent", CodeNames("代理商", "Agent"), at=NOON)
    Customer.objects.update(kind=code)
    Code.objects.update(is_active=False)
    client = signed_in(admin)
    assert "代理商" in text_of(client.get(page("customer", customer.pk)))
    data = opened(client, customer)
    client.post(page("edit_customer", customer.pk), {**data, "industry": "零售"})
    customer.refresh_from_db()
    assert (customer.kind_id, customer.industry) == (code.pk, "零售")


# Who saw what


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
