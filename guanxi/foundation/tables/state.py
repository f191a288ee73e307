"""What a list shows now: everything that stands in its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.tables.filters import compiled
from guanxi.foundation.tables.table import Column, Table
from guanxi.foundation.tables.where import BadFilter, Group, parse, written_top

SIZES = (25, 50, 100)
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class State:
    """Filter, search, sort, columns and place of a list, as its address says."""

    where: Group
    query: str
    sort: str
    columns: tuple[str, ...]
    after: str
    before: str
    size: int

    def address(self, **changes: object) -> str:
        """Return the query string of this state with some changes, from page one."""
        changed = replace(self, after="", before="")
        changed = replace(changed, **changes)  # type: ignore[arg-type] -- its own fields
        return "?" + urlencode(changed.parameters())

    def parameters(self) -> Mapping[str, str]:
        """Return what differs from the plain list, in a fixed order."""
        pairs = {
            "where": written_top(self.where),
            "q": self.query,
            "sort": self.sort,
            "cols": ",".join(self.columns),
            "size": "" if self.size == SIZES[0] else str(self.size),
            "after": self.after,
            "before": self.before,
        }
        return {key: value for key, value in pairs.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter or a search leaves rows out."""
        return bool(self.where.members or self.query)


def state_of(parameters: QueryDict) -> State:
    """
    Return the state that the parameters of an address ask for.

    :raises BadFilter: if the filter cannot be read.
    """
    size = parameters.get("size", "")
    return State(
        where=parse(parameters.get("where", "")),
        query=" ".join(parameters.get("q", "").replace("\0", "").split())[
            :LONGEST_SEARCH
        ],
        sort=parameters.get("sort", ""),
        columns=tuple(filter(None, parameters.get("cols", "").split(","))),
        after=parameters.get("after", ""),
        before=parameters.get("before", ""),
        size=int(size) if size.isdigit() and int(size) in SIZES else SIZES[0],
    )


def condition(state: State, table: Table, viewer: Actor, today: date) -> Q:
    """
    Return the condition of the filter and the search together.

    :raises BadFilter: for a field that the viewer cannot filter by.
    """
    found = compiled(state.where, table, viewer, today)
    if state.query and table.search:
        found &= table.search(viewer, state.query)
    return found


def shown_columns(state: State, table: Table, viewer: Actor) -> Sequence[Column]:
    """Return the columns to show: those chosen, else the usual ones; never hidden ones."""
    showable = {c.key: c for c in table.showable(viewer)}
    chosen = [showable[key] for key in state.columns if key in showable]
    return chosen or [c for c in showable.values() if c.shown]


def sort_column(sort: str, table: Table, viewer: Actor) -> Column | None:
    """
    Return the column to sort by; None for the record's own number (``pk``).

    :raises BadFilter: for a column the viewer cannot sort by, hidden or not there.
    """
    key = sort.removeprefix("-")
    if key == "pk":
        return None
    for column in table.readable(viewer):
        if column.key == key and column.sort:
            return column
    raise BadFilter(_("There is no field “%(key)s” to sort by.") % {"key": key[:60]})
