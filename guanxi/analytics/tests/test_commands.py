"""From orders in PostgreSQL to traits on customers, and why each number is what it is."""

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django import Settings

from guanxi.analytics import loading
from guanxi.analytics.commands.analysis import (
    AnalysisRunning,
    DayToCome,
    execute,
    request_analysis,
    run_analysis,
    set_analysis_settings,
)
from guanxi.analytics.events import ScoresRefreshed
from guanxi.analytics.extract import UnreadableSourceError
from guanxi.analytics.handlers import forget_profile, let_go, load, mark_silent
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.queries import present_day, usual_return_days, why
from guanxi.analytics.warehouse import Warehouse
from guanxi.customers.commands.limit import lift_limit, limit_processing
from guanxi.customers.events import ProcessingLimited
from guanxi.customers.models import Customer, Traits
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.events import restore
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_role,
    make_user,
)
from guanxi.sales.tests.factories import make_order

DAY = date(2026, 3, 2)
SYSTEM = System("test")

# The extract reads over a connection of its own: it sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_warehouse(settings: Settings, tmp_path: Path) -> None:
    settings.WAREHOUSE_ROOT = tmp_path


def buy(customer: Customer, *days: date, amount: str = "100.00") -> None:
    for day in days:
        at = datetime(day.year, day.month, day.day, 4, tzinfo=NOON.tzinfo)
        make_order(customer, amount=amount, at=at)


def traits(customer: Customer) -> Traits:
    return Traits.objects.get(customer=customer)


def state_of(customer: Customer) -> str:
    return Customer.objects.get(pk=customer.pk).state


def pyramid_of(viewer: User, query: str = "") -> str:
    client = Client()
    client.force_login(viewer)
    return client.get(f"/insight/pyramid/{query}").content.decode()


def told(page: str) -> list[str]:
    """Return the rows of the table of a page, as they are read."""
    body = page.partition("<thead>")[2].partition("</thead>")[2]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def hear() -> None:
    """Let the room react to the latest scores, and do the work this leaves."""
    event = restore(LoggedEvent.objects.get(name="analytics.ScoresRefreshed"))
    assert isinstance(event, ScoresRefreshed)
    let_go(event)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = %s",
            ["guanxi.analytics.handlers.mark_silent"],
        )
        for (arguments,) in cursor.fetchall():
            mark_silent(customer_ids=json.loads(arguments)["customer_ids"])


def test_given_orders_when_analyzed_then_their_customers_have_traits() -> None:
    regular, newcomer, silent = make_customer(), make_customer(), make_customer()
    buy(regular, *(date(2025, month, 5) for month in range(3, 13)))
    buy(newcomer, date(2026, 2, 20), amount="30.00")
    outcome = run_analysis(SYSTEM, as_of=DAY, at=NOON)
    assert (outcome.run.state, outcome.run.customers, outcome.run.orders) == (
        "done",
        2,
        11,
    )
    assert [step["step"] for step in outcome.run.steps] == [
        "cleaned",
        "loaded",
        "merged",
        "refreshed",
    ]
    found = traits(regular)
    assert found.order_count == 10
    assert (found.order_total, found.order_mean) == (
        Decimal("1000.00"),
        Decimal("100.00"),
    )
    assert (found.first_order_on, found.last_order_on) == (
        date(2025, 3, 5),
        date(2025, 12, 5),
    )
    assert found.tier == "vital"
    assert traits(newcomer).purchase_state == "first_time"
    assert traits(newcomer).life_stage == "exploration"
    assert traits(silent).order_count == 0
    assert LoggedEvent.objects.filter(name="analytics.ScoresRefreshed").count() == 1


def test_given_buyers_found_lost_when_analyzed_then_they_are_lost_customers() -> None:
    gone, regular = make_customer(), make_customer()
    buy(gone, date(2025, 1, 5))
    buy(regular, *(date(2025, month, 5) for month in range(3, 13)))
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    hear()
    assert state_of(gone) == "lost"
    assert state_of(regular) == "actual"


def test_given_a_look_at_the_past_when_one_bought_since_then_nobody_is_lost() -> None:
    back = make_customer()
    buy(back, date(2024, 1, 5), date(2026, 2, 5))
    run_analysis(SYSTEM, as_of=date(2025, 12, 31), at=NOON)
    hear()
    assert traits(back).purchase_state == "lost"
    assert state_of(back) == "actual"


