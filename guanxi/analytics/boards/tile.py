"""A tile of a dashboard: a question to the cube, and how its answer is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import TypeAdapter

from guanxi.foundation.errors import Refused

MOST_TILES = 24
LONGEST_TITLE = 60
# What the whole page says for all of its tiles, and what only the explorer shows.
NOT_KEPT = ("first_on", "last_on", "show")


class TileKind(TextChoices):
    """How an answer is shown."""

    FIGURE = "figure", pgettext_lazy("tile", "One figure")
    LINE = "line", pgettext_lazy("tile", "Line")
    BAR = "bar", pgettext_lazy("tile", "Bars")
    SHARE = "share", pgettext_lazy("tile", "Ring of shares")
    HEAT = "heat", pgettext_lazy("tile", "Heat map")
    TABLE = "table", pgettext_lazy("tile", "Table")


class Width(TextChoices):
    """How much of the page's width a tile takes, in twelfths."""

    QUARTER = "3", gettext_lazy("A quarter")
    THIRD = "4", gettext_lazy("A third")
    HALF = "6", gettext_lazy("Half")
    MOST = "8", gettext_lazy("Two thirds")
    WHOLE = "12", gettext_lazy("The whole width")


class BadTile(Refused):
    """A tile that no dashboard can hold."""

    code = "bad_tile"


@dataclass(frozen=True)
class Tile:
    """
    ``query`` is the explorer's address of the question, without its days.

    A tile without ``title`` is called after what it shows.
    """

    kind: TileKind
    query: str
    width: Width = Width.HALF
    title: str = ""

    @property
    def asked(self) -> QueryDict:
        """The question as the explorer reads it; may be changed."""
        return QueryDict(self.query, mutable=True)


_TILES = TypeAdapter(tuple[Tile, ...])


def read_tiles(kept: Any) -> tuple[Tile, ...]:
    """Return the tiles that a dashboard keeps."""
    return _TILES.validate_python(kept)


def written_tiles(tiles: Iterable[Tile]) -> list[dict[str, str]]:
    """
    Return tiles as a dashboard keeps them.

    :raises BadTile: if there are too many, or a title is too long.
    """
    found = list(tiles)
    if len(found) > MOST_TILES:
        told = _("A dashboard holds at most %(most)s tiles: take one away first.")
        raise BadTile(told % {"most": MOST_TILES})
    if any(len(one.title) > LONGEST_TITLE for one in found):
        told = _("A title has at most %(most)s characters.")
        raise BadTile(told % {"most": LONGEST_TITLE}, field="title")
    return [
        {
            "kind": one.kind.value,
            "query": plain_query(one.query),
            "width": one.width.value,
            "title": one.title,
        }
        for one in found
    ]


def plain_query(query: str) -> str:
    """Return the explorer's address without what the whole page says."""
    asked = QueryDict(query.removeprefix("?"), mutable=True)
    for name in NOT_KEPT:
        asked.pop(name, None)
    return asked.urlencode()


def moved(tiles: Sequence[Tile], at: int, by: int) -> tuple[Tile, ...]:
    """Return the tiles with the one ``at`` moved ``by`` places, at most to an end."""
    left = [*tiles[:at], *tiles[at + 1 :]]
    place = max(0, min(len(left), at + by))
    return (*left[:place], tiles[at], *left[place:])
