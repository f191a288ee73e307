"""What a room says about the files it takes: fields, choices, and who loads the rows."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.conf import settings
from django.db.models import Model, TextChoices
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.rooms import collected
from guanxi.foundation.sheets.guess import ImportField
from guanxi.foundation.sheets.values import ValueOptions, plain_word
from guanxi.foundation.words import Words

R = TypeVar("R")
W = TypeVar("W")

# What to do with a row whose record is there already.
SKIP, UPDATE, ASK = "skip", "update", "ask"
ON_MATCH = [
    (SKIP, _("Skip the row")),
    (UPDATE, _("Update the record")),
    (ASK, _("Refuse the row, so that somebody decides")),
]


class BadRow(Exception):
    """A row that cannot be taken: the key of the field at fault, and the reason."""

    def __init__(self, field_key: str, error: Invalid) -> None:
        super().__init__(field_key)
        self.field_key = field_key
        self.error = error


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    A row that was not taken.

    ``reason`` is the untranslated sentence and ``params`` fill it, so that everybody can
    read it in their own language.
    """

    index: int
    field: str
    reason: str
    params: Mapping[str, object]


def refusal(index: int, field_key: str, error: Invalid) -> Refusal:
    """Return the refusal of the row at ``index`` for ``error``."""
    with translation.override(None):
        params = {name: _plain(value) for name, value in error.params.items()}
        return Refusal(index, field_key, str(error.sentence), params)


def _plain(value: object) -> object:
    return value if isinstance(value, int | float) else str(value)


ANSWER = "answer:"
MOST_ANSWERS, MOST_DOUBTS = 400, 100


def answer_key(field_key: str, word: str) -> str:
    """Return the key under which a run keeps what a word of a field was said to mean."""
    return f"{ANSWER}{field_key}:{word}"


@dataclass(frozen=True)
class Doubt:
    """
    A word of a file that nothing here is called: a question to whoever imports it.

    ``rows`` is in how many it stands; ``choices`` are what it may mean, the likeliest
    first, by what is kept as the answer.
    """

    field: str
    word: str
    rows: int
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Terms:
    """What a loader is told of the run: how the table is written, and what was chosen."""

    run_id: int
    digest: str
    columns: Mapping[int, str]
    values: ValueOptions
    options: Mapping[str, str]
    at: datetime

    def answer(self, field_key: str, word: str) -> str:
        """Return what ``word`` was said to mean in a field; nothing if nobody said."""
        return self.options.get(answer_key(field_key, word), "")


class Fate(TextChoices):
    """What becomes of a row."""

    CREATED = "created", _("Will be created")
    UPDATED = "updated", _("Will be updated")
    SKIPPED = "skipped", _("Will be skipped")
    REFUSED = "refused", _("Will be refused")


@dataclass
class Decision(Generic[W]):
    """
    What becomes of some rows; ``work`` is what has to be written for it.

    ``fates`` tells it row by row, of those that are not refused, if it is a trial.
    """

    work: W
    fates: dict[int, Fate] = field(default_factory=dict)
    created: int = 0
    updated: int = 0
    skipped: int = 0
    refused: list[Refusal] = field(default_factory=list)


class Loader(ABC, Generic[R, W]):
    """
    How a room takes rows, made anew for each run.

    ``read`` looks at one row alone, ``decide`` at some rows and the database without
    writing, ``write`` writes. ``is_trial`` asks `decide` to remember what it would have
    created, since nothing of it is written. ``is_counting`` says that `read` depends on
    the rows before: a run that goes on has them read once more. ``text_indexes`` are the
    indexes of trigrams that many rows are written into.
    """

    is_counting: ClassVar[bool] = False
    text_indexes: ClassVar[Sequence[str]] = ()

    def __init__(self, by: Actor, terms: Terms, *, is_trial: bool = False) -> None:
        self.by = by
        self.terms = terms
        self.is_trial = is_trial

    @abstractmethod
    def read(self, index: int, cells: Sequence[str]) -> R:
        """
        Return the record in a row.

        :raises BadRow: if it is none.
        """

    @abstractmethod
    def decide(self, records: Sequence[R]) -> Decision[W]:
        """Return what becomes of ``records``, which follow each other in the file."""

    @abstractmethod
    def write(self, work: W) -> None:
        """Write what was decided, in the caller's transaction."""

    @abstractmethod
    def heads(self) -> Sequence[str]:
        """Return the headings of the preview."""

    @abstractmethod
    def shown(self, record: R) -> Sequence[str]:
        """Return a record as it will be stored, for people."""

    def doubts(self) -> Sequence[Doubt]:
        """Return the words that a trial met and nothing here is called."""
        return ()

    def tell(self, decision: Decision[W], fate: Fate, *indexes: int) -> None:
        """Note for people who try a file what becomes of the rows at ``indexes``."""
        if self.is_trial:
            decision.fates.update(dict.fromkeys(indexes, fate))

    def finish(self) -> Iterable[str]:
        """Write what needs the whole file; return what could not be, in sentences."""
        return ()


@dataclass(frozen=True)
class Option:
    """Something to choose for a run; without ``choices`` it is a text."""

    key: str
    label: Words
    choices: Sequence[tuple[str, Words]] = ()
    default: str = ""
    help: Words = ""


@dataclass(frozen=True)
class Undone:
    """
    What a step of taking back did with records up to the id ``last``; None if none are left.

    ``kept`` had to stay, because somebody has worked with them since.
    """

    last: int | None
    removed: int = 0
    restored: int = 0
    kept: int = 0


UndoStep = Callable[[Actor, int, int, int, datetime], Undone]
"""Takes ``by``, the run's id, the id to go on after, how many, and when."""


@dataclass(frozen=True)
class ImportKind:
    """
    One kind of file that a room takes.

    ``fields`` are what ``by`` may fill. ``choices`` are the words of fields of kind
    ``choice``. ``propose`` completes what the headings tell, from columns and sample rows;
    ``settle`` proposes the options for a mapping; ``wants`` says what a mapping lacks.
    ``fills`` are the tables that many rows are written into.
    """

    key: str
    label: Words
    icon: str
    needs: str
    list_view: str
    fields: Callable[[Actor], Sequence[ImportField]]
    options: Sequence[Option]
    loader: Callable[..., Loader[Any, Any]]
    undo: Sequence[UndoStep]
    fills: Sequence[type[Model]]
    wants: Callable[[frozenset[str]], Words]
    choices: Callable[[], Mapping[str, Mapping[str, str]]] = dict
    propose: Callable[
        [Mapping[int, str], Sequence[Sequence[str]]], Mapping[int, str]
    ] = lambda columns, samples: columns
    settle: Callable[[frozenset[str]], Mapping[str, str]] = lambda mapped: {}


def import_kind(key: str) -> ImportKind:
    """
    Return the kind called ``key``.

    :raises NotVisible: if no room takes such files.
    """
    kinds: Iterable[ImportKind] = collected("imports")
    for kind in kinds:
        if kind.key == key:
            return kind
    raise NotVisible


def words_of(
    choices: type[TextChoices], more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the labels of ``choices`` in all languages, and ``more``, with their keys."""
    words = {plain_word(value): value for value in choices.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {plain_word(str(label)): value for value, label in choices.choices}
    return words | {plain_word(word): key for word, key in (more or {}).items()}
