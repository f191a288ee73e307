"""What counts as a conflict, and what stays when people act while the house looks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from guanxi.actions import handlers, tasks
from guanxi.actions.commands import detection
from guanxi.actions.commands.action_message import dismiss_message
from guanxi.actions.commands.detection import Detected, detect
from guanxi.actions.commands.task import move_task
from guanxi.actions.detectors.base import Parameters
from guanxi.actions.detectors.catalogue import WATCHES
from guanxi.actions.events import TaskMoved
from guanxi.actions.models import ActionMessage
from guanxi.actions.queries.rule import RuleInUse
from guanxi.actions.rules import (
    Detector,
    DismissReason,
    Finding,
    MessageState,
    Mode,
    TaskKind,
)
from guanxi.actions.tests.conftest import Scene
from guanxi.actions.tests.factories import make_message, make_order_with, make_task
from guanxi.actions.wiring import room
from guanxi.analytics.models import AnalysisRun
from guanxi.foundation.actor import System
from guanxi.foundation.events import restore
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.tests.factories import NOON
from guanxi.sales import events as sales

DAY = date(2026, 3, 2)
SYSTEM = System("test")


def look(day: date = DAY) -> Detected:
    return detect(SYSTEM, as_of=day, at=NOON)


def dismiss(scene: Scene, message: ActionMessage) -> None:
    dismiss_message(scene.owner, message, reason=DismissReason.KNOWN, at=NOON)


def open_messages() -> list[tuple[str, int]]:
    rows = ActionMessage.objects.filter(state=MessageState.OPEN).order_by("pk")
    return [(row.detector, row.object_id) for row in rows]


def watch_only(monkeypatch: pytest.MonkeyPatch, scene: Scene, *found: Finding) -> None:
    """Let one rule look, and the owner dismiss the message meanwhile."""

    def find(
        as_of: date, parameters: Parameters, customer_id: int | None
    ) -> Iterator[Finding]:
        dismiss(scene, ActionMessage.objects.get())
        yield from found

    watch = replace(WATCHES[Detector.VITAL_SILENT], find=find)
    rule = RuleInUse(watch, Mode.PROPOSE, {}, 0)
    monkeypatch.setattr(detection, "rules_in_use", lambda: [rule])


def test_given_a_dismissal_during_the_look_when_the_conflict_is_gone_then_it_stays(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = make_message(scene.customer)
    watch_only(monkeypatch, scene)
    assert look() == Detected()
    message.refresh_from_db()
    assert (message.state, message.outcome) == ("dismissed", "known")


def test_given_a_dismissal_during_the_look_when_the_facts_are_new_then_they_are_news(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = make_message(scene.customer)
    finding = Finding(
        customer_id=scene.customer.pk,
        owner_id=scene.owner.pk,
        team_id=None,
        object_kind="customer",
        object_id=scene.customer.pk,
        urgency=3,
        importance=3,
        due_on=DAY,
        fingerprint="2025-12-02:3",
    )
    watch_only(monkeypatch, scene, finding)
    assert look() == Detected()
    message.refresh_from_db()
    assert (message.state, message.fingerprint) == ("dismissed", "2025-12-02:2")


@pytest.mark.parametrize(
    ("facts", "detector"),
    [
        ({}, "unpaid_long"),
        ({"state": "shipped", "shipped_at": NOON}, "unpaid_overdue"),
        ({"paid": Decimal("40.00"), "payment_state": "part"}, "unpaid_overdue"),
    ],
)
def test_given_an_old_debt_when_looking_then_only_an_idle_order_is_to_be_cancelled(
    scene: Scene, facts: dict[str, object], detector: str
) -> None:
    order = make_order_with(scene.customer, due_on=DAY - timedelta(days=200), **facts)
    look()
    assert open_messages() == [(detector, order.pk)]


def test_given_a_late_reminder_dismissed_when_days_pass_then_it_is_not_raised_again(
    scene: Scene,
) -> None:
    order = make_order_with(scene.customer, due_on=DAY - timedelta(days=1))
    task = make_task(
        scene.customer,
        kind=TaskKind.PAYMENT,
        order=order,
        due_on=DAY + timedelta(days=9),
    )
    look()
    reminder = ActionMessage.objects.get(detector="reminder_late")
    assert reminder.facts["wanted_on"] == "2026-03-02"
    dismiss(scene, reminder)
    look(DAY + timedelta(days=1))
    assert ("reminder_late", task.pk) not in open_messages()


def test_given_a_reminder_for_each_of_two_orders_when_looking_then_neither_is_double(
    scene: Scene,
) -> None:
    first, second = make_order_with(scene.customer), make_order_with(scene.customer)
    make_task(scene.customer, kind=TaskKind.PAYMENT, order=first)
    make_task(scene.customer, kind=TaskKind.PAYMENT, order=second)
    assert look() == Detected()


@pytest.mark.parametrize("names_it", [(True, True), (True, False), (False, True)])
def test_given_two_reminders_that_may_mean_one_order_when_looking_then_one_is_double(
    scene: Scene, names_it: tuple[bool, bool]
) -> None:
    order = make_order_with(scene.customer)
    plans = [
        make_task(
            scene.customer, kind=TaskKind.PAYMENT, order=order if is_named else None
        )
        for is_named in names_it
    ]
    look()
    assert open_messages() == [("double_task", plans[1].pk)]


@pytest.mark.parametrize("kind", [TaskKind.PAYMENT, TaskKind.DELIVERY])
def test_given_an_order_in_the_trash_when_looking_then_its_plans_are_no_conflict(
    scene: Scene, kind: TaskKind
) -> None:
    order = make_order_with(
        scene.customer,
        due_on=DAY - timedelta(days=1),
        ship_on=DAY + timedelta(days=4),
        deleted_at=NOON,
    )
    make_task(scene.customer, kind=kind, order=order)
    assert look() == Detected()


def test_given_a_task_moved_by_hand_when_heard_of_then_its_message_closes(
    scene: Scene, finished_run: AnalysisRun
) -> None:
    order = make_order_with(scene.customer, ship_on=DAY + timedelta(days=4))
    task = make_task(scene.customer, kind=TaskKind.DELIVERY, order=order)
    look()
    assert open_messages() == [("follow_up_early", task.pk)]
    move_task(scene.owner, task, due_on=DAY + timedelta(days=9), at=NOON)
    event = restore(LoggedEvent.objects.get(name="actions.TaskMoved"))
    assert isinstance(event, TaskMoved)
    for handler in room.reacts[TaskMoved]:
        handler(event)
    assert open_messages() == []


def test_what_ships_or_is_paid_in_part_is_looked_at_again() -> None:
    for event in (sales.OrderShipped, sales.PaymentReceived, sales.OrderChanged):
        assert room.reacts[event] == [handlers.look_again]


def test_given_an_order_due_yesterday_when_the_day_begins_then_it_is_listed(
    scene: Scene, finished_run: AnalysisRun
) -> None:
    order = make_order_with(scene.customer, due_on=DAY)
    tasks.detect_daily(NOON)
    assert open_messages() == []
    tasks.detect_daily(NOON + timedelta(days=1))
    assert open_messages() == [("unpaid_overdue", order.pk)]
