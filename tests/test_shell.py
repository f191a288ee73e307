"""What is around every page: navigation, bell, search, error pages, the two logs."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.audit import changes_of, history, record_access
from guanxi.foundation.context import Shell
from guanxi.foundation.errors import Conflict, Denied, NotVisible, Refused
from guanxi.foundation.middleware import RefusalMiddleware
from guanxi.foundation.models import Access, LoggedEvent, Notice
from guanxi.foundation.notices import notify
from guanxi.foundation.phones import mask_phone
from guanxi.foundation.policies import Field, Policy, Privacy
from guanxi.identity.models import User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.tests.factories import make_administrator, make_role, make_user

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_rights() -> None:
    forget_rights()


@pytest.fixture
def admin(db: None) -> User:
    return make_administrator("周明")


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _request(user: User, path: str = "/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user
    return request


# ---- The shell


def test_navigation_shows_what_one_may_open_and_where_one_is(admin: User) -> None:
    nav = Shell(_request(admin, "/customers/")).nav
    active = [entry.label for entry in nav if entry.active]
    assert active == ["客户"]
    assert {"审计日志", "查看记录"} <= {c.label for e in nav for c in e.children}


def test_navigation_hides_what_one_may_not_open(db: None) -> None:
    nav = Shell(_request(make_user())).nav
    labels = {e.label for e in nav} | {c.label for e in nav for c in e.children}
    assert not {"客户", "订单", "审计日志", "查看记录"} & labels


def test_a_page_that_shows_no_shell_asks_nothing_for_it(admin: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        Shell(_request(admin))
    assert len(asked) == 0


# ---- The bell


@pytest.mark.parametrize("said", ["on", "off"])
def test_the_page_says_whether_its_reader_wants_the_keys(
    admin: User, said: str
) -> None:
    admin.has_keys = said == "on"
    admin.save()
    client = Client()
    client.force_login(admin)
    assert f'data-keys="{said}"' in client.get("/notices/").content.decode()


def test_notices_are_told_in_the_readers_language_and_marked_as_read(
    admin: User,
) -> None:
    notify(admin.pk, "about %(n)s rows", {"n": 3}, at=NOON, url="/customers/")
    client = _client(admin)
    assert 'class="ui-unread">1<' in client.get("/notices/").content.decode()
    assert "约 3 条" in client.get("/notices/").content.decode()
    admin.language = "en"
    admin.save()
    assert "about 3 rows" in client.get("/notices/").content.decode()
    assert client.get("/notices/reading/").status_code == 405
    assert _read_all(client).status_code == 302
    assert Notice.objects.get().read_at is not None
    page = client.get("/notices/").content.decode()
    assert "ui-unread" not in page


def _read_all(client: Client) -> Any:
    """Press the button of the page of notices."""
    page = client.get("/notices/").content.decode()
    (latest,) = re.findall(r'name="latest" value="(\d+)"', page)
    return client.post("/notices/reading/", {"latest": latest})


def test_a_notice_that_came_after_the_page_stays_new(admin: User) -> None:
    notify(admin.pk, "about %(n)s rows", {"n": 3}, at=NOON)
    client = _client(admin)
    page = client.get("/notices/")
    later = notify(admin.pk, "about %(n)s rows", {"n": 5}, at=NOON)

    client.post("/notices/reading/", {"latest": page.context["notices"][0].pk})

    assert list(Notice.objects.filter(read_at=None)) == [later]


@pytest.mark.parametrize("latest", ["", "x", "²", "9" * 30])
def test_a_wrong_number_of_a_notice_reads_none(admin: User, latest: str) -> None:
    notify(admin.pk, "about %(n)s rows", {"n": 3}, at=NOON)
    _client(admin).post("/notices/reading/", {"latest": latest})
    assert Notice.objects.get().read_at is None


def test_a_notice_is_nobody_elses(admin: User) -> None:
    notify(admin.pk, "about %(n)s rows", {"n": 3}, at=NOON)
    client = _client(make_user())
    assert "about 3" not in client.get("/notices/").content.decode()
    client.post("/notices/reading/", {"latest": Notice.objects.get().pk})
    assert Notice.objects.get().read_at is None


# ---- Search


def test_search_finds_in_groups_what_one_may_see(admin: User) -> None:
    make_customer("欧阳雪", city="杭州")
    page = _client(admin).get("/search/", {"q": "欧阳"}).content.decode()
    assert "欧阳雪" in page
    assert "<html" in page
    stranger = _client(make_user()).get("/search/", {"q": "欧阳"}).content.decode()
    assert "欧阳雪" not in stranger


def test_htmx_gets_the_bare_results(admin: User) -> None:
    make_customer("欧阳雪")
    answer = _client(admin).get(
        "/search/", {"q": "欧阳"}, headers={"HX-Request": "true"}
    )
    assert "<html" not in answer.content.decode()
    assert "欧阳雪" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "is_asked"), [("雪", True), ("x", False), (" ", False)]
)
def test_one_chinese_character_is_a_question_of_others_it_takes_two(
    admin: User, query: str, *, is_asked: bool
) -> None:
    client = _client(admin)
    client.get("/search/", {"q": query})
    with CaptureQueriesContext(connection) as asked:
        client.get("/search/", {"q": query}, headers={"HX-Request": "true"})
    assert any("customers_customer" in q["sql"] for q in asked) == is_asked


# ---- Errors


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (NotVisible(), 404, "这个地址下没有你可以查看的内容"),
        (Denied("customer.edit"), 403, "你的角色不包含这一步操作"),
        (Refused("库存不足，请减少数量。"), 400, "库存不足，请减少数量。"),
        (Conflict("陈晓东刚刚改过。"), 409, "陈晓东刚刚改过。"),
    ],
)
def test_a_refusal_says_what_happened_and_what_to_do(
    admin: User, error: Exception, status: int, told: str
) -> None:
    answer = RefusalMiddleware(_never).process_exception(_request(admin), error)
    assert answer is not None
    assert answer.status_code == status
    assert told in answer.content.decode()


def _never(_request: HttpRequest) -> HttpResponse:
    raise AssertionError


def test_a_refused_form_leads_back_to_its_page_and_to_no_other_site(
    admin: User,
) -> None:
    middleware = RefusalMiddleware(_never)
    for referer, link in (
        ("http://testserver/customers/new/", 'href="http://testserver/customers/new/"'),
        ("https://evil.example/", 'href="/"'),
    ):
        request = RequestFactory().post("/x/", headers={"referer": referer})
        request.user = admin
        answer = middleware.process_exception(request, Refused("不行。"))
        assert answer is not None
        assert link in answer.content.decode()
        assert "evil.example" not in answer.content.decode()


def test_bugs_and_the_rest_door_are_left_alone(admin: User) -> None:
    middleware = RefusalMiddleware(_never)
    assert middleware.process_exception(_request(admin), ValueError()) is None
    assert (
        middleware.process_exception(_request(admin, "/api/v1/x"), NotVisible()) is None
    )


def test_an_unknown_address_is_told_to_colleagues_and_visitors(admin: User) -> None:
    answer = _client(admin).get("/nowhere/")
    assert answer.status_code == 404
    assert "返回工作台" in answer.content.decode()
    assert "ui-side" in answer.content.decode()
    visitor = Client().get("/nowhere/")
    assert visitor.status_code == 404
    assert "ui-side" not in visitor.content.decode()


def test_a_form_without_its_token_says_what_to_do(admin: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    answer = client.post("/notices/reading/")
    assert answer.status_code == 403
    assert "请返回上一页，刷新后重新提交" in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (SuspiciousOperation(), 400, "无法识别这次请求"),
        (PermissionDenied(), 403, "没有权限"),
        (RuntimeError(), 500, "服务器出错了"),
    ],
)
def test_what_breaks_is_told_without_details(
    admin: User,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    told: str,
) -> None:
    def broken(user_id: int) -> None:
        raise error

    monkeypatch.setattr("guanxi.foundation.views.notices_of", broken)
    client = Client(raise_request_exception=False)
    client.force_login(admin)
    answer = client.get("/notices/")
    assert answer.status_code == status
    assert told in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


# ---- Language and time


def test_a_visitor_reads_chinese_until_he_chooses(db: None) -> None:
    client = Client()
    answer = client.get("/nowhere/", headers={"accept-language": "en"})
    assert answer.headers["Content-Language"] == "zh-hans"
    client.cookies["django_language"] = "en"
    assert client.get("/nowhere/").headers["Content-Language"] == "en"
    client.cookies["django_language"] = "tlh"
    assert client.get("/nowhere/").headers["Content-Language"] == "zh-hans"


def test_a_colleague_reads_his_language_in_his_time_and_no_cache_keeps_it(
    db: None,
) -> None:
    role = make_role({"audit.read": Depth.ALL})
    reader = make_user(roles=[role], language="en", time_zone="America/New_York")
    LoggedEvent.objects.create(name="x.Y", at=datetime(2026, 1, 2, 3, 0, tzinfo=UTC))
    answer = _client(reader).get("/audit/")
    assert answer.headers["Content-Language"] == "en"
    assert "no-store" in answer.headers["Cache-Control"]
    assert 'title="2026-01-01 22:00"' in answer.content.decode()


# ---- The two logs


@pytest.mark.parametrize("view", ["foundation:audit", "foundation:access"])
def test_the_logs_are_read_by_auditors_only(admin: User, view: str) -> None:
    assert _client(admin).get(reverse(view)).status_code == 200
    assert _client(make_user()).get(reverse(view)).status_code == 403
    assert Client().get(reverse(view)).status_code == 302


def test_the_access_log_says_who_saw_which_fields_and_why(admin: User) -> None:
    record_access(
        admin,
        "reveal",
        "customer",
        fields=["phone", "email"],
        pks=[7],
        reason="回访",
        at=NOON,
    )
    page = _client(admin).get("/audit/access/").content.decode()
    for told in ("周明", "显示明文", "邮箱、电话", "回访"):
        assert told in page
    assert Access.objects.get().subject_id == 7


POLICY = Policy(
    kind="thing",
    label="Thing",
    actions={},
    fields={
        "city": Field("City"),
        "phone": Field("Phone", Privacy.PERSONAL, Level.READ, mask_phone),
        "note": Field("Note", Privacy.SENSITIVE),
    },
)


def test_changes_keep_old_and_new_with_personal_values_masked() -> None:
    before = {"city": "上海", "phone": "+8613800138000", "note": "", "same": "x"}
    after = {"city": "北京", "phone": "+8613900139000", "note": "病历", "same": "x"}
    assert changes_of(POLICY, before, after) == {
        "city": ("上海", "北京"),
        "phone": (mask_phone("+8613800138000"), mask_phone("+8613900139000")),
        "note": ("", "…"),
    }


def test_events_are_told_in_the_language_of_the_moment(admin: User) -> None:
    customer = make_customer("张伟")
    url = reverse("customers:trash", args=[customer.pk])
    assert _client(admin).post(url).status_code == 302
    history(admin, "customer", customer.pk)  # afterwards the fields are remembered
    with CaptureQueriesContext(connection) as asked:
        item = history(admin, "customer", customer.pk)[0]
    assert len(asked) == 1
    assert item.actor == "周明"
    assert item.title.strip()
