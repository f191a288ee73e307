"""When somebody of us was last in contact with a customer."""

from typing import TYPE_CHECKING

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from guanxi.actions.models import ActionMessage, Task
from guanxi.actions.rules import IN_CONTACT, Kind, MessageState, TaskKind, TaskState
from guanxi.customers.queries.investment import contacts_with
from guanxi.customers.queries.timeline import notes_about

if TYPE_CHECKING:
    from django.db.models import Model

    from guanxi.customers.models import Customer


def with_last_touch(rows: "QuerySet[Customer]") -> "QuerySet[Customer]":
    """
    Return ``rows`` with ``touched_at``, None where nothing is known.

    A call or message that came through, a contact that was logged, a task done for the
    customer, and a note count.
    """
    done = Task.objects.filter(customer=OuterRef("pk"), state=TaskState.DONE)
    settled = ActionMessage.objects.filter(
        customer=OuterRef("pk"),
        kind=Kind.CONTACT,
        state=MessageState.DONE,
        outcome__in=IN_CONTACT,
    )
    # PostgreSQL takes the greatest of those that are there.
    return rows.annotate(
        touched_at=Greatest(
            _latest(done.exclude(kind=TaskKind.OTHER), "done_at"),
            _latest(settled, "closed_at"),
            _latest(contacts_with(OuterRef("pk")), "happened_at"),
            _latest(notes_about(OuterRef("pk")), "written_at"),
        )
    )


def _latest(rows: "QuerySet[Model]", moment: str) -> Subquery:
    """Return the last ``moment`` of the rows of one customer."""
    return Subquery(
        rows.order_by().values("customer").annotate(at=Max(moment)).values("at")
    )
