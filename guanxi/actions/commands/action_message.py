"""What people do with action messages."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

from django.utils.translation import gettext as _

from guanxi.actions.commands.assignee import require_sight
from guanxi.actions.commands.task import cancel_task, create_task, move_task
from guanxi.actions.detectors.catalogue import WATCHES
from guanxi.actions.events import (
    ActionAssigned,
    ActionDismissed,
    ActionDone,
    ActionReopened,
)
from guanxi.actions.models import ActionMessage
from guanxi.actions.queries.contact import by_message, by_phone, objected
from guanxi.actions.queries.task import task
from guanxi.actions.rules import (
    CALL_OUTCOMES,
    Detector,
    DismissReason,
    Kind,
    MessageState,
    Outcome,
    TaskKind,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.events import publish
from guanxi.sales.commands.order import cancel_order
from guanxi.sales.commands.step import release_order
from guanxi.sales.queries.order import order

if TYPE_CHECKING:
    from guanxi.actions.models import Task
    from guanxi.identity.models import User
    from guanxi.sales.models import Order

_LONGEST_TITLE = 120


class MessageNotOpen(Refused):
    """The message was settled before."""

    code = "message_not_open"


class NotWelcome(Refused):
    """The customer has spoken against being contacted so."""

    code = "not_welcome"


class NothingToApply(Refused):
    """The message asks for a contact, not for a change of a plan."""

    code = "nothing_to_apply"


@command(needs="action_message.act")
def record_contact(
    by: Actor, message: ActionMessage, *, outcome: Outcome, note: str, at: datetime
) -> ActionMessage:
    """
    Settle ``message`` with what came of a call or a message sent.

    :raises MessageNotOpen: if it was settled before.
    :raises NotWelcome: if the customer objects to being contacted so.
    :raises Refused: for an outcome that only a deed can have.
    """
    if outcome not in (*CALL_OUTCOMES, Outcome.SENT):
        raise Refused(_("Say what came of the contact."), field="outcome")
    ways = by_message(message, at) if outcome is Outcome.SENT else by_phone(message, at)
    if objected(ways):
        raise NotWelcome(ways[0].verdict.reason)
    return _settle(by, message, outcome, note=note, at=at)


@command(needs="action_message.act")
def plan_task(
    by: Actor,
    message: ActionMessage,
    *,
    kind: TaskKind,
    due_on: date,
    at: datetime,
    title: str = "",
    assignee: "User | None" = None,
) -> "Task":
    """
    Settle ``message`` by planning a task for its customer.

    :raises MessageNotOpen: if it was settled before.
    """
    settled = _settle(by, message, Outcome.PLANNED, note="", at=at)
    return create_task(
        by,
        settled.customer,
        kind=kind,
        title=title or _usual_title(settled),
        due_on=due_on,
        assignee=assignee,
        order=_order_about(by, settled),
        at=at,
    )


@command(needs="action_message.act")
def apply_message(by: Actor, message: ActionMessage, *, at: datetime) -> ActionMessage:
    """
    Do what ``message`` suggests: release, cancel or move the order or task it is about.

    The actor needs the right to that step as well.

    :raises MessageNotOpen: if it was settled before.
    :raises NothingToApply: if it asks for a contact.
    """
    settled = _settle(by, message, Outcome.APPLIED, note="", at=at)
    step = _STEPS.get((Kind(settled.kind), settled.object_kind))
    if step is None:
        raise NothingToApply(
            _("This message asks for a contact. Call, write or plan a task instead.")
        )
    step(by, settled, at)
    return settled


@command(needs="action_message.dismiss")
def dismiss_message(
    by: Actor,
    message: ActionMessage,
    *,
    reason: DismissReason,
    at: datetime,
    note: str = "",
) -> ActionMessage:
    """
    Close ``message`` without acting; it returns only when its facts change.

    :raises MessageNotOpen: if it was settled before.
    """
    locked = _open_message(message)
    _close(by, locked, MessageState.DISMISSED, at=at, outcome=reason, note=note)
    publish(ActionDismissed(at=at, reason=reason, **_about(locked)))
    return locked


@command(needs="action_message.assign")
def assign_message(
    by: Actor, message: ActionMessage, assignee: "User", *, at: datetime
) -> ActionMessage:
    """
    Give ``message`` to somebody else.

    :raises MessageNotOpen: if it was settled before.
    :raises BlindAssignee: if ``assignee`` could not look at the customer.
    """
    locked = _open_message(message)
    require_sight(assignee, locked.customer)
    locked.assignee = assignee
    locked.team_id = assignee.team_id or locked.team_id
    locked.save(update_fields=["assignee", "team"])
    publish(
        ActionAssigned(
            at=at, assignee=assignee.name, assignee_id=assignee.pk, **_about(locked)
        )
    )
    return locked


@command(needs="action_message.act")
def reopen_message(by: Actor, message: ActionMessage, *, at: datetime) -> ActionMessage:
    """
    Take back a dismissal or a recorded contact.

    What was planned or applied stays, and its message with it.

    :raises MessageNotOpen: if there is nothing to take back, or the conflict has been
        raised anew meanwhile.
    """
    locked = ActionMessage.objects.select_for_update().get(pk=message.pk)
    again = ActionMessage.objects.filter(
        detector=locked.detector,
        object_kind=locked.object_kind,
        object_id=locked.object_id,
        state=MessageState.OPEN,
    )
    if not locked.can_be_taken_back or again.exists():
        raise MessageNotOpen(_("This cannot be taken back any more."))
    locked.state = MessageState.OPEN
    locked.closed_at = locked.closed_by = None
    locked.outcome = locked.note = ""
    locked.save()
    publish(ActionReopened(at=at, **_about(locked)))
    return locked


def carry_out(by: Actor, messages: Iterable[ActionMessage], *, at: datetime) -> int:
    """
    Do what each message suggests, as its rule is set to; return how many were done.

    A message that asks for a contact becomes a task of its assignee. What the laws
    refuse stays open for a person.
    """
    done = 0
    for message in messages:
        try:
            if message.kind == Kind.CONTACT:
                plan_task(
                    by,
                    message,
                    kind=_contact_kind(message),
                    due_on=message.due_on,
                    assignee=message.assignee,
                    at=at,
                )
            else:
                apply_message(by, message, at=at)
        except (Refused, Denied, NotVisible):
            continue
        done += 1
    return done


def _usual_title(message: ActionMessage) -> str:
    """Return what is to be done as the house has put it, else what is wrong."""
    advice = str(message.facts.get("advice", "")).strip().partition("\n")[0]
    return advice[:_LONGEST_TITLE] or str(Detector(message.detector).label)


def _contact_kind(message: ActionMessage) -> TaskKind:
    return TaskKind.PAYMENT if message.object_kind == "order" else TaskKind.CALL


def _order_about(by: Actor, message: ActionMessage) -> "Order | None":
    """Return the order of a message; who may not see it plans without naming it."""
    if message.object_kind != "order":
        return None
    try:
        return order(by, message.object_id)
    except NotVisible:
        return None


def _release(by: Actor, message: ActionMessage, at: datetime) -> None:
    release_order(by, order(by, message.object_id), at=at)


def _cancel_order(by: Actor, message: ActionMessage, at: datetime) -> None:
    reason = str(WATCHES[Detector(message.detector)].detector.label)
    cancel_order(by, order(by, message.object_id), reason=reason, at=at)


def _cancel_task(by: Actor, message: ActionMessage, at: datetime) -> None:
    cancel_task(by, task(by, message.object_id), at=at)


def _move_task(by: Actor, message: ActionMessage, at: datetime) -> None:
    wanted = date.fromisoformat(str(message.facts["wanted_on"]))
    move_task(by, task(by, message.object_id), due_on=wanted, at=at)


Step = Callable[[Actor, ActionMessage, datetime], None]

_STEPS: Mapping[tuple[Kind, str], Step] = {
    (Kind.RELEASE, "order"): _release,
    (Kind.CANCEL, "order"): _cancel_order,
    (Kind.CANCEL, "task"): _cancel_task,
    (Kind.RESCHEDULE_IN, "task"): _move_task,
    (Kind.RESCHEDULE_OUT, "task"): _move_task,
}


def _settle(
    by: Actor, message: ActionMessage, outcome: Outcome, *, note: str, at: datetime
) -> ActionMessage:
    locked = _open_message(message)
    _close(by, locked, MessageState.DONE, at=at, outcome=outcome, note=note)
    publish(ActionDone(at=at, outcome=outcome, **_about(locked)))
    return locked


def _close(
    by: Actor,
    message: ActionMessage,
    state: MessageState,
    *,
    at: datetime,
    outcome: str,
    note: str,
) -> None:
    message.state = state
    message.closed_at = at
    message.closed_by_id = by.actor_id
    message.outcome = outcome
    message.note = note
    message.save(update_fields=["state", "closed_at", "closed_by", "outcome", "note"])


def _open_message(message: ActionMessage) -> ActionMessage:
    locked = ActionMessage.objects.select_for_update().get(pk=message.pk)
    if locked.state != MessageState.OPEN:
        raise MessageNotOpen(
            _("Somebody has dealt with this already. Reload to see what was done.")
        )
    return locked


class _About(TypedDict):
    message_id: int
    customer_id: int
    detector: str


def _about(message: ActionMessage) -> _About:
    return {
        "message_id": message.pk,
        "customer_id": message.customer_id,
        "detector": message.detector,
    }
