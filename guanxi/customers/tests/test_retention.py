"""Nothing is removed by a rule that nobody has tried and switched on; nor whom a hold keeps."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from guanxi.customers.commands import retention
from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.commands.note import add_note
from guanxi.customers.commands.retention import (
    BadRetention,
    NotTried,
    keep_to_retention,
    set_retention,
    try_retention,
)
from guanxi.customers.models import Customer, Erasure, Note, RetentionRun
from guanxi.customers.queries.retention import limit_of, retention_rules
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.rules.retention import Category
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_role, make_user

HOUSE = System("tests")
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=5 * 366)


@pytest.fixture(autouse=True)
def _codes(db: None) -> None:
    ship_codes(HOUSE)


def _on(category: Category, months: int = 36) -> None:
    try_retention(HOUSE, category, months=months, at=NOW)
    set_retention(HOUSE, category, months=months, is_on=True, at=NOW)


def _left() -> set[str]:
    return set(Customer.objects.kept().values_list("name", flat=True))


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (1, datetime(2026, 2, 28, tzinfo=UTC)),
        (13, datetime(2025, 2, 28, tzinfo=UTC)),
        (25, datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_months_are_counted_by_the_calendar(months: int, expected: datetime) -> None:
    assert limit_of(months, datetime(2026, 3, 31, tzinfo=UTC)) == expected


def test_shipped_rules_are_off_and_do_nothing() -> None:
    make_customer("旧人", at=OLD)
    assert [rule.kept.is_on for rule in retention_rules()] == [False] * 5
    keep_to_retention(NOW)
    assert _left() == {"旧人"}
    assert not RetentionRun.objects.exists()


def test_given_a_rule_that_was_not_tried_for_this_time_when_switched_on_then_refused() -> (
    None
):
    make_customer("旧人", at=OLD)
    with pytest.raises(NotTried):
        set_retention(HOUSE, Category.SILENT, months=36, is_on=True, at=NOW)
    assert (
        try_retention(HOUSE, Category.SILENT, months=36, at=NOW).tried_count,
        _left(),
    ) == (1, {"旧人"})
    with pytest.raises(NotTried):
        set_retention(HOUSE, Category.SILENT, months=12, is_on=True, at=NOW)
    with pytest.raises(BadRetention):
        try_retention(HOUSE, Category.SILENT, months=0, at=NOW)


def test_given_a_rule_that_is_on_when_another_time_is_tried_then_it_stays_as_it_is() -> (
    None
):
    _on(Category.SILENT, 36)
    try_retention(HOUSE, Category.SILENT, months=12, at=NOW)
    rule = next(r for r in retention_rules() if r.category == Category.SILENT)
    assert (rule.kept.months, rule.kept.is_on) == (36, True)
    assert (rule.is_tried(12), rule.is_tried(36)) == (True, False)


def test_given_a_rule_that_is_on_when_night_comes_then_the_silent_are_erased() -> None:
    silent = make_customer("旧人", at=OLD)
    make_customer("新人", at=NOW - timedelta(days=30))
    make_customer("买过的", at=OLD, traits={"order_count": 1})
    noted = make_customer("聊过的", at=OLD)
    add_note(HOUSE, noted, "上周来过", at=NOW - timedelta(days=7))
    held = make_customer("诉讼中", at=OLD)
    limit_processing(HOUSE, held, LimitKind.HOLD, reason="诉讼", at=OLD)
    LoggedEvent.objects.filter(party_id=held.pk).update(at=OLD)
    _on(Category.SILENT)
    keep_to_retention(NOW)
    assert _left() == {"新人", "买过的", "聊过的", "诉讼中"}
    assert Erasure.objects.get().customer_id == silent.pk
    run = RetentionRun.objects.get()
    assert (run.done, run.held, run.finished_at) == (1, 1, NOW)
    assert LoggedEvent.objects.filter(name="customers.RetentionCarriedOut").exists()
    keep_to_retention(NOW + timedelta(days=1))
    assert RetentionRun.objects.latest("pk").done == 0


def test_given_a_kill_between_two_parts_when_night_comes_again_then_it_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    party = make_customer("王芳")
    for _each in range(5):
        add_note(HOUSE, party, "旧", at=OLD)
    add_note(HOUSE, party, "新", at=NOW)
    _on(Category.NOTES)
    monkeypatch.setattr(retention, "TOGETHER", 2)

    class Killed(BaseException):
        pass

    parts: list[int] = []
    act = retention._delete_notes

    def die(pks: list[int], at: datetime) -> None:
        if len(parts) == 1:
            raise Killed
        parts.append(len(pks))
        act(pks, at)

    with monkeypatch.context() as patch:
        patch.setitem(retention._ACTS, Category.NOTES, die)
        with pytest.raises(Killed):
            keep_to_retention(NOW)
    assert Note.objects.count() == 4
    keep_to_retention(NOW + timedelta(hours=1))
    assert list(Note.objects.values_list("text", flat=True)) == ["新"]
    run = RetentionRun.objects.get()
    assert (run.done, run.finished_at) == (5, NOW + timedelta(hours=1))


def test_given_no_right_when_trying_then_denied(stranger: User) -> None:
    with pytest.raises(Denied):
        try_retention(stranger, Category.SILENT, months=36, at=NOW)


def test_given_the_page_when_tried_and_saved_then_count_and_sample_are_shown() -> None:
    make_customer("旧人", at=OLD)
    rights = ("retention.read", "retention.edit", "customer.read")
    boss = make_user("主管", roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    client = Client()
    client.force_login(boss)
    path = "/customers/retention/silent/"
    client.post(path, {"months": "36", "try": "1"})
    page = client.get(path).content.decode()
    assert "旧人" in page
    assert "1 条超过 36 个月" in page
    assert client.post(path, {"months": "36", "is_on": "on"}).status_code == 302
    assert "已开启" in client.get("/customers/retention/").content.decode()
    assert client.post(path, {"months": "12", "is_on": "on"}).status_code == 422
