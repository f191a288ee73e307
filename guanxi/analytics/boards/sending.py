"""Sends dashboards that are due, each recipient's own."""

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
from guanxi.analytics.boards.span import Against, Span, compared_of, days_of
from guanxi.analytics.boards.timetable import FileForm, Rhythm, latest_due
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

READS = ("analysis.read", "order.read")
_READY = gettext_noop("“%(name)s” is ready for you: your figures as of %(day)s.")


def send_due(at: datetime) -> None:
    """
    Queue what is due by ``at``, once for each due day.

    Nothing is due before an analysis has loaded figures.
    """
    if not exploring.is_loaded():
        return
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    for pk in BoardDelivery.objects.values_list("pk", flat=True).order_by("pk"):
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
    Send a dashboard to one recipient: by mail where there is a way, else to his bell.

    Whoever may no longer open it gets nothing.
    """
    held = BoardDelivery.objects.filter(pk=delivery_id).first()
    viewer = active_user(user_id)
    if held is None or viewer is None or user_id not in held.recipients:
        return
    if not all(allowed(viewer, right) for right in READS):
        return
    language = viewer.language or settings.LANGUAGE_CODE
    zone = ZoneInfo(viewer.time_zone or settings.TIME_ZONE)
    with translation.override(language), timezone.override(zone):
        try:
            shown = board(viewer, held.board)
        except NotVisible:
            return
        if settings.EMAIL_HOST and viewer.email:
            _mail(held, viewer, shown, day)
        else:
            url = reverse("analytics:dashboard", args=[held.board])
            words = {"name": str(shown.name), "day": day}
            query = f"?span={held.span}&against={held.against}"
            notify(user_id, _READY, words, at=now(), url=f"{url}{query}")


def _mail(held: BoardDelivery, viewer: "User", shown: "Board", day: str) -> None:
    from guanxi.analytics.boards.letter import letter  # noqa: PLC0415 -- loads the engines

    latest = queries.latest_runs(1)
    today = latest[0].as_of if latest else date.fromisoformat(day)
    span, against = Span(held.span), Against(held.against)
    days = days_of(span, today)
    mark = f"board-{held.pk}-{viewer.pk}-{day}"
    made = letter(
        viewer,
        viewer.email,
        shown,
        days,
        compared_of(span, against, days),
        mark=mark,
        # Where this machine cannot write the one form, the other goes out in its place.
        form=FileForm.XLSX if paper_problem() else FileForm(held.form),
    )
    if made.rows:
        record_access(viewer, "export", "order", fields=[], rows=made.rows, at=now())
    made.message.send()