def test_the_pyramid_ranks_every_customer_and_draws_where_tiers_end() -> None:
    for amount in ("500.00", "300.00", "200.00"):
        buy(make_customer(f"买家{amount}"), DAY, amount=amount)
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    assert told(pyramid_of(make_administrator())) == [
        "重要客户 第 1 至 1 名，不低于 ¥500.00 共同特点",
        "1 买家500.00 ¥500.00",
        "普通客户 第 2 至 2 名，不低于 ¥300.00 共同特点",
        "2 买家300.00 ¥300.00",
        "小客户 第 3 至 3 名，不低于 ¥200.00 共同特点",
        "3 买家200.00 ¥200.00",
    ]
    assert told(pyramid_of(make_administrator(), "?after=2"))[1:] == [
        "3 买家200.00 ¥200.00"
    ]


def test_the_pyramid_shows_only_whom_one_may_see() -> None:
    rights = {"customer.read": Depth.OWN, "analysis.read": Depth.ALL}
    levels = {"customer.name": Level.READ, "customer.tier": Level.READ}
    levels["customer.order_total"] = Level.READ
    seller = make_user(roles=[make_role(rights, levels)])
    buy(make_customer("别人的客户"), DAY, amount="500.00")
    buy(make_customer("自己的客户", owner=seller), DAY, amount="300.00")
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    assert told(pyramid_of(seller))[1:] == ["2 自己的客户 ¥300.00"]


def test_given_no_change_when_analyzed_again_then_nothing_is_written() -> None:
    buy(make_customer(), date(2025, 5, 5), date(2025, 6, 5), date(2025, 7, 5))
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    assert run_analysis(SYSTEM, as_of=DAY, at=NOON).run.written == 0


def test_given_an_earlier_day_when_analyzed_then_later_orders_are_not_looked_at() -> (
    None
):
    early, late = make_customer(), make_customer()
    buy(early, date(2025, 5, 5))
    buy(late, date(2026, 2, 2))
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    run_analysis(SYSTEM, as_of=date(2025, 12, 31), at=NOON)
    assert (traits(early).order_count, traits(late).order_count) == (1, 0)
    assert (traits(late).tier, traits(late).last_order_on) == ("", None)


def test_given_a_run_on_past_data_then_its_day_is_the_present_until_the_next() -> None:
    friday = NOON + timedelta(days=4)
    assert present_day(friday) == date(2026, 3, 6)
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    assert present_day(friday) == date(2026, 3, 6)
    run_analysis(SYSTEM, as_of=date(2025, 12, 31), at=NOON)
    assert present_day(friday) == date(2025, 12, 31)
    run_analysis(SYSTEM, as_of=date(2026, 3, 5), at=friday)
    assert present_day(friday.replace(hour=20)) == date(2026, 3, 7)


def test_given_a_score_when_asked_why_then_formula_and_inputs_are_told() -> None:
    customer = make_customer()
    buy(customer, date(2025, 5, 5), date(2025, 6, 5))
    assert why(customer.pk, "order_total") is None
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    found = why(customer.pk, "order_total")
    assert found is not None
    assert found.explanation.inputs["order_count"] == 2
    assert why(make_customer().pk, "order_total") is None
    with pytest.raises(NotVisible):
        why(customer.pk, "shoe_size")


def test_given_three_tiers_when_analyzed_then_nobody_is_major() -> None:
    for amount in range(1, 11):
        buy(make_customer(), date(2026, 1, 5), amount=f"{amount}00.00")
    tiers = [{"key": "vital", "up_to": "10"}, {"key": "normal", "up_to": "50"}]
    set_analysis_settings(
        SYSTEM,
        values={"pyramid": {"tiers": [*tiers, {"key": "small", "up_to": "100"}]}},
        at=NOON,
    )
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    rows = Traits.objects.values_list("tier", flat=True)
    assert sorted(rows) == ["normal"] * 4 + ["small"] * 5 + ["vital"]


def test_given_other_thresholds_when_set_then_the_audit_tells_which() -> None:
    set_analysis_settings(SYSTEM, values={"state": {"loyal_days": 5}}, at=NOON)
    row = LoggedEvent.objects.get(name="analytics.ThresholdsChanged")
    assert list(row.changes) == ["state"]
    before, after = row.changes["state"]
    assert ('"loyal_days": 4' in before, '"loyal_days": 5' in after) == (True, True)


def test_given_a_queued_run_when_executed_then_done_once_and_another_is_refused() -> (
    None
):
    run = request_analysis(SYSTEM, as_of=DAY, at=NOON)
    with pytest.raises(AnalysisRunning):
        request_analysis(SYSTEM, as_of=DAY, at=NOON)
    execute(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.customers) == ("done", 0)
    execute(run_id=run.pk)
    assert AnalysisRun.objects.count() == 1
    assert usual_return_days() is not None


