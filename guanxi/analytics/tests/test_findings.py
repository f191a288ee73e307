"""Key findings: what is told to whom, and what people say to each other about it."""

from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from guanxi.analytics.commands.discussion import BadRemark, begin_discussion, reply
from guanxi.analytics.findings.declared import Certainty, certainty_of, key_of
from guanxi.analytics.findings.known import findings
from guanxi.analytics.models import Discussion, PutAside
from guanxi.analytics.outlooks import Step
from guanxi.analytics.tests.factories import (
    DAY,
    make_discussion,
    make_finished_run,
)
from guanxi.analytics.tests.test_explore import buy, load, reader
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.models import Notice
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user
from guanxi.sales.models import Order
from guanxi.sales.tests.factories import make_product

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
TODAY = DAY
# Up to February: 25 months, of which the last is the latest that has ended.
MONTHS = [date(2024 + n // 12, n % 12 + 1, 5) for n in range(1, 26)]


@pytest.fixture
def trade(settings: Settings, tmp_path: Path) -> dict[str, Customer]:
    """Lamps and desks go on as ever, but in the last month Li bought next to nothing."""
    settings.WAREHOUSE_ROOT = tmp_path
    lamp = make_product("台灯", price="100", category="灯具")
    desk = make_product("书桌", price="1000", category="家具")
    wang, li = make_customer("王芳"), make_customer("李强")
    for number, day in enumerate(MONTHS):
        ripple = str(40 + number % 3)
        buy(wang, day, (lamp, ripple, "100"))
        desks = "1" if day == MONTHS[-1] else str(20 + number % 2)
        buy(li, day, (desk, desks, "1000"))
    make_finished_run()
    load(tmp_path)
    return {"wang": wang, "li": li}


def page(viewer: User, path: str = "findings/", asked: str = "") -> str:
    client = Client()
    client.force_login(viewer)
    answer = client.get(f"/insight/{path}?{asked}")
    return " ".join(unescape(answer.content.decode()).split())


def post(viewer: User, path: str, **data: str) -> int:
    client = Client()
    client.force_login(viewer)
    return client.post(f"/insight/{path}", data).status_code


def told(viewer: User, step: Step = Step.MONTH) -> list[str]:
    return [one.sentence for one in findings(viewer, step, TODAY).findings]


def test_what_fell_is_told_with_what_was_expected_and_how_sure_it_is(
    trade: object,
) -> None:
    viewer = reader()
    known = findings(viewer, Step.MONTH, TODAY)
    # Revenue, orders, buyers, new buyers and profit of all; two categories and a channel.
    assert known.looked_at >= 6
    by_subject = {one.subject: one for one in known.findings}
    desks = by_subject["2026-02 类别“家具”的销售额"]
    assert desks.certainty is Certainty.CERTAIN
    assert desks.tone == "red"
    assert "1,000" in desks.sentence
    assert "低 95%" in desks.sentence
    assert desks.stake == "¥2万"
    assert "2026-02 销售额" in by_subject
    # What goes on as ever is no finding.
    assert not any("灯具" in subject for subject in by_subject)
    html = page(viewer)
    assert desks.sentence in html
    assert "几乎可以肯定" in html
    assert "where=category%3A家具" in html or "where=category%3A%E5%AE%B6" in html


def test_orders_behind_a_wall_make_no_finding(trade: dict[str, Customer]) -> None:
    viewer = reader()
    rights = dict.fromkeys(("customer.read", "wall.edit"), Depth.ALL)
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, trade["li"], to=viewer, reason="亲属", at=NOON)
    assert not told(viewer)
    assert "家具" not in page(viewer)
    assert "均在以往推算的范围内" in page(viewer)


def test_who_may_not_read_amounts_is_told_none(trade: object) -> None:
    rights = dict.fromkeys(
        ("customer.read", "order.read", "analysis.read", "product.read"), Depth.ALL
    )
    covered = {"order.total": Level.HIDDEN}
    viewer = make_user("郑", roles=[make_role(rights, covered)])
    assert not any("销售额" in one for one in told(viewer))
    assert "¥" not in page(viewer)


def test_payments_past_their_day_are_summed_with_who_should_act(
    trade: dict[str, Customer],
) -> None:
    owner = make_user("周敏")
    late = Order.objects.filter(customer=trade["wang"]).order_by("pk")[:2]
    rows = Order.objects.filter(pk__in=[one.pk for one in late])
    rows.update(due_on=date(2026, 1, 1), payment_state="unpaid", owner=owner)
    viewer = reader()
    (found,) = (
        one
        for one in findings(viewer, Step.MONTH, TODAY).findings
        if "付款日" in one.sentence
    )
    assert found.sentence == "2 笔订单已过付款日仍未付清。"
    owed = sum(one.total for one in late)
    assert found.stake == f"¥{owed:,.0f}"
    assert [person.name for person in found.who] == ["周敏"]


def test_before_the_first_analysis_the_page_says_so(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    assert "首次分析之后" in page(reader())


def test_a_finding_put_aside_is_gone_for_oneself_and_comes_back(trade: object) -> None:
    viewer, other = reader(), reader()
    (found,) = (
        one
        for one in findings(viewer, Step.MONTH, TODAY).findings
        if one.subject == "2026-02 销售额"
    )
    assert post(viewer, f"findings/{found.key}/aside/") == 302
    assert found.sentence not in page(viewer)
    assert "已搁置 1 项" in page(viewer)
    assert found.sentence in page(viewer, asked="aside")
    assert found.sentence in page(other)
    assert post(viewer, f"findings/{found.key}/aside/?undo") == 302
    assert found.sentence in page(viewer)
    assert not PutAside.objects.exists()


def test_a_comment_reaches_whom_it_names_and_nobody_else(trade: object) -> None:
    viewer, owner, stranger = reader(), make_user("周敏"), make_user("吴越")
    rights = {"user.read": Depth.ALL, "analysis.read": Depth.ALL}
    viewer.roles.add(make_role(rights))
    client = Client()
    client.force_login(viewer)
    words = {"subject": "2026-02 销售额", "people": "周敏", "text": "请查一下原因"}
    assert (
        client.post("/insight/findings/0123456789abcdef/comment/", words).status_code
        == 302
    )
    talk = Discussion.objects.get()
    notice = Notice.objects.get()
    assert notice.user_id == owner.pk
    assert notice.url == f"/insight/discussions/{talk.pk}/"
    assert "请查一下原因" in page(owner, f"discussions/{talk.pk}/")
    assert "2026-02 销售额" in page(owner, "discussions/")
    assert "2026-02 销售额" not in page(stranger, "discussions/")
    assert "请查一下原因" not in page(stranger, f"discussions/{talk.pk}/")
    assert post(owner, f"discussions/{talk.pk}/", text="大客户改到三月下单") == 302
    assert Notice.objects.filter(user=viewer).count() == 1
    assert post(owner, f"discussions/{talk.pk}/", settled="yes") == 302
    talk.refresh_from_db()
    assert talk.settled_at
    # Who says something more opens it again.
    reply(viewer, talk, text="好的，继续跟进", at=NOON)
    talk.refresh_from_db()
    assert talk.settled_at is None


def test_a_name_that_nobody_has_is_told_and_nothing_is_lost(trade: object) -> None:
    viewer = reader()
    client = Client()
    client.force_login(viewer)
    words = {"subject": "销售额", "people": "查无此人", "text": "请查一下原因"}
    answer = client.post("/insight/findings/a/comment/", words)
    assert answer.status_code == 422
    assert "没有名为“查无此人”的同事" in answer.content.decode()
    assert "请查一下原因" in answer.content.decode()
    assert not Discussion.objects.exists()


def test_a_talk_needs_somebody_and_something_to_say() -> None:
    viewer = reader()
    with pytest.raises(BadRemark):
        begin_discussion(
            viewer, key="a", subject="b", people=[viewer.pk], text="自言自语", at=NOON
        )
    talk = make_discussion(viewer, make_user("周敏"))
    with pytest.raises(BadRemark):
        reply(viewer, talk, text="  ", at=NOON)


def test_a_matter_has_one_key_whoever_looks(trade: object) -> None:
    first, second = reader(), reader()
    keys = [
        [one.key for one in findings(viewer, Step.MONTH, TODAY).findings]
        for viewer in (first, second)
    ]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == len(keys[0])
    assert key_of("a", 1) != key_of("a", 2)


def test_how_sure_goes_by_the_share_of_false_alarms() -> None:
    assert certainty_of(0.001) is Certainty.CERTAIN
    assert certainty_of(0.02) is Certainty.VERY_LIKELY
    assert certainty_of(0.09) is Certainty.LIKELY
