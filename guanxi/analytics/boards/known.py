"""Which dashboards somebody has: those of the product, his own, and what others share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from guanxi.analytics import exploring
from guanxi.analytics.boards.shipped import BOARDS
from guanxi.analytics.boards.tile import Tile, read_tiles
from guanxi.analytics.models import BoardDelivery, Dashboard
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.viewer import key_of
from guanxi.foundation.words import Words
from guanxi.identity.queries import home_of, user_names


@dataclass(frozen=True)
class Board:
    """A dashboard as somebody sees it; ``kept`` is its record, None for the product's."""

    key: str
    name: Words
    tiles: Sequence[Tile]
    kept: Dashboard | None = None
    is_mine: bool = False


def boards(viewer: Actor) -> Sequence[Board]:
    """Return the dashboards of ``viewer``; the first is the one that opens."""
    blocks = home_of(viewer)
    place = {
        one.key: blocks.index(one.block) if one.block in blocks else len(blocks)
        for one in BOARDS.values()
    }
    ours = [
        Board(one.key, one.name, _open(viewer, one.tiles)) for one in BOARDS.values()
    ]
    rows = Dashboard.objects.filter(_open_to(viewer)).order_by("name", "id")
    kept = [_of_record(viewer, row) for row in rows]
    return [
        *(one for one in kept if one.is_mine),
        *sorted((one for one in ours if one.tiles), key=lambda one: place[one.key]),
        *(one for one in kept if not one.is_mine),
    ]


def board(viewer: Actor, key: str) -> Board:
    """
    Return the dashboard of the address ``key``: a word of the product's, or a number.

    :raises NotVisible: if ``viewer`` has none of this name.
    """
    if key in BOARDS:
        ours = BOARDS[key]
        tiles = _open(viewer, ours.tiles)
        if tiles:
            return Board(key, ours.name, tiles)
        raise NotVisible
    row = Dashboard.objects.filter(_open_to(viewer), pk=key_of(key) or 0).first()
    if row is None:
        raise NotVisible
    return _of_record(viewer, row)


def own_boards(viewer: Actor) -> Sequence[Dashboard]:
    """Return the records that ``viewer`` may change, by name."""
    return list(Dashboard.objects.filter(owner=viewer.actor_id).order_by("name"))


def _of_record(viewer: Actor, row: Dashboard) -> Board:
    is_mine = row.owner_id == viewer.actor_id
    return Board(str(row.pk), row.name, read_tiles(row.tiles), row, is_mine)


def _open_to(viewer: Actor) -> Q:
    return Q(owner=viewer.actor_id) | Q(is_shared=True)


def _open(viewer: Actor, tiles: Sequence[Tile]) -> Sequence[Tile]:
    """
    Return the tiles that ask for nothing closed to ``viewer``.

    None at all where most are closed: what is left would tell him little.
    """
    cube = exploring.cube()
    known: Mapping[str, object] = {
        **cube.dimensions_for(viewer),
        **cube.metrics_for(viewer),
    }
    found = [one for one in tiles if all(name in known for name in _names(one))]
    return found if 2 * len(found) > len(tiles) else []


def _names(tile: Tile) -> list[str]:
    asked = tile.asked
    sides = (asked.get("rows", ""), asked.get("columns", ""))
    return [*(one for one in sides if one), *asked.getlist("metrics")]


@dataclass(frozen=True)
class Delivery:
    """A delivery that somebody has arranged or gets, and the names of who gets it."""

    kept: BoardDelivery
    names: Sequence[str]
    is_mine: bool


def deliveries_of(viewer: Actor, **of: Any) -> Sequence[Delivery]:
    """
    Return the deliveries that ``viewer`` has arranged or gets.

    ``of`` says of what: ``board`` is the key of a dashboard, ``view_id`` that of a view.
    """
    mine = Q(owner=viewer.actor_id) | Q(recipients__contains=[viewer.actor_id])
    rows = list(BoardDelivery.objects.filter(mine, **of).order_by("pk"))
    names = user_names([pk for row in rows for pk in row.recipients])
    return [
        Delivery(
            row,
            [names[pk] for pk in row.recipients if pk in names],
            row.owner_id == viewer.actor_id,
        )
        for row in rows
    ]
