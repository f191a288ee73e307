"""What people do with messages and tasks."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from guanxi.actions.commands.action_message import (
    MessageNotOpen,
    NothingToApply,
    apply_message,
    assign_message,
    dismiss_message,
    plan_task,
    record_contact,
    reopen_message,
)
from guanxi.actions.commands.rule import OutOfRange, set_rule
from guanxi.actions.commands.task import (
    TaskNotOpen,
    cancel_task,
    complete_task,
    create_task,
    move_task,
)
from guanxi.actions.handlers import hand_over
from guanxi.actions.models import ActionMessage, Task
from guanxi.actions.rules import Detector, DismissReason, Kind, Mode, Outcome, TaskKind
from guanxi.actions.tests.conftest import Scene
from guanxi.actions.tests.factories import make_message, make_order_with, make_task
from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.events import OwnerChanged
from guanxi.customers.queries.timeline import timeline
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.events import restore
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.tests.factories import NOON

DAY = date(2026, 3, 2)
Deed = Callable[[Actor, ActionMessage], object]


def call(by: Actor, message: ActionMessage) -> object:
    return record_contact(by, message, outcome=Outcome.PROMISED, note="下周", at=NOON)


def dismiss(by: Actor, message: ActionMessage) -> object:
    return dismiss_message(by, message, reason=DismissReason.WRONG, at=NOON)


def plan(by: Actor, message: ActionMessage) -> object:
    return plan_task(by, message, kind=TaskKind.VISIT, due_on=DAY, at=NOON)


@pytest.mark.parametrize(
    "deed", [call, dismiss, plan, lambda b, m: apply_message(b, m, at=NOON)]
)
def test_given_no_right_when_acting_then_refused_and_nothing_is_written(
    scene: Scene, deed: Deed
) -> None:
    message = make_message(scene.customer)
    with pytest.raises(Denied):
        deed(scene.colleague, message)
    with pytest.raises(NotVisible):
        deed(scene.stranger, message)
    message.refresh_from_db()
    assert (message.state, Task.objects.count()) == ("open", 0)


def test_given_a_call_when_recorded_then_it_stands_on_the_timeline(
    scene: Scene,
) -> None:
    message = make_message(scene.customer)
    call(scene.owner, message)
    message.refresh_from_db()
    assert (message.state, message.outcome, message.note) == (
        "done",
        "promised",
        "下周",
    )
    assert message.closed_by == scene.owner
    first = timeline(System("test"), scene.customer).items[0]
    assert first.title == "已处理“重要客户久未下单，已超出其购买节奏”：已承诺下单或付款"
    assert first.actor == scene.owner.name


@pytest.mark.parametrize("deed", [call, dismiss, plan])
def test_given_a_settled_message_when_acting_then_it_says_so(
    scene: Scene, deed: Deed
) -> None:
    message = make_message(scene.customer)
    call(scene.owner, message)
    with pytest.raises(MessageNotOpen):
        deed(scene.owner, message)


@pytest.mark.parametrize("deed", [call, dismiss])
def test_given_a_deed_when_taken_back_then_the_message_is_open_again(
    scene: Scene, deed: Deed
) -> None:
    message = make_message(scene.customer)
    deed(scene.owner, message)
    reopen_message(scene.owner, message, at=NOON)
    message.refresh_from_db()
    assert (message.state, message.outcome, message.closed_at) == ("open", "", None)


def test_given_a_planned_task_when_taking_the_message_back_then_refused(
    scene: Scene,
) -> None:
    message = make_message(scene.customer)
    plan(scene.owner, message)
    with pytest.raises(MessageNotOpen):
        reopen_message(scene.owner, message, at=NOON)
    assert Task.objects.get().state == "open"


@pytest.mark.parametrize("outcome", [Outcome.PLANNED, Outcome.APPLIED])
def test_given_an_outcome_of_a_deed_when_recorded_as_a_contact_then_refused(
    scene: Scene, outcome: Outcome
) -> None:
    message = make_message(scene.customer)
    with pytest.raises(Refused):
        record_contact(scene.owner, message, outcome=outcome, note="", at=NOON)
    message.refresh_from_db()
    assert message.state == "open"


def test_given_the_conflict_raised_anew_when_taking_back_then_refused(
    scene: Scene,
) -> None:
    old = make_message(scene.customer)
    dismiss(scene.owner, old)
    make_message(scene.customer)
    with pytest.raises(MessageNotOpen):
        reopen_message(scene.owner, old, at=NOON)


def test_given_a_message_about_an_order_when_planning_then_the_task_knows_the_order(
    scene: Scene,
) -> None:
    order = make_order_with(scene.customer)
    message = make_message(
        scene.customer,
        detector="unpaid_overdue",
        object_kind="order",
        object_id=order.pk,
    )
    plan(scene.owner, message)
    assert Task.objects.get().order == order


def test_given_an_order_one_may_not_see_when_planning_then_the_task_names_none(
    scene: Scene,
) -> None:
    order = make_order_with(scene.customer, owner=scene.colleague, team=None)
    message = make_message(
        scene.customer,
        detector="unpaid_overdue",
        object_kind="order",
        object_id=order.pk,
    )
    plan(scene.owner, message)
    assert Task.objects.get().order is None


def test_given_a_message_to_release_when_applied_then_the_order_is_released(
    scene: Scene,
) -> None:
    order = make_order_with(
        scene.customer,
        paid=Decimal("100.00"),
        payment_state="paid",
    )
    message = make_message(
        scene.customer,
        detector=Detector.PAID_NOT_RELEASED,
        kind=Kind.RELEASE,
        object_kind="order",
        object_id=order.pk,
    )
    apply_message(scene.owner, message, at=NOON)
    order.refresh_from_db()
    message.refresh_from_db()
    assert (order.state, message.outcome) == ("released", "applied")


def test_given_a_message_to_move_when_applied_then_the_task_moves(scene: Scene) -> None:
    task = make_task(scene.customer)
    message = make_message(
        scene.customer,
        detector=Detector.FOLLOW_UP_EARLY,
        kind=Kind.RESCHEDULE_OUT,
        object_kind="task",
        object_id=task.pk,
        facts={"wanted_on": "2026-03-09"},
    )
    apply_message(scene.owner, message, at=NOON)
    task.refresh_from_db()
    assert task.due_on == date(2026, 3, 9)
    with pytest.raises(MessageNotOpen):
        reopen_message(scene.owner, message, at=NOON)


def test_given_a_message_to_contact_when_applied_then_refused_and_still_open(
    scene: Scene,
) -> None:
    message = make_message(scene.customer)
    with pytest.raises(NothingToApply):
        apply_message(scene.owner, message, at=NOON)
    message.refresh_from_db()
    assert message.state == "open"


def test_given_a_message_when_passed_on_then_it_is_the_others(scene: Scene) -> None:
    message = make_message(scene.customer)
    assign_message(System("test"), message, scene.colleague, at=NOON)
    message.refresh_from_db()
    assert message.assignee == scene.colleague


def test_given_a_plan_when_created_moved_and_done_then_each_step_is_told(
    scene: Scene,
) -> None:
    task = create_task(
        scene.owner, scene.customer, kind=TaskKind.CALL, title="", due_on=DAY, at=NOON
    )
    assert (task.title, task.assignee) == ("电话", scene.owner)
    move_task(scene.owner, task, due_on=DAY + timedelta(days=1), at=NOON)
    complete_task(scene.owner, task, at=NOON)
    told = [item.title for item in timeline(System("test"), scene.customer).items]
    assert told == [
        "任务已完成：电话",
        "任务由 2026-03-02 改至 2026-03-03",
        "安排任务（2026-03-02）：电话",
    ]
    with pytest.raises(TaskNotOpen):
        cancel_task(scene.owner, task, at=NOON)


def test_given_a_parameter_out_of_range_when_set_then_refused(scene: Scene) -> None:
    with pytest.raises(OutOfRange):
        set_rule(
            System("test"),
            Detector.VITAL_SILENT,
            mode=Mode.PROPOSE,
            parameters={"ratio": 99},
            at=NOON,
        )


def test_given_a_rule_when_set_then_the_audit_tells_what_it_was(scene: Scene) -> None:
    set_rule(
        System("周敏"),
        Detector.VITAL_SILENT,
        mode=Mode.DO,
        parameters={"ratio": 1.5},
        at=NOON,
    )
    row = LoggedEvent.objects.get(name="actions.RuleChanged")
    assert (row.actor_name, row.changes) == (
        "周敏",
        {"mode": ["propose", "do"], "ratio": ["1", "1.5"]},
    )


def test_given_a_new_owner_when_he_takes_over_then_the_old_ones_work_is_his(
    scene: Scene,
) -> None:
    mine = make_message(scene.customer)
    done = make_message(scene.customer, state="done", closed_at=NOON)
    passed_on = make_message(
        scene.customer, object_id=1, object_kind="order", assignee_id=scene.stranger.pk
    )
    task = make_task(scene.customer)
    assign_customers(System("test"), [scene.customer], scene.colleague, at=NOON)
    event = restore(LoggedEvent.objects.get(name="customers.OwnerChanged"))
    assert isinstance(event, OwnerChanged)
    hand_over(event)
    for row in (mine, done, passed_on, task):
        row.refresh_from_db()
    assert [mine.assignee, task.assignee] == [scene.colleague] * 2
    assert (done.assignee, passed_on.assignee) == (scene.owner, scene.stranger)
