"""The values of a filter: from text to what the database compares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db.models import IntegerField, Model
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.foundation.actor import Actor
from guanxi.foundation.tables.paths import Path, path_of
from guanxi.foundation.tables.table import Column, ColumnKind
from guanxi.foundation.tables.where import BadFilter

ME = "me"
NOBODY = -1
LARGEST_ID = 2**63 - 1
LARGEST_NUMBER = Decimal(10) ** 18


@dataclass(frozen=True)
class Scope:
    """What a condition is about: a column of a model, asked by a viewer on a day."""

    column: Column
    model: type[Model]
    viewer: Actor
    today: date

    @property
    def path(self) -> str:
        """The ORM path that is compared."""
        return self.column.source

    @property
    def target(self) -> Path:
        """Where the path leads."""
        return path_of(self.model, self.column.source)


def value_of(scope: Scope, text: str) -> object:
    """
    Return the value that ``text`` writes for the column of ``scope``.

    :raises BadFilter: if it is none.
    """
    try:
        return _READERS[scope.column.kind](scope, text.strip())
    except (ValueError, InvalidOperation, ValidationError) as error:
        raise BadFilter(
            _("“%(text)s” is not a value of “%(label)s”.")
            % {"text": text[:60], "label": scope.column.label}
        ) from error


def choices_of(column: Column, viewer: Actor) -> list[tuple[str, str]]:
    """Return the values one can choose for a column, with their words."""
    if column.kind is ColumnKind.BOOLEAN:
        return [("true", _("yes")), ("false", _("no"))]
    if column.choices is None:
        return []
    listed = [(key, str(label)) for key, label in column.choices(viewer)]
    if column.kind is ColumnKind.USER:
        return [(ME, pgettext("filter", "me")), *listed]
    if column.kind is ColumnKind.TEAM:
        return [(ME, pgettext("filter", "my team")), *listed]
    return listed


def _text(scope: Scope, text: str) -> object:
    if "\0" in text:
        raise ValueError(text)
    return text


def _number(scope: Scope, text: str) -> object:
    value = Decimal(text.replace(",", ""))
    if not value.is_finite() or abs(value) >= LARGEST_NUMBER:
        raise ValueError(text)
    if isinstance(scope.target.field, IntegerField) and value % 1:
        raise ValueError(text)
    return value


def _day(scope: Scope, text: str) -> date:
    day = date.fromisoformat(text)
    if day.year in (1, MAXYEAR):  # its neighbors must be days too
        raise ValueError(text)
    return day


def _instant(scope: Scope, text: str) -> object:
    if len(text) <= len("2026-01-01"):
        return _day(scope, text)
    # A plus sign in an address that was not escaped arrives as a blank.
    instant = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    _day(scope, instant.date().isoformat())
    return make_aware(instant) if is_naive(instant) else instant


def _choice(scope: Scope, text: str) -> object:
    field = scope.target.field
    if field is None:
        return _text(scope, text)
    value = field.to_python(_text(scope, text))
    return _within_range(value) if isinstance(value, int) else value


def _boolean(scope: Scope, text: str) -> object:
    if text.lower() not in {"true", "false", "1", "0"}:
        raise ValueError(text)
    return text.lower() in {"true", "1"}


def _user(scope: Scope, text: str) -> object:
    return (scope.viewer.actor_id or NOBODY) if text == ME else _id(scope, text)


def _team(scope: Scope, text: str) -> object:
    return (scope.viewer.team_id or NOBODY) if text == ME else _id(scope, text)


def _id(scope: Scope, text: str) -> object:
    return _within_range(int(text))


def _within_range(value: int) -> int:
    if abs(value) > LARGEST_ID:
        raise ValueError(value)
    return value


def _answer(scope: Scope, text: str) -> object:
    if text not in dict(choices_of(scope.column, scope.viewer)):
        raise ValueError(text)
    return text


def _figure(scope: Scope, text: str) -> object:
    value = Decimal(text.replace(",", ""))
    if not value.is_finite() or not 0 <= value < LARGEST_NUMBER:
        raise ValueError(text)
    return value


K = ColumnKind
_READERS: Mapping[ColumnKind, Callable[[Scope, str], object]] = {
    K.TEXT: _text,
    K.NUMBER: _number,
    K.MONEY: _number,
    K.DATE: _day,
    K.INSTANT: _instant,
    K.CHOICE: _choice,
    K.BOOLEAN: _boolean,
    K.USER: _user,
    K.TEAM: _team,
    K.TAGS: _id,
    K.SEALED: _text,
    K.QUESTION: _answer,
    K.TALLY: _figure,
    K.PART: _text,
    K.ANNIVERSARY: _day,
}
