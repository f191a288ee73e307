"""Every list of the house, seen on the list of customers."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.customers.commands.customer import change_customer
from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.models import Customer, Tag
from guanxi.customers.queries import search
from guanxi.customers.queries.search import customer_match
from guanxi.customers.tables import CUSTOMERS
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import TooOften
from guanxi.foundation.models import Access, LoggedEvent, SavedView, ViewChoice
from guanxi.foundation.policies import policy_of
from guanxi.foundation.rooms import collected
from guanxi.foundation.tables.listing import Listing
from guanxi.foundation.tables.paths import path_of
from guanxi.foundation.tables.state import state_of
from guanxi.foundation.tables.table import Column, Table
from guanxi.foundation.tables.where import BadFilter
from guanxi.identity.models import User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.tests.factories import make_administrator, make_role, make_user
from guanxi.sales.tests.factories import make_order

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LIST = "/customers/"


@pytest.fixture(autouse=True)
def _fresh_rights() -> None:
    forget_rights()


@pytest.fixture
def admin(db: None) -> User:
    return make_administrator("周明")


@pytest.fixture
def agent(db: None) -> User:
    """One who reads all customers, phones masked, e-mail not at all."""
    role = make_role(
        {"customer.read": Depth.ALL},
        {"customer.phone": Level.MASKED, "customer.email": Level.HIDDEN},
    )
    return make_user("坐席", roles=[role])


@pytest.fixture
def operator(db: None) -> User:
    """One who works with all customers, phones masked."""
    role = make_role(
        {"customer.read": Depth.ALL, "customer.edit": Depth.ALL},
        {"customer.phone": Level.MASKED},
    )
    return make_user("话务员", roles=[role], language="zh-hans")


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _keys(viewer: User, query: str) -> set[str]:
    listing = Listing(CUSTOMERS, viewer, state_of(QueryDict(query)), TODAY)
    found = [row.name for row in listing.page().rows]
    assert len(found) == len(set(found)), "a row came twice"
    return set(found)


@pytest.fixture
def three(admin: User) -> None:
    """Three customers that differ in everything a filter asks for."""
    red, blue = (Tag.objects.create(name=name) for name in ("红", "蓝"))
    make_customer(
        "张伟",
        city="上海",
        owner=admin,
        at=NOON,
        traits={"order_total": Decimal(100), "last_order_on": date(2026, 11, 1)},
    ).tags.add(red, blue)
    make_customer(
        "李娜",
        city="北京",
        at=datetime(2026, 11, 19, 16, 30, tzinfo=UTC),  # already the 20th in Shanghai
        traits={"order_total": Decimal(200), "last_order_on": date(2026, 10, 31)},
    ).tags.add(red)
    make_customer("王芳", city="", at=datetime(2026, 11, 19, 15, 0, tzinfo=UTC))


ALL = {"张伟", "李娜", "王芳"}


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("", ALL),
        ("city.eq.上海", {"张伟"}),
        ("city.neq.上海", {"李娜", "王芳"}),
        ("city.in.(上海,北京)", {"张伟", "李娜"}),
        ("city.notin.(上海,北京)", {"王芳"}),
        ("city.like.海", {"张伟"}),
        ("city.starts.北", {"李娜"}),
        ("city.empty", {"王芳"}),
        ("city.filled", {"张伟", "李娜"}),
        ("owner.eq.me", {"张伟"}),
        ("owner.empty", {"李娜", "王芳"}),
        ("order_total.gte.200", {"李娜"}),
        ("order_total.gt.100,order_total.lt.300", {"李娜"}),
        ("order_total.between.(100,200)", {"张伟", "李娜"}),
        ("last_order_on.within.thismonth", {"张伟"}),
        ("last_order_on.within.lastmonth", {"李娜"}),
        ("last_order_on.before.2026-11-01", {"李娜"}),
        ("last_order_on.lte.2026-11-01", {"张伟", "李娜"}),
        ("last_order_on.empty", {"王芳"}),
        ("created_at.eq.2026-11-20", {"张伟", "李娜"}),
        ("created_at.before.2026-11-20", {"王芳"}),
        ("created_at.after.2026-11-19", {"张伟", "李娜"}),
        ("created_at.lte.2026-11-19", {"王芳"}),
        ("created_at.gt.2026-11-19", "refused"),
        ("created_at.after.2026-11-20T03:59:59Z", {"张伟"}),
        ("created_at.after.2026-11-20T12:00:00", set()),
        ("kind.empty", ALL),
        ("is_key.eq.false", ALL),
        ("not(city.eq.上海,owner.eq.me)", {"李娜", "王芳"}),
        ("or(city.eq.上海,and(city.eq.北京,order_total.gt.100))", {"张伟", "李娜"}),
        ("tags.empty", {"王芳"}),
        ("tags.filled", {"张伟", "李娜"}),
        ("city.eq", "refused"),
        ("city.eq.(上海,北京)", "refused"),
        ("city.empty.1", "refused"),
        ("city.near.上海", "refused"),
        ("kind.eq.abc", "refused"),
        ("owner.eq.²", "refused"),
        ("owner.eq.99999999999999999999", "refused"),
        ("order_total.gt.NaN", "refused"),
        ("order_total.gt.1e30", "refused"),
        ("order_count.eq.1.5", "refused"),
        ("last_order_on.after.9999-12-31", "refused"),
        ("last_order_on.within.²d", "refused"),
        ("city.eq.a%00b", "refused"),
    ],
)
@pytest.mark.usefixtures("three")
def test_filters_find_what_they_say(
    admin: User, where: str, names: set[str] | str
) -> None:
    if names == "refused":
        with pytest.raises(BadFilter):
            _keys(admin, f"where={where}")
    else:
        assert _keys(admin, f"where={where}") == names


def test_the_key_of_another_record_can_be_shown(admin: User) -> None:
    order = make_order(make_customer("张伟"))
    page = _client(admin).get("/sales/orders/", {"cols": "number,customer_id"})
    assert f"{order.customer_id:,}" in page.content.decode()


@pytest.mark.usefixtures("three")
def test_a_row_with_two_fitting_tags_comes_once(admin: User) -> None:
    red, blue = Tag.objects.order_by("pk")
    both = f"({red.pk},{blue.pk})"
    assert _keys(admin, f"where=tags.in.{both}") == {"张伟", "李娜"}
    assert _keys(admin, f"where=tags.notin.({blue.pk})") == {"李娜", "王芳"}


@pytest.mark.parametrize("key", ["phone", "email"])
@pytest.mark.parametrize(
    "query",
    [
        "where={key}.eq.13800138000",
        "where={key}.nonsense.1",
        "where=or(city.eq.1,not({key}.like.1))",
        "sort={key}",
        "sort=-{key}",
    ],
)
def test_a_field_not_read_in_clear_is_refused_like_one_that_is_not(
    agent: User, key: str, query: str
) -> None:
    refusals = []
    for name in (key, "xxxxx"):
        with pytest.raises(BadFilter) as refusal:
            _keys(agent, query.format(key=name))
        refusals.append(refusal.value.message.replace(name, "…"))
    assert refusals[0] == refusals[1]


def test_a_masked_field_is_shown_masked_and_a_hidden_one_never(agent: User) -> None:
    make_customer("张伟", phone="13800138000", email="zhang.wei@example.com")
    page = _client(agent).get(LIST, {"cols": "name,phone,email"}).content.decode()
    assert "138****8000" in page
    assert "13800138000" not in page
    assert "example.com" not in page


def test_a_name_covered_on_customers_is_covered_on_their_orders(db: None) -> None:
    rights = {"customer.read": Depth.ALL, "order.read": Depth.ALL}
    role = make_role(rights, {"customer.name": Level.MASKED})
    make_order(make_customer("张小伟"))
    client = _client(make_user(roles=[role]))
    page = client.get("/sales/orders/", {"cols": "number,customer"}).content.decode()
    assert "张**" in page
    assert "张小伟" not in page
    asked = {"where": "customer.like.小"}
    assert client.get("/sales/orders/", asked).status_code == 400
    assert client.get("/sales/orders/", {"sort": "customer"}).status_code == 400


def test_a_wrong_filter_is_told_above_the_whole_list(admin: User) -> None:
    make_customer("张伟")
    answer = _client(admin).get(LIST, {"where": "nonsense.eq.1"})
    assert answer.status_code == 400
    assert "没有可用于筛选的字段“nonsense”。" in answer.content.decode()
    assert "张伟" in answer.content.decode()


def test_htmx_gets_only_the_refusal(admin: User) -> None:
    answer = _client(admin).get(
        LIST, {"where": "nonsense.eq.1"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 400
    assert "没有可用于筛选的字段“nonsense”。" in answer.content.decode()


@pytest.mark.usefixtures("three")
def test_chips_tell_the_filter_in_words_and_take_it_away(admin: User) -> None:
    where = "city.in.(上海,北京),or(owner.eq.me,city.empty),last_order_on.within.30d"
    answer = _client(admin).get(LIST, {"where": where, "q": "张"})
    chips = answer.context["table"].chips
    assert [chip.text for chip in chips] == [
        "城市 属于 “上海”或“北京”",
        "负责人 是 我 或 城市 为空",
        "最近下单 在 最近 30 天",
    ]
    left = QueryDict(chips[0].remove_url.removeprefix("?"))
    assert left["where"] == "or(owner.eq.me,city.empty),last_order_on.within.30d"
    assert left["q"] == "张"


def _queries(client: Client) -> int:
    client.get(LIST)  # what is kept in memory is read once
    with CaptureQueriesContext(connection) as asked:
        assert client.get(LIST).status_code == 200
    return len(asked)


def test_a_list_asks_as_much_for_many_rows_as_for_one(admin: User) -> None:
    make_customer("客户", owner=admin, phone="13800138000")
    with_one = _queries(_client(admin))
    for i in range(30):
        more = make_customer(f"客户{i}", owner=admin, phone=f"138001390{i:02}")
        more.tags.create(name=f"标签{i}")
    with_many = _queries(_client(admin))
    assert with_one == with_many <= 8


def test_the_count_is_exact_on_one_page_and_about_on_more(admin: User) -> None:
    client = _client(admin)
    make_customer("张伟")
    assert client.get(LIST).context["table"].about == "共 1 条"
    for i in range(26):
        make_customer(f"客户{i}")
    assert client.get(LIST).context["table"].about.startswith("约 ")


def _exported(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_an_export_is_what_is_shown_safe_to_open_and_noted(admin: User) -> None:
    make_customer("=1+1", city="上海", phone="13800138000")
    make_customer("张伟", city="北京", traits={"order_total": Decimal("12.50")})
    answer = _client(admin).get(
        LIST,
        {"cols": "name,phone,order_total", "sort": "-order_total", "export": "csv"},
    )
    assert _exported(answer) == [
        ["名称", "电话", "累计金额"],
        ["张伟", "", "12.50"],
        ["'=1+1", "138 0013 8000", "0.00"],
    ]
    noted = Access.objects.get()
    assert (noted.act, noted.kind, noted.rows) == ("export", "customer", 2)
    assert "phone" in noted.fields
    assert noted.actor_id == admin.pk


def test_an_export_masks_and_notes_no_clear_field(db: None) -> None:
    role = make_role(
        {"customer.read": Depth.ALL, "customer.export": Depth.ALL},
        {"customer.phone": Level.MASKED, "customer.name": Level.READ},
    )
    make_customer("张伟", phone="13800138000")
    answer = _client(make_user(roles=[role])).get(
        LIST, {"cols": "phone", "export": "csv"}
    )
    assert _exported(answer)[1] == ["138****8000"]
    assert Access.objects.get().fields == []


def test_an_export_needs_its_permission(agent: User) -> None:
    make_customer("张伟")
    client = _client(agent)
    assert client.get(LIST).context["table"].frame.export_csv_url == ""
    assert client.get(LIST, {"export": "xlsx"}).status_code == 403
    assert not Access.objects.exists()


def test_a_page_of_clear_phones_is_one_line_of_the_access_log(admin: User) -> None:
    reached = {make_customer(f"客户{n}", phone=f"1380013800{n}").pk for n in range(3)}
    make_customer("无号")
    client = _client(admin)
    client.get(LIST, {"cols": "name,city"})
    client.get(LIST, {"cols": "name,email"})
    assert not Access.objects.exists()
    client.get(LIST, {"cols": "name,phone"})
    noted = Access.objects.get()
    assert (noted.act, noted.kind, noted.fields) == ("view", "customer", ["phone"])
    assert (noted.actor_id, noted.rows) == (admin.pk, 3)
    assert set(noted.subject_ids) == reached


@pytest.mark.parametrize(
    ("pause", "most"), [(timedelta(), 60), (timedelta(seconds=2), 1023)]
)
def test_covered_numbers_are_looked_up_sixty_times_a_minute_a_thousand_a_day(
    operator: User, pause: timedelta, most: int
) -> None:
    at = NOON
    for number in range(most):
        with time_machine.travel(at, tick=False):
            customer_match(operator, f"1380013{number:04}")
        at += pause
    with time_machine.travel(at, tick=False), pytest.raises(TooOften):
        customer_match(operator, "13800139999")


@pytest.mark.django_db
def test_given_too_many_looked_up_numbers_then_every_door_says_so(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LOOK_UPS_A_MINUTE", 1)
    customer_match(operator, "13800138000")
    client, told = _client(operator), "请求过于频繁，请在"

    for path in (LIST, "/search/"):
        page = client.get(path, {"q": "13800138000"})
        assert page.status_code == 429
        assert 1 <= int(page["Retry-After"]) <= 60
        assert told in page.content.decode()
    answer = client.get("/api/v1/customers", {"q": "13800138000"})
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")

    # Words and parts of numbers uncover nothing, so they are not counted.
    assert client.get(LIST, {"q": "张伟"}).status_code == 200


def test_a_page_of_covered_phones_leaves_no_record(agent: User) -> None:
    make_customer("张伟", phone="13800138000")
    assert "138****8000" in _client(agent).get(LIST).content.decode()
    assert not Access.objects.exists()


def test_the_access_log_finds_who_saw_a_record_on_a_page_of_many(admin: User) -> None:
    one, _other = (make_customer(f"客户{n}", phone=f"1380013800{n}") for n in (1, 2))
    client = _client(admin)
    client.get(LIST)
    # Names of those who sign in hold small numbers too.
    queries = ((str(one.pk), 1), ("7" * 12, 0), ("周明", 1), ("9" * 30, 0))
    for query, count in queries:
        page = client.get("/audit/access/", {"q": query})
        assert len(page.context["table"].rows) == count


def test_the_audit_finds_a_record_by_number_and_who_did_it_by_username(
    admin: User,
) -> None:
    ours, own = make_customer("张伟"), make_customer("李娜")
    change_customer(System("console"), ours, version=1, at=NOON, industry="零售")
    change_customer(admin, own, version=1, at=NOON, industry="零售")
    role = make_role({"audit.read": Depth.ALL})
    only_log = _client(make_user("王芳", roles=[role], username="only.log"))
    client = _client(admin)
    for reader, query, pks in (
        (client, str(own.pk), {own.pk}),
        (client, admin.username, {own.pk}),
        (only_log, admin.username, set()),
        (client, "9" * 30, set()),
    ):
        page = reader.get("/audit/", {"q": query, "where": "kind.eq.customer"})
        found = LoggedEvent.objects.in_bulk([r.pk for r in page.context["table"].rows])
        assert {event.subject_id for event in found.values()} == pks


def test_the_audit_speaks_the_language_of_the_reader(admin: User) -> None:
    change_customer(
        System("console"), make_customer("张伟"), version=1, at=NOON, industry="零售"
    )
    admin.language = "zh-hans"
    admin.save()
    shown = _client(admin).get("/audit/").content.decode()
    assert "命令行" in shown
    assert "行业：– → 零售" in shown


@pytest.mark.django_db
def test_the_audit_tells_no_values_of_records_that_its_reader_may_not_read() -> None:
    customer, house = make_customer("张伟"), System("console")
    assign_customers(house, [customer], make_user("王先生"), at=NOON)
    customer.refresh_from_db()
    change_customer(house, customer, version=customer.version, at=NOON, industry="零售")
    only_log = make_user(roles=[make_role({"audit.read": Depth.ALL})])
    both = make_user(
        roles=[make_role({"audit.read": Depth.ALL, "customer.read": Depth.ALL})]
    )
    pages = [_client(user).get("/audit/").content.decode() for user in (both, only_log)]

    for secret in ("王先生", "零售"):
        assert [secret in page for page in pages] == [True, False]
    assert "行业：– → ***" in pages[1]


@pytest.mark.django_db
def test_the_audit_covers_the_fields_that_its_reader_may_not_read() -> None:
    change_customer(
        System("console"), make_customer("张伟"), version=1, at=NOON, industry="零售"
    )
    role = make_role(
        {"audit.read": Depth.ALL, "customer.read": Depth.ALL},
        {"customer.industry": Level.HIDDEN},
    )
    page = _client(make_user(roles=[role])).get("/audit/").content.decode()
    assert "零售" not in page
    assert "行业：– → ***" in page


def test_a_spreadsheet_is_sent_as_one(admin: User) -> None:
    make_customer("张伟")
    answer: Any = _client(admin).get(LIST, {"export": "xlsx"})
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert ".xlsx" in answer["Content-Disposition"]


def test_a_bulk_action_is_done_to_the_selected_rows(admin: User) -> None:
    kept, gone = make_customer("甲"), make_customer("乙")
    client = _client(admin)
    answer = client.post(LIST, {"action": "trash", "pk": [gone.pk, "²", "9" * 30]})
    assert answer.status_code == 302
    names = [row.name for row in CUSTOMERS.rows(admin)]
    assert names == [kept.name]


def test_given_the_last_page_cleared_then_the_list_begins_anew(admin: User) -> None:
    for i in range(26):
        make_customer(f"客户{i}")
    client = _client(admin)
    second = client.get(LIST).context["table"].next_url
    (last,) = client.get(LIST + second).context["table"].rows

    answer = client.post(
        LIST + second, {"action": "trash", "pk": [last.pk]}, follow=True
    )

    table = answer.context["table"]
    assert len(table.rows) == 25
    assert table.next_url == ""
    assert [str(toast) for toast in answer.context["messages"]] == ["已处理 1 行。"]


@pytest.mark.django_db
def test_a_bulk_action_leaves_out_what_one_does_not_see() -> None:
    depths = {"customer.read": Depth.OWN, "customer.delete": Depth.ALL}
    user = make_user(roles=[make_role(depths)])
    own, foreign = make_customer("甲", owner=user), make_customer("乙")
    posted = {"action": "trash", "pk": [own.pk, foreign.pk]}
    answer = _client(user).post(LIST, posted, follow=True)
    assert [str(toast) for toast in answer.context["messages"]] == ["已处理 1 行。"]
    assert Customer.objects.get(pk=foreign.pk).deleted_at is None


def test_a_bulk_action_needs_its_permission(agent: User) -> None:
    customer = make_customer("甲")
    answer = _client(agent).post(LIST, {"action": "trash", "pk": [customer.pk]})
    assert answer.status_code == 403
    assert Customer.objects.get(pk=customer.pk).deleted_at is None


def _undo(client: Client) -> Any:
    """Press the undo of the toast."""
    toast = next(iter(client.get(LIST).context["messages"]))
    return client.post(toast.extra_tags)


def test_given_customers_trashed_in_bulk_when_undone_then_they_are_back(
    admin: User,
) -> None:
    gone = [make_customer("甲"), make_customer("乙")]
    client = _client(admin)
    client.post(LIST + "?q=x", {"action": "trash", "pk": [c.pk for c in gone]})
    assert _undo(client).headers["Location"] == LIST + "?q=x"
    assert {row.name for row in CUSTOMERS.rows(admin)} == {"甲", "乙"}


def test_given_customers_assigned_in_bulk_when_undone_then_each_has_its_owner(
    admin: User, agent: User
) -> None:
    mine, theirs = make_customer("甲", owner=admin), make_customer("乙", owner=agent)
    heir = make_user("接手人")
    client = _client(admin)
    posted = {"action": "assign", "confirmed": "1", "owner": heir.pk}
    client.post(LIST, {**posted, "pk": [mine.pk, theirs.pk]})
    assert set(Customer.objects.values_list("owner_id", flat=True)) == {heir.pk}
    _undo(client)
    owners = dict(Customer.objects.values_list("pk", "owner_id"))
    assert owners == {mine.pk: admin.pk, theirs.pk: agent.pk}


def test_given_tags_added_in_bulk_when_undone_then_only_the_old_ones_stay(
    admin: User,
) -> None:
    customer = make_customer("甲")
    customer.tags.add(Tag.objects.create(name="红"))
    client = _client(admin)
    posted = {"action": "tag", "confirmed": "1", "tags": "红，蓝"}
    client.post(LIST, {**posted, "pk": [customer.pk]})
    assert set(customer.tags.values_list("name", flat=True)) == {"红", "蓝"}
    _undo(client)
    assert set(customer.tags.values_list("name", flat=True)) == {"红"}


def test_a_bulk_action_is_undone_once_and_by_who_did_it(
    admin: User, agent: User
) -> None:
    customer = make_customer("甲")
    client = _client(admin)
    client.post(LIST, {"action": "trash", "pk": [customer.pk]})
    undo = next(iter(client.get(LIST).context["messages"])).extra_tags
    assert _client(agent).post(undo).status_code == 404
    assert client.post(undo).status_code == 302
    assert client.post(undo).status_code == 404


def test_how_many_rows_a_page_has_is_chosen_in_the_menu(admin: User) -> None:
    for i in range(30):
        make_customer(f"客户{i}")
    table = _client(admin).get(LIST, {"size": "50"}).context["table"]
    assert [(size.rows, size.chosen) for size in table.frame.sizes] == [
        (25, False),
        (50, True),
        (100, False),
    ]
    assert len(table.rows) == 30


def test_a_bulk_action_denied_for_one_row_is_done_to_none(db: None) -> None:
    rights = {"order.read": Depth.ALL, "order.delete": Depth.OWN}
    viewer = make_user(roles=[make_role(rights)])
    mine, theirs = make_order(make_customer(owner=viewer)), make_order(make_customer())
    chosen = {"action": "trash", "pk": [mine.pk, theirs.pk]}
    assert _client(viewer).post("/sales/orders/", chosen).status_code == 403
    mine.refresh_from_db()
    assert mine.deleted_at is None


def test_a_bulk_action_without_rows_says_what_to_do(admin: User) -> None:
    answer = _client(admin).post(LIST, {"action": "trash"}, follow=True)
    assert "请先选中要处理的行" in answer.content.decode()


def test_a_page_far_down_by_a_computed_value_is_found_by_one_index(
    admin: User,
) -> None:
    for i in range(30):
        make_customer(f"客户{i}", traits={"order_total": Decimal(i // 4)})
    client = _client(admin)
    first = client.get(LIST, {"sort": "-order_total"}).context["table"]
    with CaptureQueriesContext(connection) as asked:
        client.get(LIST + first.next_url)
    rows = next(q["sql"] for q in asked if "customers_customer" in q["sql"])
    with connection.cursor() as sql:
        sql.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        sql.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        sql.execute(f"EXPLAIN {rows}")
        plan = "\n".join(line for (line,) in sql.fetchall())
    assert "Index Cond: (ROW(order_total, customer_id) < ROW(" in plan
    assert "Sort" not in plan


def test_a_list_reads_only_the_records_that_its_columns_show(admin: User) -> None:
    make_customer("客户", owner=admin)
    client, read = _client(admin), {}
    for columns in ("name,city", "name,owner,kind,tags"):
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST, {"cols": columns})
        read[columns] = " ".join(
            q["sql"] for q in asked if "customers_customer" in q["sql"]
        )
    shown = read["name,owner,kind,tags"]
    for table in ("identity_user", "customers_code", "customers_tag"):
        assert f'JOIN "{table}"' not in read["name,city"]
        assert f'"{table}"' in shown


# ---- Saved views


def _save(client: Client, here: str, **values: object) -> Any:
    url = reverse("foundation:table_view", args=["customers"]) + here
    return client.post(url, {"name": "重点", **values})


def test_a_view_keeps_the_address_and_comes_back_as_a_tab(admin: User) -> None:
    client = _client(admin)
    here = "?where=city.eq.%E4%B8%8A%E6%B5%B7&sort=-order_total"
    assert _save(client, here, is_pinned="on").headers["Location"] == LIST + here
    tabs = client.get(LIST + here).context["table"].frame.views
    assert [(tab.name, tab.active, tab.pinned) for tab in tabs] == [
        ("全部", False, False),
        ("重点", True, True),
    ]


def test_a_saved_view_is_managed_and_not_offered_to_be_saved_again(
    admin: User,
) -> None:
    client = _client(admin)
    here = "?sort=-order_total"
    frame = client.get(LIST + here).context["table"].frame
    assert "保存视图" in client.get(frame.save_view_url).content.decode()
    assert frame.views_url == ""
    _save(client, here)
    frame = client.get(LIST + here).context["table"].frame
    assert frame.save_view_url == ""
    managed = client.get(frame.views_url).content.decode()
    assert "管理视图" in managed
    assert "设为默认" in managed
    assert 'name="name"' not in managed
    again = client.get(
        reverse("foundation:table_view", args=["customers"]) + here
    ).content.decode()
    assert "当前视图已保存为“重点”。" in again
    assert 'name="name"' not in again


def test_the_default_view_opens_the_list_and_all_leaves_it(admin: User) -> None:
    client = _client(admin)
    here = "?sort=-order_total"
    _save(client, here, is_default="on")
    assert client.get(LIST).headers["Location"] == LIST + here
    everything = client.get(LIST + here).context["table"].frame.views[0].url
    assert client.get(LIST + everything).status_code == 200


def test_a_plain_view_by_default_opens_the_plain_list(admin: User) -> None:
    client = _client(admin)
    _save(client, "?", is_default="on")
    assert client.get(LIST).status_code == 200


def test_only_one_view_opens_by_default(admin: User) -> None:
    client = _client(admin)
    _save(client, "?q=a", name="甲", is_default="on")
    _save(client, "?q=b", name="乙", is_default="on")
    chosen = ViewChoice.objects.filter(is_default=True)
    assert [choice.view.name for choice in chosen] == ["乙"]


def test_a_shared_view_is_seen_by_others_but_only_its_owner_deletes_it(
    admin: User, agent: User
) -> None:
    _save(_client(admin), "?q=a", name="共享", is_shared="on")
    _save(_client(admin), "?q=b", name="私有")
    client = _client(agent)
    shared, private = (SavedView.objects.get(name=name) for name in ("共享", "私有"))
    tabs = client.get(LIST).context["table"].frame.views
    assert [tab.name for tab in tabs] == ["全部", "共享"]
    deletion = "foundation:view_deletion"
    assert client.post(reverse(deletion, args=[shared.pk])).status_code == 403
    assert client.post(reverse(deletion, args=[private.pk])).status_code == 404
    choice = reverse("foundation:view_choice", args=[private.pk])
    assert client.post(choice, {"choice": "pin"}).status_code == 404
    assert SavedView.objects.count() == 2
    assert _client(admin).post(reverse(deletion, args=[shared.pk])).status_code == 302
    assert SavedView.objects.get() == private


def test_sharing_needs_its_permission(agent: User) -> None:
    _save(_client(agent), "?q=a", is_shared="on")
    assert not SavedView.objects.get().is_shared


def test_a_shared_view_widens_nobodys_rights(admin: User, agent: User) -> None:
    make_customer("张伟", phone="13800138000")
    here = "?where=phone.filled&cols=name%2Cphone"
    _save(_client(admin), here, is_shared="on")
    answer = _client(agent).get(LIST + here)
    assert answer.status_code == 400
    assert "13800138000" not in answer.content.decode()


# ---- Dialogs


def test_the_filter_dialog_turns_rows_into_a_filter(admin: User) -> None:
    url = reverse("foundation:table_filter", args=["customers"])
    kept = "?where=not(city.eq.北京)&q=张"
    answer = _client(admin).post(
        url + kept,
        {
            "row": ["0", "1", "2", "3"],
            "group_0": "a",
            "key_0": "order_total",
            "operator_0": "gte",
            "value_0": "100",
            "group_1": "b",
            "key_1": "city",
            "operator_1": "eq",
            "value_1": "上海",
            "group_2": "b",
            "key_2": "owner",
            "operator_2": "in",
            "value_2": ["me", "7"],
            "group_3": "a",
            "key_3": "city",
            "operator_3": "",
        },
    )
    state = QueryDict(answer.headers["Location"].partition("?")[2])
    assert state["where"] == (
        "order_total.gte.100,not(city.eq.北京),or(city.eq.上海,owner.in.(me,7))"
    )
    assert state["q"] == "张"


def test_the_filter_dialog_tells_what_is_wrong_and_keeps_the_rows(admin: User) -> None:
    url = reverse("foundation:table_filter", args=["customers"])
    answer = _client(admin).post(
        url,
        {"row": "0", "key_0": "order_total", "operator_0": "gte", "value_0": "viel"},
    )
    assert answer.status_code == 422
    assert "“viel”不是“累计金额”的值" in answer.content.decode()
    assert answer.context["rows"][0].values == ("viel",)


def test_the_filter_dialog_keeps_the_rows_of_a_filter_too_long_for_an_address(
    admin: User,
) -> None:
    url = reverse("foundation:table_filter", args=["customers"])
    row = {"row": "0", "key_0": "city", "operator_0": "eq", "value_0": "京" * 1400}
    answer = _client(admin).post(url, row)
    assert answer.status_code == 422
    assert "筛选条件过长" in answer.content.decode()
    assert answer.context["rows"][0].values == ("京" * 1400,)


def test_dialogs_offer_no_field_that_is_not_read_in_clear(agent: User) -> None:
    client = _client(agent)
    answer = client.get(reverse("foundation:table_filter", args=["customers"]))
    keys = {field.key for field in answer.context["fields"]}
    assert "city" in keys
    assert not {"phone", "email"} & keys
    answer = client.get(reverse("foundation:table_columns", args=["customers"]))
    keys = {c.key for c in (*answer.context["shown"], *answer.context["others"])}
    assert "phone" in keys
    assert "email" not in keys


def test_columns_are_chosen_in_an_order(admin: User) -> None:
    client = _client(admin)
    url = reverse("foundation:table_columns", args=["customers"])
    answer = client.post(url, {"column": ["city", "name"]})
    heads = client.get(answer.headers["Location"]).context["table"].frame.columns
    assert [head.key for head in heads] == ["city", "name"]


def test_a_column_asked_for_twice_is_shown_once(admin: User) -> None:
    answer = _client(admin).get(LIST, {"cols": "city,name,city"})
    assert [head.key for head in answer.context["table"].frame.columns] == [
        "city",
        "name",
    ]


@pytest.mark.parametrize("tool", ["filter", "columns", "view"])
def test_dialogs_of_a_list_one_may_not_read_are_closed(db: None, tool: str) -> None:
    url = reverse(f"foundation:table_{tool}", args=["customers"])
    assert _client(make_user()).get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_the_density_is_remembered(admin: User) -> None:
    client = _client(admin)
    client.get(LIST, {"density": "comfortable"})
    assert client.get(LIST).context["table"].frame.density == "comfortable"


# ---- Every declared list


def _each(check: Callable[[Table, Column], bool]) -> list[str]:
    return [
        f"{table.key}.{column.key}"
        for table in collected("tables")
        for column in table.columns
        if not check(table, column)
    ]


def _is_sorted_by_a_field(table: Table, column: Column) -> bool:
    return not column.sort or path_of(table.model, column.sort).field is not None


def _says_what_may_lack(table: Table, column: Column) -> bool:
    field = path_of(table.model, column.sort).field if column.sort else None
    return field is None or field.null == column.nullable


# Their searches ask themselves what the viewer reads in clear.
ASK_THEMSELVES = {
    *("customers", "messages", "tasks", "investments", "key_proposals", "peers"),
    "next_products",
}


@pytest.mark.django_db
def test_every_search_says_what_it_reads() -> None:
    every = [table for table in collected("tables") if table.search]
    silent = {table.key for table in every if not table.searched}
    assert silent == ASK_THEMSELVES
    fields = {table.key: policy_of(table.kind).fields for table in every}
    assert all(set(table.searched) <= set(fields[table.key]) for table in every)


@pytest.mark.django_db
@pytest.mark.parametrize("level", [Level.HIDDEN, Level.MASKED])
@pytest.mark.parametrize(
    "table", list(collected("tables")), ids=lambda table: table.key
)
def test_what_is_not_read_in_clear_neither_filters_nor_sorts_nor_is_searched(
    table: Table, level: Level
) -> None:
    policy = policy_of(table.kind)
    levels = {f"{table.kind}.{name}": level for name in policy.fields}
    role = make_role({policy.permission("read"): Depth.ALL}, levels)
    client, url = _client(make_user(roles=[role])), reverse(table.url)
    unread = [c for c in table.all_columns if c.policy_field not in policy.always]
    asked = [
        *({"where": f"{column.key}.empty"} for column in unread),
        *({"sort": column.key} for column in unread),
    ]
    if not set(table.searched) <= set(policy.always):
        asked.append({"q": "张"})
    answers = {str(query): client.get(url, query).status_code for query in asked}
    assert {query: code for query, code in answers.items() if code != 400} == {}


def test_every_column_is_declared_as_it_is() -> None:
    fields = {table.kind: policy_of(table.kind).fields for table in collected("tables")}
    assert _each(lambda t, c: c.policy_field in fields[t.kind]) == []
    assert _each(_is_sorted_by_a_field) == []
    assert _each(_says_what_may_lack) == []
