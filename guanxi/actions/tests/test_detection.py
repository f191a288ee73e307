"""Detection: each conflict once, closed when gone, back only with other facts."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pytest_django import Settings

from guanxi.actions.commands.action_message import dismiss_message, record_contact
from guanxi.actions.commands.detection import Detected, detect
from guanxi.actions.commands.rule import set_rule
from guanxi.actions.models import ActionMessage, Task
from guanxi.actions.queries.action_message import told
from guanxi.actions.rules import (
    Detector,
    DismissReason,
    Kind,
    MessageState,
    Mode,
    Outcome,
    TaskKind,
)
from guanxi.actions.tests.conftest import Scene
from guanxi.actions.tests.factories import make_order_with, make_task
from guanxi.analytics.commands.strategy import write_strategy
from guanxi.analytics.models import AnalysisRun
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.events import LifeStageChanged
from guanxi.customers.models import Traits
from guanxi.customers.rules.limit import LimitKind
from guanxi.foundation.actor import System
from guanxi.foundation.events import publish
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.tests.factories import NOON

DAY = date(2026, 3, 2)
SYSTEM = System("test")


def look(day: date = DAY, customer_id: int | None = None) -> Detected:
    return detect(SYSTEM, as_of=day, at=NOON, customer_id=customer_id)


def learn(scene: Scene, **traits: object) -> None:
    Traits.objects.filter(customer=scene.customer).update(**traits)


def silent_vital(scene: Scene, *, days: int = 90, limit: int = 40) -> None:
    learn(
        scene,
        tier="vital",
        last_order_on=DAY - timedelta(days=days),
        silence_limit_days=limit,
        rhythm_days=30,
        order_count=12,
        order_total=Decimal("8000.00"),
    )


def open_messages() -> list[tuple[str, str]]:
    rows = ActionMessage.objects.filter(state=MessageState.OPEN).order_by("pk")
    return [(row.detector, row.kind) for row in rows]


def test_given_vital_customer_silent_beyond_his_rhythm_when_looking_then_a_call_is_asked(
    scene: Scene,
) -> None:
    silent_vital(scene)
    assert look() == Detected(raised=1)
    message = ActionMessage.objects.get()
    assert (message.detector, message.kind) == ("vital_silent", "contact")
    assert (message.urgency, message.importance) == (3, 3)
    assert message.assignee == scene.owner
    assert message.due_on == DAY + timedelta(days=1)
    assert "90" in told(System("test"), message).evidence
    assert "¥8,000.00" in told(System("test"), message).evidence
    raised = LoggedEvent.objects.get(name="actions.ActionRaised")
    assert raised.party_id == scene.customer.pk


@pytest.mark.parametrize(
    "traits",
    [
        {"tier": "major"},
        {"silence_limit_days": 90},
        {"last_order_on": DAY - timedelta(days=40)},
        {"last_order_on": None},
    ],
)
def test_given_no_silence_or_no_vital_customer_when_looking_then_nothing(
    scene: Scene, traits: dict[str, object]
) -> None:
    silent_vital(scene)
    learn(scene, **traits)
    assert look() == Detected()


def test_given_a_standing_conflict_when_looking_again_then_it_is_recorded_once(
    scene: Scene,
) -> None:
    silent_vital(scene)
    look()
    assert look() == Detected()
    assert look(DAY + timedelta(days=1)) == Detected(refreshed=1)
    assert ActionMessage.objects.count() == 1
    assert ActionMessage.objects.get().facts["days"] == 91


def test_given_an_order_since_when_looking_then_the_message_closes_by_itself(
    scene: Scene,
) -> None:
    silent_vital(scene)
    look()
    make_order_with(scene.customer, ordered_at=NOON, ordered_on=DAY)
    assert look() == Detected(closed=1)
    message = ActionMessage.objects.get()
    assert (message.state, message.closed_by_id) == ("closed", None)


def test_given_a_dismissal_when_looking_then_it_returns_only_with_other_facts(
    scene: Scene,
) -> None:
    silent_vital(scene, days=50)
    look()
    dismiss_message(
        scene.owner, ActionMessage.objects.get(), reason=DismissReason.KNOWN, at=NOON
    )
    assert look() == Detected()
    assert look(DAY + timedelta(days=1)) == Detected()
    # The silence has doubled the limit: that is news.
    assert look(DAY + timedelta(days=31)) == Detected(raised=1)


def test_given_a_recorded_call_when_looking_then_it_is_not_raised_again(
    scene: Scene,
) -> None:
    silent_vital(scene)
    look()
    record_contact(
        scene.owner,
        ActionMessage.objects.get(),
        outcome=Outcome.REACHED,
        note="",
        at=NOON,
    )
    assert look() == Detected()


def test_given_first_time_buyer_when_the_usual_time_has_passed_then_a_call_is_asked(
    scene: Scene, finished_run: AnalysisRun
) -> None:
    learn(
        scene,
        purchase_state="first_time",
        order_count=1,
        last_order_on=DAY - timedelta(days=61),
        order_total=Decimal("120.00"),
    )
    look()
    assert open_messages() == [("first_not_back", "contact")]
    assert look(DAY + timedelta(days=120)) == Detected(closed=1)


def test_given_smaller_orders_when_looking_then_the_fall_is_told(scene: Scene) -> None:
    learn(
        scene,
        order_count=9,
        amount_trend=0.4,
        last_order_on=DAY,
        silence_limit_days=40,
        order_total=Decimal("5000.00"),
    )
    look()
    message = ActionMessage.objects.get()
    assert message.detector == "amount_falling"
    assert "60%" in told(System("test"), message).evidence


def test_what_raises_the_risk_most_is_told_with_it(
    scene: Scene, settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    rows = {
        "customer_id": [scene.customer.pk, scene.customer.pk + 1],
        "churn_reason_1": ["overdue", "times"],
        "churn_value_1": [2.5, 1.0],
        "churn_reason_2": ["last_amount", ""],
        "churn_value_2": [0.4, None],
    }
    pq.write_table(pa.table(rows), tmp_path / "scores.parquet")
    learn(
        scene,
        tier="major",
        order_count=9,
        last_order_on=DAY - timedelta(days=20),
        churn_risk=70,
        expected_amount=Decimal("5000.00"),
    )
    look()
    evidence = told(System("test"), ActionMessage.objects.get()).evidence
    assert "主要迹象：" in evidence
    assert "2.5 倍" in evidence
    assert "0.4 倍" in evidence


def test_given_a_high_risk_when_looking_then_what_may_be_lost_is_told(
    scene: Scene,
) -> None:
    at_risk = {
        "tier": "major",
        "order_count": 9,
        "last_order_on": DAY - timedelta(days=20),
        "silence_limit_days": 40,
        "churn_risk": 70,
        "expected_amount": Decimal("5000.00"),
    }
    for facts in (
        {"churn_risk": 55},
        {"churn_risk": None},
        {"tier": "normal"},
        {"expected_amount": Decimal(1_000)},
        {"expected_amount": None},
    ):
        learn(scene, **at_risk | facts)
        assert look() == Detected()
    learn(scene, **at_risk)
    assert look() == Detected(raised=1)
    message = ActionMessage.objects.get()
    assert message.detector == "likely_to_leave"
    evidence = told(System("test"), message).evidence
    assert "70%" in evidence
    assert "3,500" in evidence
    # A few percent more are no news, and a silence beyond the rhythm is the other rule's.
    learn(scene, **at_risk | {"churn_risk": 75})
    assert look() == Detected(refreshed=1)
    learn(
        scene,
        **at_risk | {"tier": "vital", "last_order_on": DAY - timedelta(days=41)},
    )
    look()
    assert open_messages() == [("vital_silent", "contact")]


@pytest.mark.parametrize(
    ("mode", "ratio", "silent", "wanted"),
    [
        (Mode.PROPOSE, 1.0, 50, "vital_silent"),
        (Mode.OFF, 1.0, 50, "likely_to_leave"),
        (Mode.PROPOSE, 2.0, 50, "likely_to_leave"),
        (Mode.PROPOSE, 0.8, 36, "vital_silent"),
    ],
)
def test_one_rule_tells_of_a_silent_customer_whatever_the_other_is_set_to(
    scene: Scene, mode: Mode, ratio: float, silent: int, wanted: str
) -> None:
    set_rule(
        SYSTEM,
        Detector.VITAL_SILENT,
        mode=mode,
        parameters={"ratio": ratio},
        held_percent=0,
        at=NOON,
    )
    silent_vital(scene, days=silent, limit=40)
    learn(scene, churn_risk=90, expected_amount=Decimal(5_000))
    look()
    assert [detector for detector, _kind in open_messages()] == [wanted]


def test_given_a_strategy_of_a_stage_when_somebody_enters_it_then_it_is_told_once(
    scene: Scene,
) -> None:
    learn(scene, life_stage="decline", tier="major", order_count=9)
    turned = LifeStageChanged(
        customer_id=scene.customer.pk, old="stable", new="decline", at=NOON
    )
    publish(turned)
    assert look() == Detected()  # nobody has said what to do
    write_strategy(
        SYSTEM, matrix="stage", cell="decline", text="寄一份新品目录", at=NOON
    )
    assert look() == Detected(raised=1)
    message = ActionMessage.objects.get()
    assert (message.detector, message.assignee) == ("stage_entered", scene.owner)
    words = told(SYSTEM, message)
    assert words.suggestion == "寄一份新品目录"
    assert "退化期" in words.evidence
    assert "稳定期" in words.evidence
    dismiss_message(scene.owner, message, reason=DismissReason.KNOWN, at=NOON)
    assert look(DAY + timedelta(days=1)) == Detected()
    # Entered once more: that is news. Two weeks later it is none.
    publish(replace(turned, at=NOON + timedelta(days=2)))
    assert look(DAY + timedelta(days=2)) == Detected(raised=1)
    assert look(DAY + timedelta(days=17)) == Detected(closed=1)
    learn(scene, life_stage="stable")
    assert look(DAY + timedelta(days=2)) == Detected()


def test_given_a_rule_that_does_when_a_stage_is_entered_then_it_is_a_task(
    scene: Scene,
) -> None:
    learn(scene, life_stage="formation", order_count=3)
    turned = {"old": "exploration", "new": "formation"}
    publish(LifeStageChanged(customer_id=scene.customer.pk, **turned, at=NOON))
    write_strategy(SYSTEM, matrix="stage", cell="formation", text="约一次拜访", at=NOON)
    set_rule(
        SYSTEM,
        Detector.STAGE_ENTERED,
        mode=Mode.DO,
        parameters={"days": 14},
        held_percent=0,
        at=NOON,
    )
    assert look() == Detected(raised=1, carried_out=1)
    task = Task.objects.get(customer=scene.customer)
    assert (task.assignee, "约一次拜访" in task.title + task.note) == (
        scene.owner,
        True,
    )


def test_given_an_order_past_its_date_when_looking_then_first_a_reminder_then_a_cancel(
    scene: Scene,
) -> None:
    make_order_with(scene.customer, due_on=DAY - timedelta(days=5))
    look()
    assert open_messages() == [("unpaid_overdue", "contact")]
    look(DAY + timedelta(days=30))
    assert open_messages() == [("unpaid_long", "cancel")]


def test_given_a_paid_order_when_its_shipping_day_comes_then_release_is_asked(
    scene: Scene,
) -> None:
    make_order_with(
        scene.customer,
        paid=Decimal("100.00"),
        payment_state="paid",
        ship_on=DAY,
    )
    look()
    assert open_messages() == [("paid_not_released", "release")]


def test_given_two_plans_for_the_same_when_looking_then_the_later_is_to_be_cancelled(
    scene: Scene,
) -> None:
    make_task(scene.customer)
    later = make_task(scene.customer, due_on=DAY + timedelta(days=2))
    make_task(scene.customer, kind=TaskKind.VISIT)
    look()
    message = ActionMessage.objects.get()
    assert (message.detector, message.kind, message.object_id) == (
        "double_task",
        "cancel",
        later.pk,
    )


def test_given_a_reminder_after_the_due_day_when_looking_then_it_is_brought_forward(
    scene: Scene,
) -> None:
    order = make_order_with(scene.customer, due_on=DAY + timedelta(days=3))
    make_task(
        scene.customer,
        kind=TaskKind.PAYMENT,
        order=order,
        due_on=DAY + timedelta(days=9),
    )
    look()
    message = ActionMessage.objects.get()
    assert (message.kind, message.facts["wanted_on"]) == (
        Kind.RESCHEDULE_IN,
        "2026-03-05",
    )


def test_given_a_follow_up_before_shipping_when_looking_then_it_is_put_off(
    scene: Scene,
) -> None:
    order = make_order_with(scene.customer, ship_on=DAY + timedelta(days=4))
    make_task(scene.customer, kind=TaskKind.DELIVERY, order=order)
    look()
    message = ActionMessage.objects.get()
    assert (message.kind, message.facts["wanted_on"]) == (
        Kind.RESCHEDULE_OUT,
        "2026-03-09",
    )


def test_given_a_rule_switched_off_when_looking_then_its_messages_close(
    scene: Scene,
) -> None:
    silent_vital(scene)
    look()
    set_rule(SYSTEM, Detector.VITAL_SILENT, mode=Mode.OFF, parameters={}, at=NOON)
    assert look() == Detected(closed=1)


def test_given_a_rule_that_does_when_looking_then_a_contact_becomes_a_task(
    scene: Scene,
) -> None:
    silent_vital(scene)
    set_rule(
        SYSTEM, Detector.VITAL_SILENT, mode=Mode.DO, parameters={"ratio": 1}, at=NOON
    )
    assert look() == Detected(raised=1, carried_out=1)
    assert ActionMessage.objects.get().outcome == Outcome.PLANNED
    task = Task.objects.get()
    assert (task.kind, task.assignee) == (TaskKind.CALL, scene.owner)


def test_given_a_rule_that_does_when_looking_then_the_double_plan_is_cancelled(
    scene: Scene,
) -> None:
    make_task(scene.customer)
    later = make_task(scene.customer)
    set_rule(SYSTEM, Detector.DOUBLE_TASK, mode=Mode.DO, parameters={}, at=NOON)
    assert look() == Detected(raised=1, carried_out=1)
    later.refresh_from_db()
    assert later.state == "cancelled"
    assert look() == Detected()


def test_given_one_customer_when_looking_at_it_then_others_are_left_alone(
    scene: Scene,
) -> None:
    silent_vital(scene)
    look()
    learn(scene, tier="small")
    assert look(customer_id=scene.customer.pk + 1) == Detected()
    assert look(customer_id=scene.customer.pk) == Detected(closed=1)


def test_given_an_objection_to_profiling_when_looking_then_what_was_made_of_it_closes(
    scene: Scene,
) -> None:
    silent_vital(scene)
    assert look() == Detected(raised=1)
    assert ActionMessage.objects.get().facts["rule"] == 1
    limit_processing(
        SYSTEM, scene.customer, LimitKind.PROFILING, reason="来信要求", at=NOON
    )
    assert look(customer_id=scene.customer.pk) == Detected(closed=1)
    # Whatever traits somebody wrote meanwhile.
    silent_vital(scene)
    assert look() == Detected()


def test_given_a_customer_whom_nothing_holds_then_the_owner_is_told(
    scene: Scene,
) -> None:
    scene.customer.state = "actual"
    scene.customer.save(update_fields=["state"])
    bought = {"tier": "major", "last_order_on": DAY - timedelta(days=9)}
    for satisfaction, lock_in in (("8.0", "10.0"), ("3.0", "40.0")):
        learn(
            scene,
            satisfaction=Decimal(satisfaction),
            lock_in=Decimal(lock_in),
            **bought,
        )
        assert look() == Detected()
    learn(scene, satisfaction=Decimal("3.0"), lock_in=Decimal("10.0"))
    assert look() == Detected(raised=1)
    message = ActionMessage.objects.get()
    assert (message.detector, message.urgency) == ("free_to_leave", 3)
    assert message.assignee == scene.owner
    # Mended: the message goes by itself.
    learn(scene, satisfaction=Decimal("8.0"))
    assert look() == Detected(closed=1)
