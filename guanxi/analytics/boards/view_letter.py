"""A saved view as a letter: what it shows in its text, all of it in a file."""

from datetime import date

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from guanxi.analytics.boards.letter import written
from guanxi.analytics.boards.sent_view import SentView, contents
from guanxi.analytics.boards.span import Days
from guanxi.analytics.boards.timetable import FileForm
from guanxi.foundation.actor import Actor
from guanxi.foundation.tables.export import FORMS

# Mail servers refuse larger ones.
MOST_BYTES = 10 * 2**20


def view_letter(
    viewer: Actor,
    address: str,
    shown: SentView,
    days: Days | None,
    *,
    today: date,
    form: FileForm,
    mark: str,
) -> EmailMultiAlternatives:
    """
    Return what ``viewer`` sees of a saved view as a letter to ``address``.

    ``days``, ``today`` and ``form`` are as in `contents`, ``mark`` as in `written`.

    :raises ClosedToHim: if it asks for something that is closed to him.
    :raises NoSnapshotError: for an exploration, while no analysis has loaded the cube.
    """
    found = contents(viewer, shown, days, today, form)
    is_too_large = found.file is not None and len(found.file) > MOST_BYTES
    context = {
        "name": shown.name,
        "found": found,
        "url": settings.PUBLIC_ORIGIN + shown.url(days),
        "end_url": settings.PUBLIC_ORIGIN
        + reverse("analytics:view_deliveries", args=[shown.kept.pk]),
        "is_too_large": is_too_large,
    }
    subject = f"{shown.name} · {found.lines[0]}"
    message = written(address, subject, "analytics/view_letter", context, mark=mark)
    if found.file and not is_too_large:
        message.attach(f"{shown.kept.name}.{form}", found.file, FORMS[form])
    return message
