"""Have dashboards and saved views sent by the clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.analytics.boards.known import board
from guanxi.analytics.boards.sent_view import sent_view
from guanxi.analytics.boards.span import Against, Span
from guanxi.analytics.boards.timetable import FileForm, Rhythm, latest_due
from guanxi.analytics.models import BoardDelivery
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.models import SavedView
from guanxi.identity.queries import assignable_users

MOST_DELIVERIES = 20
MOST_RECIPIENTS = 50


class BadDelivery(Refused):
    """A delivery that cannot be arranged like this."""

    code = "bad_delivery"


@command(needs="analysis.read")
def arrange_delivery(
    by: Actor,
    key: str,
    *,
    recipients: Sequence[int],
    rhythm: Rhythm,
    hour: int,
    span: Span,
    against: Against,
    at: datetime,
    form: FileForm = FileForm.XLSX,
) -> BoardDelivery:
    """
    Have the dashboard ``key`` sent to ``recipients``, from the next due day on.

    :raises NotVisible: if ``by`` has no such dashboard.
    :raises BadDelivery: without recipients whom ``by`` sees, or beyond what is sensible.
    """
    shown = board(by, key)
    is_private = shown.kept is not None and not shown.kept.is_shared
    if is_private and set(recipients) != {by.actor_id}:
        told = _("Share the dashboard first: others cannot open it.")
        raise BadDelivery(told, field="others")
    what = {"board": key, "span": span, "against": against}
    return _arranged(by, what, recipients, rhythm, hour, form, at)


@command(needs="")
def arrange_view_delivery(
    by: Actor,
    saved: SavedView,
    *,
    recipients: Sequence[int],
    rhythm: Rhythm,
    hour: int,
    span: Span | None,
    at: datetime,
    form: FileForm = FileForm.XLSX,
) -> BoardDelivery:
    """
    Have a saved view sent to ``recipients``, from the next due day on.

    An exploration is asked for the days of ``span``; a list for none.

    :raises NotVisible: if ``by`` has no such view, or may not read what it is of.
    :raises BadDelivery: without recipients whom ``by`` sees, or beyond what is sensible.
    """
    shown = sent_view(by, saved.pk)
    if not shown.kept.is_shared and set(recipients) != {by.actor_id}:
        told = _("Share the view first: others cannot open it.")
        raise BadDelivery(told, field="others")
    asked = "" if shown.table or span is None else span
    what = {"view": shown.kept, "span": asked, "against": ""}
    return _arranged(by, what, recipients, rhythm, hour, form, at)


def _arranged(
    by: Actor,
    what: Mapping[str, Any],
    recipients: Sequence[int],
    rhythm: Rhythm,
    hour: int,
    form: FileForm,
    at: datetime,
) -> BoardDelivery:
    """Keep that ``what`` is sent, to those of ``recipients`` whom ``by`` sees."""
    if by.actor_id is None:
        raise Denied("dashboard.send")
    if BoardDelivery.objects.filter(owner=by.actor_id).count() >= MOST_DELIVERIES:
        raise BadDelivery(_("You have very many deliveries: end one first."))
    known = set(
        assignable_users(by).filter(pk__in=recipients).values_list("pk", flat=True)
    )
    wanted = [pk for pk in dict.fromkeys(recipients) if pk in known | {by.actor_id}]
    if not wanted:
        raise BadDelivery(_("Choose who gets it."), field="others")
    if len(wanted) > MOST_RECIPIENTS:
        told = _("At most %(most)s people get it.") % {"most": MOST_RECIPIENTS}
        raise BadDelivery(told, field="others")
    return BoardDelivery.objects.create(
        **what,
        owner_id=by.actor_id,
        recipients=wanted,
        rhythm=rhythm,
        hour=hour,
        form=form,
        sent_on=latest_due(rhythm, hour, at.astimezone(ZoneInfo(settings.TIME_ZONE))),
        created_at=at,
    )


@command(needs="")
def end_delivery(by: Actor, delivery: BoardDelivery) -> None:
    """
    Send it no more.

    :raises NotVisible: if it is somebody else's.
    """
    if delivery.owner_id != by.actor_id:
        raise NotVisible
    delivery.delete()


@command(needs="")
def leave_delivery(by: Actor, delivery: BoardDelivery) -> None:
    """
    Get it no more; without recipients it ends.

    :raises NotVisible: if ``by`` does not get it.
    """
    held = BoardDelivery.objects.select_for_update().get(pk=delivery.pk)
    if by.actor_id not in held.recipients:
        raise NotVisible
    held.recipients = [pk for pk in held.recipients if pk != by.actor_id]
    if held.recipients:
        held.save(update_fields=["recipients"])
    else:
        held.delete()
