"""What the log keeps of an event about somebody who was erased: that there was one."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from guanxi.foundation.events import ERASED, staying_names

if TYPE_CHECKING:
    from django.db.models import QuerySet


def cover_events(rows: "QuerySet[Any]", _at: datetime) -> None:
    """
    Leave of each event its name, its time, its numbers and who did it.

    Events about records that stay (an order of the books) keep what they say, for it
    names nobody; old and new values go in any case.
    """
    rows.exclude(name__in=staying_names()).update(payload=ERASED)
    rows.update(changes={})
