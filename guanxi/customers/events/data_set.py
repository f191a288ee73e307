"""Facts about the definition sheet of the customer data bank."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class DataSetEvent(Event):
    """Something about one set of data on the sheet."""

    kind: ClassVar[str] = "custom_field"
    icon: ClassVar[str] = "database"

    data_set: str


@dataclass(frozen=True, kw_only=True)
class DataSetDescribed(DataSetEvent):
    """Subject, purpose or cost of a set of data were written down."""

    sentence: ClassVar[str] = gettext_noop("Data set described: %(data_set)s")


@dataclass(frozen=True, kw_only=True)
class DataSetRemoved(DataSetEvent):
    """A set of data of the house's own is not on the sheet any more."""

    sentence: ClassVar[str] = gettext_noop("Data set removed: %(data_set)s")
    icon: ClassVar[str] = "trash"
