"""What a list shows now: everything that stands in its address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from guanxi.foundation.tables.where import NOTHING, Group, parse, written_top

SIZES = (25, 50, 100)
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class State:
    """Filter, search, sort, columns and place of a list, as its address says."""

    where: Group = NOTHING
    query: str = ""
    sort: str = ""
    columns: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    size: int = SIZES[0]

    def address(self, **changes: Any) -> str:
        """Return the query string of this state with some changes, from page one."""
        changed = replace(self, **{"after": "", "before": "", **changes})
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
    sizes = {str(size): size for size in SIZES}
    columns = parameters.get("cols", "").split(",")
    words = parameters.get("q", "").replace("\0", "").split()
    return State(
        where=parse(parameters.get("where", "")),
        query=" ".join(words)[:LONGEST_SEARCH],
        sort=parameters.get("sort", ""),
        columns=tuple(dict.fromkeys(filter(None, columns))),
        after=parameters.get("after", ""),
        before=parameters.get("before", ""),
        size=sizes.get(parameters.get("size", ""), SIZES[0]),
    )
