"""How a room declares a list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet

from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.policies import policy_of
from guanxi.foundation.words import Words

if TYPE_CHECKING:
    from guanxi.foundation.rooms import Tally

Choices = Sequence[tuple[str, Words]]


class ColumnKind(StrEnum):
    """What the values of a column are: decides operators, inputs and looks."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    USER = "user"
    TEAM = "team"
    TAGS = "tags"
    SEALED = "sealed"
    QUESTION = "question"
    TALLY = "tally"
    PART = "part"
    ANNIVERSARY = "anniversary"


RIGHT_ALIGNED = frozenset({ColumnKind.NUMBER, ColumnKind.MONEY})
LISTED = frozenset(
    {
        ColumnKind.CHOICE,
        ColumnKind.USER,
        ColumnKind.TEAM,
        ColumnKind.TAGS,
        ColumnKind.QUESTION,
    }
)


@dataclass(frozen=True)
class Column:
    """
    One column of a list.

    ``path`` is where the value is (ORM path, default the key), ``field`` the policy
    field that decides who reads it (default the key). ``sort`` is an ORM path with an
    index behind it; empty means not sortable. ``nullable`` says that sort values may be
    missing: they come last both ways. ``text`` computes the shown text from the row,
    ``text_to`` for each viewer his own; tags without one show their ``name``. ``link``
    names the page behind the cell, ``link_key`` the attribute that is its number.
    ``tone`` names the color of a choice, or of something that is so, shown as its label.
    ``value`` is the expression of a value that is no column of the database itself: it
    is read, filtered and sorted by under the column's key, as what ``output`` says.
    A question has no value to show: ``holds`` returns the condition of the rows to which
    one of the chosen answers applies on a day, as far as a viewer may know. What rooms
    count (``tally``) and anniversaries are only asked, never shown.
    """

    key: str
    label: Words
    path: str = ""
    kind: ColumnKind = ColumnKind.TEXT
    field: str = ""
    sort: str = ""
    nullable: bool = False
    choices: Callable[[Actor], Choices] | None = None
    tone: Callable[[str], str] | None = None
    link: str = ""
    link_key: str = "pk"
    shown: bool = True
    filterable: bool = True
    text: Callable[[Any], str] | None = None
    text_to: Callable[[Any, Actor], str] | None = None
    holds: Callable[[Sequence[str], Actor, date], Q] | None = None
    tally: "Tally | None" = None
    width: str = ""
    value: Any = None
    output: Any = None

    @property
    def source(self) -> str:
        """The ORM path of the value."""
        return self.path or self.key

    @property
    def is_computed(self) -> bool:
        """Whether the text is computed, and no value of the row itself."""
        return bool(self.text or self.text_to)

    @property
    def words(self) -> str:
        """Where the names of tags stand in a row."""
        return f"{self.key}_words"

    @property
    def policy_field(self) -> str:
        """The field of the kind's policy that decides about this column."""
        return self.field or self.key

    @property
    def align(self) -> str:
        """Where cells stand: ``end`` for figures, else ``start``."""
        return "end" if self.kind in RIGHT_ALIGNED else "start"


@dataclass(frozen=True)
class BulkResult:
    """
    What a bulk action did: how many rows, and why the others were refused.

    ``before`` is what an undo has to know, by the number of each row: plain values only.
    """

    done: int
    refused: Sequence[str] = ()
    before: Mapping[int, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Bulk:
    """
    Something done to the selected rows.

    ``run`` gets the rows the actor may see and the posted values; it calls one command.
    ``form_view`` names a page that asks for input first and gets ``?pk=…``, and in
    ``list`` the query of the list. ``undo``
    gets what ``run`` kept as ``before``, and is offered to who has ``undo_needs``.
    """

    key: str
    label: Words
    icon: str
    needs: str
    run: Callable[[Actor, list[Any], Mapping[str, str]], BulkResult]
    form_view: str = ""
    confirm: Words = ""
    undo: Callable[[Actor, Mapping[int, Any]], BulkResult] | None = None
    undo_needs: str = ""


@dataclass(frozen=True)
class Empty:
    """What an empty list says, and the next step it offers."""

    title: Words
    text: Words
    action_label: Words = ""
    action_view: str = ""


@dataclass(frozen=True)
class Table:
    """
    A list of one kind of record; ``rows(viewer)`` starts from what he may see.

    ``searched`` are the fields of the policy that ``search`` reads: who does not read
    them all in clear searches nothing. It is empty where the search asks that itself.
    ``sure`` names what belongs to each of the records and is sorted by: an index of it
    drives the sort if the database knows that none is missing. ``added`` are columns of
    fields that the house has added. ``withheld`` is the condition of rows that may be
    looked at and not taken out in a file.
    """

    key: str
    kind: str
    model: type[Model]
    title: Words
    url: str
    columns: Sequence[Column]
    rows: Callable[[Actor], "QuerySet[Any]"]
    empty: Empty
    search: Callable[[Actor, str], Q] | None = None
    searched: Sequence[str] = ()
    default_sort: str = "-pk"
    sure: str = ""
    added: Callable[[], Sequence[Column]] = tuple
    withheld: Callable[[], Q] | None = None
    bulk: Sequence[Bulk] = field(default=())
    template: str = "ui/list.html"

    @property
    def all_columns(self) -> Sequence[Column]:
        """The columns declared in code, and those of added fields."""
        return [*self.columns, *self.added()]

    def readable(self, viewer: Actor) -> Sequence[Column]:
        """Return the columns ``viewer`` reads in clear: what may filter and sort."""
        clear = policy_of(self.kind).readable(viewer)
        return self._kept(viewer, "readable", lambda c: c.policy_field in clear)

    def showable(self, viewer: Actor) -> Sequence[Column]:
        """Return the columns ``viewer`` may show, some of them masked."""
        policy = policy_of(self.kind)
        return self._kept(
            viewer,
            "showable",
            lambda c: (
                c.holds is None and policy.level(viewer, c.policy_field) >= Level.MASKED
            ),
        )

    def _kept(
        self, viewer: Actor, word: str, fits: Callable[[Column], bool]
    ) -> Sequence[Column]:
        """Return the columns that fit; kept with the viewer's grants under ``word``."""
        worked_out = viewer.grants.worked_out
        key = self.key, "columns", word
        found: Sequence[Column] | None = worked_out.get(key)
        if found is None:
            found = worked_out[key] = list(filter(fits, self.all_columns))
        return found
