"""A tile's answer as people read it: a figure, a picture, or a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.analytics import exploring
from guanxi.analytics.asked import ExploreForm
from guanxi.analytics.boards.span import Days, moved_on
from guanxi.analytics.boards.tile import Tile, TileKind
from guanxi.analytics.cubes.declared import Key, Metric, Unit
from guanxi.analytics.exploring import Line, Pivot, change, plain, written
from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import MINUS, short, short_amount
from guanxi.foundation.words import Words

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Question

MOST_BARS, MOST_PARTS, MOST_LINES, MOST_TABLE_ROWS = 12, 5, 5, 10
MANY_TIMES = 10

Address = Callable[[Mapping[str, Key]], str]
"""Where a click leads that narrows the page to some keys of dimensions."""


@dataclass(frozen=True)
class Figure:
    """One figure in few digits, the same in full, and how it changed."""

    words: str
    whole: str
    change: str = ""
    tone: str = "gray"


@dataclass(frozen=True)
class Answered:
    """
    What a tile shows: a figure, a chart or a table; none of them where nothing counts.

    ``problem`` says why it can show nothing: what it asks for is closed to the viewer or
    is no longer there. ``asked`` is the same question as the explorer's address.
    """

    title: Words
    tile: Tile
    figure: Figure | None = None
    chart: Mapping[str, Any] | None = None
    heads: Sequence[str] = ()
    rows: Sequence[tuple[str, str, Sequence[str]]] = ()
    more: int = 0
    problem: Words = ""
    asked: str = ""


def title_of(tile: Tile, viewer: Actor) -> Words:
    """Return what a tile is called: its own title, or what it shows by which side."""
    if tile.title:
        return tile.title
    cube, asked = exploring.cube(), tile.asked
    dimensions, metrics = cube.dimensions_for(viewer), cube.metrics_for(viewer)
    figures = [
        str(metrics[key].label) for key in asked.getlist("metrics") if key in metrics
    ]
    keys = (asked.get("rows", ""), asked.get("columns", ""))
    sides = [str(dimensions[key].label) for key in keys if key in dimensions]
    if tile.kind is TileKind.TABLE and sides:
        return " × ".join(sides)
    named = pgettext("list", ", ").join(figures[:2])
    return f"{named} · {' × '.join(sides)}" if sides else named


def answered(
    viewer: Actor,
    tile: Tile,
    days: Days,
    compared: Days | None,
    words: Sequence[str],
    address: Address,
) -> Answered:
    """
    Return what ``tile`` shows ``viewer`` of ``days``, narrowed by ``words``.

    :raises NoSnapshotError: while no analysis has loaded the cube.
    """
    asked = _asked(tile, days, words)
    form = ExploreForm(asked, viewer=viewer, last_on=days.last)
    title = title_of(tile, viewer)
    question = _question(tile, form)
    if question is None:
        told = _("This tile asks for something that is not there, or not open to you.")
        return Answered(title, tile, problem=told)
    before = None
    if compared:
        before = replace(question, first_on=compared.first, last_on=compared.last)
    teller = _Teller(viewer, form, question, before, address)
    shown = Answered(title, tile, asked=asked.urlencode())
    return replace(shown, **teller.told(tile.kind, str(title)))


def question_of(
    viewer: Actor, tile: Tile, days: Days, words: Sequence[str]
) -> "Question | None":
    """Return what a tile asks; None where that is not there, or closed to ``viewer``."""
    asked = _asked(tile, days, words)
    return _question(tile, ExploreForm(asked, viewer=viewer, last_on=days.last))


def _question(tile: Tile, form: ExploreForm) -> "Question | None":
    if not form.is_valid():
        return None
    question = form.question()
    if tile.kind is TileKind.FIGURE:
        return replace(question, rows="", columns="")
    return question


def _asked(tile: Tile, days: Days, words: Sequence[str]) -> QueryDict:
    """Return a tile's question of some days; the page's narrowings win over its own."""
    asked = tile.asked
    taken = {word.partition(":")[0] for word in words}
    own = [w for w in asked.getlist("where") if w.partition(":")[0] not in taken]
    asked.setlist("where", [*own, *words])
    asked["first_on"], asked["last_on"] = days.first.isoformat(), days.last.isoformat()
    return asked


@dataclass
class _Teller:
    """Asks the cube, and writes the answer in the way a kind of tile shows it."""

    viewer: Actor
    form: ExploreForm
    question: "Question"
    before: "Question | None"
    address: Address

    def told(self, kind: TileKind, title: str) -> dict[str, Any]:
        """Return the fields of `Answered` that a kind of tile fills."""
        pivot = exploring.explored(self.viewer, self.question)
        if kind is TileKind.FIGURE:
            return {"figure": self._figure(pivot)}
        if not pivot.rows:
            return {}
        if kind is TileKind.TABLE:
            return self._table(pivot)
        draw = {
            TileKind.LINE: self._sided,
            TileKind.BAR: self._sided,
            TileKind.SHARE: self._ring,
            TileKind.HEAT: self._heat,
        }[kind]
        option = draw(pivot, kind)
        return {"chart": {"title": title, "option": option, **self._behind(pivot)}}

    @property
    def metric(self) -> Metric:
        """The figure that pictures show."""
        return self.metrics[0]

    @property
    def metrics(self) -> Sequence[Metric]:
        """All figures that are asked."""
        return [exploring.cube().metrics[key] for key in self.question.metrics]

    def _figure(self, pivot: Pivot) -> Figure:
        value = pivot.whole[0]
        whole = written(self.metric, value)
        words = whole if value is None else in_short(self.metric, value)
        if self.before is None:
            return Figure(words, whole)
        earlier = exploring.explored(self.viewer, self.before).whole[0]
        told = change_in_short(value, earlier)
        tones = {"+": "green", "×": "green", MINUS: "red"}
        return Figure(words, whole, told, tones.get(told[0], "gray"))

    def _table(self, pivot: Pivot) -> dict[str, Any]:
        heads, rows = self._written(pivot)
        side = str(self.form.dimensions[self.question.rows].label)
        told = [
            (row.label, self._to(row.key), cells)
            for row, cells in zip(pivot.rows, rows, strict=True)
        ]
        more = max(0, len(told) - MOST_TABLE_ROWS) + pivot.more_rows
        return {"heads": [side, *heads], "rows": told[:MOST_TABLE_ROWS], "more": more}

    def _behind(self, pivot: Pivot) -> dict[str, Any]:
        """Return the table behind a picture."""
        heads, rows = self._written(pivot)
        side = str(self.form.dimensions[self.question.rows].label)
        lines = [
            [row.label, *cells] for row, cells in zip(pivot.rows, rows, strict=True)
        ]
        return {"heads": [side, *heads], "rows": lines}

    def _written(self, pivot: Pivot) -> tuple[list[str], list[list[str]]]:
        """Return the heads of the columns, and the words of each row."""
        if not self.question.columns:
            pairs = [
                [written(m, v) for m, v in zip(self.metrics, row.figures, strict=True)]
                for row in pivot.rows
            ]
            return [str(one.label) for one in self.metrics], pairs
        keys = [*(one.key for one in pivot.columns), None]
        found = [
            [self._words(pivot, row.key, key) for key in keys] for row in pivot.rows
        ]
        return [
            *(one.label for one in pivot.columns),
            pgettext("pivot", "Total"),
        ], found

    def _words(self, pivot: Pivot, row: Key | None, column: Key | None) -> str:
        figures = pivot.cells.get((row, column))
        return written(self.metric, figures[0]) if figures else ""

    def _to(self, key: Key | None) -> str:
        return "" if key is None else self.address({self.question.rows: key})

    def _sided(self, pivot: Pivot, kind: TileKind) -> dict[str, Any]:
        """Return lines or bars: a series a column, or one for each figure of a unit."""
        is_line = kind is TileKind.LINE
        rows = pivot.rows if is_line else pivot.rows[:MOST_BARS]
        series = self._columns(pivot, rows) if pivot.columns else self._figures(rows)
        for one in series:
            one["type"] = "line" if is_line else "bar"
        if pivot.columns and not is_line and self._adds_up(self.question.columns):
            for one in series:
                one["stack"] = "all"
        if len(series) == 1 and self.before is not None:
            series += self._earlier(self.before, rows, "line" if is_line else "bar")
        return {
            "legend": {"show": len(series) > 1, "top": 0, "left": 0},
            "xAxis": {"type": "category", "data": [one.label for one in rows]},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": series,
        }

    def _adds_up(self, side: str) -> bool:
        """Tell whether the figures by ``side`` are parts of their sum."""
        return self.metric.is_additive and not self.form.dimensions[side].is_many

    def _columns(self, pivot: Pivot, rows: Sequence[Line]) -> list[dict[str, Any]]:
        return [
            {
                "name": one.label,
                "data": [
                    self._point(row.key, _first(pivot, row.key, one.key))
                    for row in rows
                ],
            }
            for one in pivot.columns[:MOST_LINES]
        ]

    def _figures(self, rows: Sequence[Line]) -> list[dict[str, Any]]:
        """Return a series for each figure that counts in the unit of the first."""
        return [
            {
                "name": str(metric.label),
                "data": [self._point(row.key, row.figures[at], metric) for row in rows],
            }
            for at, metric in enumerate(self.metrics)
            if metric.unit is self.metric.unit
        ]

    def _earlier(
        self, before: "Question", rows: Sequence[Line], kind: str
    ) -> list[dict[str, Any]]:
        """Return the span that is compared with; its times stand at those of now."""
        found = exploring.explored(self.viewer, before).rows
        is_time = self.form.dimensions[self.question.rows].is_time
        by_key = {
            moved_on(
                one.key, before.first_on, self.question.first_on, self.question.rows
            )
            if is_time
            else one.key: one.figures[0]
            for one in found
        }
        values = [by_key.get(row.key) for row in rows]
        told = [_number(self.metric, value) for value in values]
        name = pgettext("compare", "Before")
        return [{"name": name, "data": told, "type": kind, "look": "before"}]

    def _ring(self, pivot: Pivot, _kind: TileKind) -> dict[str, Any]:
        """Return the parts of a whole as a ring; many small ones together."""
        shown = pivot.rows[:MOST_PARTS]
        data = [
            {"name": one.label, **self._point(one.key, one.figures[0])} for one in shown
        ]
        # Of what is no sum of its parts nobody knows the rest.
        adds_up = self._adds_up(self.question.rows)
        small = pivot.rows[MOST_PARTS:] if adds_up else []
        rest = sum(one.figures[0] or 0 for one in small)
        if rest:
            told = {"value": _number(self.metric, rest), "look": "rest"}
            data.append({"name": _("Others"), **told})
        return {
            "legend": {"show": True, "orient": "vertical", "right": 0, "top": "middle"},
            "tooltip": {"trigger": "item"},
            "series": [
                {
                    "type": "pie",
                    "radius": ["40%", "65%"],
                    "center": ["30%", "50%"],
                    "label": {"show": False},
                    "data": data,
                }
            ],
        }

    def _heat(self, pivot: Pivot, _kind: TileKind) -> dict[str, Any]:
        """Return the cells as squares, the deeper the higher."""
        rows, columns = pivot.rows[:MOST_BARS], pivot.columns
        cells = [
            {"value": [x, y, _number(self.metric, value)]}
            for y, row in enumerate(reversed(rows))
            for x, column in enumerate(columns)
            if (value := _first(pivot, row.key, column.key)) is not None
        ]
        highest = max((cell["value"][2] or 0 for cell in cells), default=0)
        return {
            "legend": {"show": False},
            "tooltip": {"trigger": "item"},
            "xAxis": {"type": "category", "data": [one.label for one in columns]},
            "yAxis": {
                "type": "category",
                "data": [one.label for one in reversed(rows)],
            },
            "visualMap": {"show": False, "min": 0, "max": highest, "look": "heat"},
            "series": [{"type": "heatmap", "data": cells}],
        }

    def _point(
        self, key: Key | None, value: float | None, metric: Metric | None = None
    ) -> dict[str, Any]:
        return {"value": _number(metric or self.metric, value), "url": self._to(key)}


def in_short(metric: Metric, value: float) -> str:
    """Return a figure in few digits."""
    exact = Decimal(plain(metric, value))
    if metric.unit is Unit.MONEY:
        return short_amount(exact, settings.CURRENCY)
    return written(metric, value) if metric.unit is Unit.PERCENT else short(exact)


def change_in_short(now: float | None, before: float | None) -> str:
    """Return by how much a figure grew; how many times it is, from ten on."""
    if now and before and before > 0 and now / before >= MANY_TIMES:
        return f"×{short(round(now / before))}"
    return change(now, before)


def _first(pivot: Pivot, row: Key | None, column: Key | None) -> float | None:
    figures = pivot.cells.get((row, column))
    return figures[0] if figures else None


def _number(metric: Metric, value: float | None) -> float | None:
    return None if value is None else float(plain(metric, value))
