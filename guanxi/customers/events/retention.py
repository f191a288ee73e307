"""Facts about how long what is kept."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.rules.retention import Category
from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class RetentionEvent(Event):
    """Something about one rule of keeping."""

    kind: ClassVar[str] = "retention"
    icon: ClassVar[str] = "hourglass"

    category: str

    def words(self) -> dict[str, object]:
        """Return the category in words, and the other fields."""
        return {**vars(self), "category": Category(self.category).label}


@dataclass(frozen=True, kw_only=True)
class RetentionRuleChanged(RetentionEvent):
    """Somebody set how long something is kept, or switched the rule."""

    sentence: ClassVar[str] = gettext_noop(
        "Retention of “%(category)s” set to %(months)s months"
    )

    months: int
    is_on: bool


@dataclass(frozen=True, kw_only=True)
class RetentionTried(RetentionEvent):
    """Somebody looked at what a rule would do."""

    sentence: ClassVar[str] = gettext_noop(
        "Retention of “%(category)s” tried: %(count)s rows"
    )

    count: int


@dataclass(frozen=True, kw_only=True)
class RetentionCarriedOut(RetentionEvent):
    """A rule was carried out; the run has the proof."""

    sentence: ClassVar[str] = gettext_noop(
        "Retention of “%(category)s” carried out: %(count)s rows"
    )
    icon: ClassVar[str] = "eraser"

    run_id: int
    count: int
