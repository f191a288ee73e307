"""Facts about the code lists."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.rules import SCHEMES
from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class CodeEvent(Event):
    """Something about one entry of a code list; ``scheme`` and ``key`` name it."""

    kind: ClassVar[str] = "code"
    subject: ClassVar[str] = "code_id"
    icon: ClassVar[str] = "list"

    code_id: int
    scheme: str
    key: str

    def words(self) -> dict[str, object]:
        """Return the name of the list and the key."""
        return {"list": SCHEMES.get(self.scheme, self.scheme), "key": self.key}


@dataclass(frozen=True, kw_only=True)
class CodeAdded(CodeEvent):
    """A code list has one more entry; the log row says how it is called."""

    sentence: ClassVar[str] = gettext_noop("Entry “%(key)s” added to “%(list)s”")


@dataclass(frozen=True, kw_only=True)
class CodeChanged(CodeEvent):
    """An entry was renamed or is offered no more; the log row says from what to what."""

    sentence: ClassVar[str] = gettext_noop("Entry “%(key)s” of “%(list)s” changed")
