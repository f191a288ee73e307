"""What can go wrong on purpose: refusals a person can mend, and denials."""

from collections.abc import Mapping
from typing import ClassVar


class Refused(Exception):
    """
    A person asked for something the laws do not allow now, and can mend it.

    ``message`` is one translated sentence: what happened and what to do.
    ``field`` names the input to correct, where there is one.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Conflict(Refused):
    """Somebody else changed the record meanwhile."""

    code = "conflict"


class TooOften(Refused):
    """The same was asked for too often (HTTP 429); ``wait`` is in seconds."""

    code = "throttled"

    def __init__(self, message: str, *, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


class Denied(Exception):
    """The actor may see the subject but may not do this (HTTP 403)."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class NotVisible(Exception):
    """There is no such record for this actor (HTTP 404)."""


class Unreachable(Exception):
    """The world outside did not answer; ``retry`` tells whether to try again."""

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.retry = retry


Errors = Mapping[str, str]