def test_given_a_run_cut_off_by_a_kill_when_taken_up_again_then_it_is_done_once() -> (
    None
):
    run = request_analysis(SYSTEM, as_of=DAY, at=NOON)
    AnalysisRun.objects.update(state=AnalysisRun.State.RUNNING)
    execute(run_id=run.pk)
    execute(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == "done"
    assert LoggedEvent.objects.filter(name="analytics.ScoresRefreshed").count() == 1


def test_given_an_unreachable_database_when_executed_then_the_run_has_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = request_analysis(SYSTEM, as_of=DAY, at=NOON)
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1"
    monkeypatch.setattr(loading, "conninfo", lambda: nowhere)
    with pytest.raises(UnreadableSourceError):
        execute(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, "127.0.0.1" in run.problem) == ("failed", True)
    request_analysis(SYSTEM, as_of=DAY, at=NOON)


def test_given_a_day_to_come_when_asked_for_then_refused() -> None:
    late_evening_in_utc = NOON.replace(hour=20)
    tomorrow = date(2026, 3, 3)
    with pytest.raises(DayToCome):
        request_analysis(SYSTEM, as_of=tomorrow, at=NOON)
    with pytest.raises(DayToCome):
        run_analysis(SYSTEM, as_of=tomorrow, at=NOON)
    # In the house it is tomorrow already.
    assert request_analysis(SYSTEM, as_of=tomorrow, at=late_evening_in_utc).pk
    assert AnalysisRun.objects.count() == 1


def test_given_no_right_when_running_then_refused_and_nothing_is_written() -> None:
    reader = make_user(roles=[make_role({"analysis.read": Depth.ALL})])
    for deed in (
        lambda: request_analysis(reader, as_of=DAY, at=NOON),
        lambda: run_analysis(reader, as_of=DAY, at=NOON),
        lambda: set_analysis_settings(reader, values={}, at=NOON),
    ):
        with pytest.raises(Denied):
            deed()
    assert AnalysisRun.objects.count() == 0


def test_given_an_objection_when_analyzed_then_only_what_was_bought_is_known() -> None:
    shy, open_minded = make_customer(), make_customer()
    for one in (shy, open_minded):
        buy(one, *(date(2025, month, 5) for month in range(3, 13)))
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    assert (traits(shy).tier, why(shy.pk, "r") is None) == ("vital", False)
    limit_processing(SYSTEM, shy, LimitKind.PROFILING, reason="来信要求", at=NOON)
    forget_profile(ProcessingLimited(customer_id=shy.pk, limit="profiling", at=NOON))
    assert why(shy.pk, "r") is None
    assert why(open_minded.pk, "r") is not None
    outcome = run_analysis(SYSTEM, as_of=DAY, at=NOON)
    assert (outcome.run.customers, outcome.run.orders) == (1, 20)
    known = traits(shy)
    assert (known.tier, known.r, known.life_stage, known.rhythm_days) == (
        "",
        0,
        "",
        None,
    )
    assert (known.order_count, known.order_total) == (10, Decimal("1000.00"))
    assert why(shy.pk, "r") is None
    lift_limit(SYSTEM, shy, LimitKind.PROFILING, at=NOON)
    run_analysis(SYSTEM, as_of=DAY, at=NOON)
    assert traits(shy).r > 0


def kept(name: str) -> pa.Table:
    """Return what holds of a history."""
    history = Warehouse(Path(settings.WAREHOUSE_ROOT)).history(name)
    return history.read(history.schema.names)


def test_the_cubes_are_loaded_with_the_classes_just_found(tmp_path: Path) -> None:
    buyer = make_customer("王芳")
    buy(buyer, date(2026, 2, 1), date(2026, 3, 1))
    outcome = run_analysis(SYSTEM, as_of=DAY, at=NOON)
    assert not Warehouse(tmp_path).history("classes").is_readable()
    load(
        ScoresRefreshed(
            run_id=outcome.run.pk, as_of="2026-03-02", customers=1, written=1, at=NOON
        )
    )
    assert kept("classes").to_pylist() == [
        {
            "customer_id": buyer.pk,
            "form": "person",
            "state": "actual",
            "kind_id": buyer.kind_id or 0,
            "relation_kind_id": 0,
            "province": "",
            "city": "",
            "industry": "",
            "is_key": "false",
            "tier": "vital",
            "rfm_segment": traits(buyer).rfm_segment,
            "life_stage": "exploration",
            "purchase_state": "repeat",
            "satisfaction": "",
            "life_pattern": "",
            "grade": traits(buyer).grade,
            "churn_risk": "",
            "p_alive": "",
            "expected_amount": "",
            "r": traits(buyer).r,
            "f": traits(buyer).f,
            "m": traits(buyer).m,
        }
    ]
    assert kept("sales").column("amount").to_pylist() == [10000, 10000]
    forget_profile(ProcessingLimited(customer_id=buyer.pk, limit="profiling", at=NOON))
    assert kept("classes").num_rows == 0
    (path,) = (tmp_path / "classes").glob("*.parquet")
    assert pq.read_table(path).num_rows == 0  # of no earlier load either
