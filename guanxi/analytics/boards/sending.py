"""Sends dashboards and saved views that are due, each recipient's own."""

from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from guanxi.analytics import exploring, queries
from guanxi.analytics.boards.known import board
from guanxi.analytics.boards.sent_view import READS, ClosedToHim, sent_view
from guanxi.analytics.boards.span import Against, Span, compared_of, days_of
from guanxi.analytics.boards.timetable import FileForm, Rhythm, latest_due
from guanxi.analytics.commands.exploration import PAGE
from guanxi.analytics.models import BoardDelivery
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.jobs import job
from guanxi.foundation.notices import notify
from guanxi.foundation.paper.pdf import paper_problem
from guanxi.foundation.rooms import allowed
from guanxi.identity.queries import active_user

if TYPE_CHECKING:
    from guanxi.analytics.boards.known import Board
    from guanxi.identity.models import User

_READY = gettext_noop("“%(name)s” is ready for you: your figures as of %(day)s.")
_VIEW_READY = gettext_noop("“%(name)s” is ready for you, as of %(day)s.")
_CLOSED = gettext_noop(
    "“%(name)s” of %(day)s was not sent: it asks for something that is closed to you, or "
    "is there no more."
)


def send_due(at: datetime) -> None:
    """
    Queue what is due by ``at``, once for each due day.

    No figures are due before an analysis has loaded them; lists need none.
    """
    held = BoardDelivery.objects.all()
    if not exploring.is_loaded():
        held = held.filter(board="").exclude(view__table=PAGE)
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    for pk in held.values_list("pk", flat=True).order_by("pk"):
        _queue(pk, local)


def _queue(pk: int, local: datetime) -> None:
    with transaction.atomic():
        held = BoardDelivery.objects.select_for_update().filter(pk=pk).first()
        if held is None:
            return
        day = latest_due(Rhythm(held.rhythm), held.hour, local)
        if day <= held.sent_on:
            return
        held.sent_on = day
        held.save(update_fields=["sent_on"])
        for user_id in held.recipients:
            send_board.later(delivery_id=pk, user_id=user_id, day=day.isoformat())


@job(queue="analysis")
def send_board(*, delivery_id: int, user_id: int, day: str) -> None:
    """
    Send what is due to one recipient: by mail where there is a way, else to his bell.

    Whoever may no longer open it gets nothing.
    """
    held = BoardDelivery.objects.filter(pk=delivery_id).first()
    viewer = active_user(user_id)
    if held is None or viewer is None or user_id not in held.recipients:
        return
    language = viewer.language or settings.LANGUAGE_CODE
    zone = ZoneInfo(viewer.time_zone or settings.TIME_ZONE)
    send = _send_view if held.view_id else _send_board
    with translation.override(language), timezone.override(zone), suppress(NotVisible):
        send(held, viewer, day)


def _send_board(held: BoardDelivery, viewer: "User", day: str) -> None:
    if not all(allowed(viewer, right) for right in READS):
        return
    shown = board(viewer, held.board)
    if settings.EMAIL_HOST and viewer.email:
        _mail(held, viewer, shown, day)
        return
    url = reverse("analytics:dashboard", args=[held.board])
    words = {"name": str(shown.name), "day": day}
    query = f"?span={held.span}&against={held.against}"
    notify(viewer.pk, _READY, words, at=now(), url=f"{url}{query}")


def _send_view(held: BoardDelivery, viewer: "User", day: str) -> None:
    from guanxi.analytics.boards.view_letter import (  # noqa: PLC0415 -- loads the engines
        view_letter,
    )

    shown = sent_view(viewer, held.view_id or 0)
    today = _today(day)
    days = days_of(Span(held.span), today) if held.span else None
    words = {"name": shown.name, "day": day}
    if not (settings.EMAIL_HOST and viewer.email):
        notify(viewer.pk, _VIEW_READY, words, at=now(), url=shown.url(days))
        return
    mark, form = _mark(held, viewer, day), _form(held)
    try:
        message = view_letter(
            viewer, viewer.email, shown, days, today=today, form=form, mark=mark
        )
    except ClosedToHim:
        notify(viewer.pk, _CLOSED, words, at=now(), url=shown.url(days))
        return
    message.send()


def _today(day: str) -> date:
    """Return the day up to which figures are known."""
    latest = queries.latest_runs(1)
    return latest[0].as_of if latest else date.fromisoformat(day)


def _mark(held: BoardDelivery, viewer: "User", day: str) -> str:
    return f"board-{held.pk}-{viewer.pk}-{day}"


def _form(held: BoardDelivery) -> FileForm:
    """Return the form of the file; where this machine cannot write it, the other one."""
    return FileForm.XLSX if paper_problem() else FileForm(held.form)


def _mail(held: BoardDelivery, viewer: "User", shown: "Board", day: str) -> None:
    from guanxi.analytics.boards.letter import letter  # noqa: PLC0415 -- loads the engines

    span, against = Span(held.span), Against(held.against)
    days = days_of(span, _today(day))
    made = letter(
        viewer,
        viewer.email,
        shown,
        days,
        compared_of(span, against, days),
        mark=_mark(held, viewer, day),
        form=_form(held),
    )
    if made.rows:
        record_access(viewer, "export", "order", fields=[], rows=made.rows, at=now())
    made.message.send()
