"""The dashboards that are there on the first day."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from guanxi.analytics.boards.tile import Tile, TileKind, Width
from guanxi.foundation.words import Words
from guanxi.identity.rules.role import HomeBlock

FIGURE, LINE, BAR = TileKind.FIGURE, TileKind.LINE, TileKind.BAR
SHARE, HEAT, TABLE = TileKind.SHARE, TileKind.HEAT, TileKind.TABLE


@dataclass(frozen=True)
class Shipped:
    """A dashboard of the product; it opens first for whoever's home page has ``block``."""

    key: str
    name: Words
    tiles: Sequence[Tile]
    block: HomeBlock | None = None


def _figure(metric: str) -> Tile:
    return Tile(FIGURE, f"metrics={metric}", Width.QUARTER)


SALES = Shipped(
    "sales",
    _("Sales at a glance"),
    [
        *map(_figure, ("revenue", "orders", "buyers", "mean_order")),
        Tile(LINE, "rows=month&metrics=revenue", Width.MOST),
        Tile(SHARE, "rows=channel&metrics=revenue", Width.THIRD),
        Tile(BAR, "rows=category&metrics=revenue"),
        Tile(BAR, "rows=province&metrics=revenue"),
        Tile(TABLE, "rows=product&metrics=revenue&metrics=quantity&metrics=orders"),
        Tile(TABLE, "rows=team&metrics=revenue&metrics=orders&metrics=buyers"),
    ],
)
TEAMS = Shipped(
    "teams",
    _("Teams and people"),
    [
        *map(_figure, ("revenue", "orders", "buyers", "per_buyer")),
        Tile(BAR, "rows=team&metrics=revenue"),
        Tile(LINE, "rows=month&columns=team&metrics=revenue"),
        Tile(
            TABLE,
            "rows=owner&metrics=revenue&metrics=orders&metrics=buyers&metrics=mean_order",
            Width.WHOLE,
        ),
        Tile(HEAT, "rows=owner&columns=month&metrics=revenue", Width.WHOLE),
    ],
    HomeBlock.TEAM,
)
CUSTOMERS = Shipped(
    "customers",
    _("Who buys"),
    [
        *map(_figure, ("buyers", "per_buyer", "orders", "revenue")),
        Tile(SHARE, "rows=tier&metrics=revenue", Width.THIRD),
        Tile(SHARE, "rows=life_stage&metrics=buyers", Width.THIRD),
        Tile(SHARE, "rows=form&metrics=revenue", Width.THIRD),
        Tile(BAR, "rows=rfm_segment&metrics=buyers"),
        Tile(LINE, "rows=month&metrics=buyers"),
        Tile(HEAT, "rows=province&columns=tier&metrics=revenue", Width.WHOLE),
        Tile(BAR, "rows=industry&metrics=revenue", Width.WHOLE),
    ],
)
PROFIT = Shipped(
    "profit",
    _("What remains"),
    [
        *map(_figure, ("revenue", "profit", "margin", "mean_order")),
        Tile(LINE, "rows=month&metrics=revenue&metrics=profit"),
        Tile(LINE, "rows=month&metrics=margin"),
        Tile(BAR, "rows=category&metrics=profit"),
        Tile(BAR, "rows=tier&metrics=profit"),
        Tile(
            TABLE,
            "rows=product&metrics=revenue&metrics=profit&metrics=margin&metrics=quantity",
            Width.WHOLE,
        ),
    ],
    HomeBlock.MONEY,
)
RHYTHM = Shipped(
    "rhythm",
    _("When and what is ordered"),
    [
        *map(_figure, ("orders", "quantity", "buyers")),
        Tile(LINE, "rows=week&metrics=orders", Width.WHOLE),
        Tile(BAR, "rows=weekday&metrics=orders"),
        Tile(SHARE, "rows=working&metrics=orders"),
        Tile(HEAT, "rows=category&columns=month&metrics=quantity", Width.WHOLE),
        Tile(TABLE, "rows=product&metrics=quantity&metrics=orders", Width.WHOLE),
    ],
    HomeBlock.DELIVERY,
)

BOARDS = {one.key: one for one in (SALES, TEAMS, CUSTOMERS, PROFIT, RHYTHM)}
