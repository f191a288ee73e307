"""The tables of the foundation, one file a noun."""

from guanxi.foundation.models.access import (
    AccessCheck,
    AccessStretch,
    AccessWaiting,
)
from guanxi.foundation.models.arrangement import Arrangement
from guanxi.foundation.models.change import Change, Feed
from guanxi.foundation.models.event import Access, Delivery, LoggedEvent
from guanxi.foundation.models.file import StoredFile
from guanxi.foundation.models.idempotency import Answered
from guanxi.foundation.models.imports import (
    ImportedRow,
    ImportMap,
    ImportRun,
    RefusedRow,
)
from guanxi.foundation.models.lookup import Like
from guanxi.foundation.models.notice import Notice
from guanxi.foundation.models.special_day import SpecialDay
from guanxi.foundation.models.view import SavedView, ViewChoice

__all__ = [
    "Access",
    "AccessCheck",
    "AccessStretch",
    "AccessWaiting",
    "Answered",
    "Arrangement",
    "Change",
    "Delivery",
    "Feed",
    "ImportMap",
    "ImportRun",
    "ImportedRow",
    "Like",
    "LoggedEvent",
    "Notice",
    "RefusedRow",
    "SavedView",
    "SpecialDay",
    "StoredFile",
    "ViewChoice",
]
