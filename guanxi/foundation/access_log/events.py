"""What the access log announces about itself."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.events import Event
from guanxi.foundation.words import Words


@dataclass(frozen=True, kw_only=True)
class AccessLogBroken(Event):
    """A row of the access log is not as it was written."""

    sentence: ClassVar[Words] = _(
        "The access log is broken; “guanxi audit verify” says where"
    )
    icon: ClassVar[str] = "alert-triangle"

    flaw: str
    row: int | None
    number: int | None
