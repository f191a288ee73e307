"""An exploration's answer as people read it: a picture, and a table that leads on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import pgettext

from guanxi.analytics import exploring
from guanxi.analytics.asked import ExploreForm, Show
from guanxi.analytics.cubes.declared import Key, Metric
from guanxi.analytics.exploring import Line, Pivot, change, plain, written
from guanxi.foundation.actor import Actor
from guanxi.foundation.words import Words

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Figures, Question

HEATS = 5


@dataclass(frozen=True)
class Cell:
    """A figure of the table: its words, the page behind it, and how high it is (0 to 5)."""

    words: str
    url: str = ""
    heat: int = 0


@dataclass(frozen=True)
class Row:
    """A line of the table: what it is called, where it leads, and its cells."""

    label: str
    url: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Pivoted:
    """
    An exploration's answer: the picture, and the table with its heads, lines and sums.

    ``heads`` are label and address of each column; ``side`` is what the lines are.
    """

    pivot: Pivot
    side: Words
    heads: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    whole: Sequence[Cell]
    chart: Mapping[str, Any]

    @property
    def words(self) -> tuple[list[str], list[list[str]]]:
        """The table in words: its heads, then its lines and the sums."""
        heads = [str(self.side), *(label for label, _url in self.heads)]
        lines = [*self.rows, Row(pgettext("pivot", "Total"), "", self.whole)]
        return heads, [[row.label, *(one.words for one in row.cells)] for row in lines]


def pivoted(viewer: Actor, form: ExploreForm, asked: QueryDict) -> Pivoted:
    """
    Return what ``viewer`` is told of what a valid ``form`` asks.

    ``asked`` is the same as an address, from which its cells lead on.

    :raises NoSnapshotError: while it is not loaded.
    """
    question = form.question()
    pivot = exploring.explored(viewer, question)
    metrics, show = _metrics(question), form.shown_as
    writer = _Writer(asked, form, question, pivot, metrics)
    if show is Show.CHANGE:
        writer.before = exploring.explored(viewer, question.before()).cells
    return Pivoted(
        pivot,
        form.dimensions[question.rows].label,
        writer.heads(),
        writer.rows(),
        writer.line(Line(None, "", pivot.whole)),
        _chart(form, pivot, metrics[0]),
    )


@dataclass
class _Writer:
    """Writes the figures of a pivot as the form wants them shown."""

    asked: QueryDict
    form: ExploreForm
    question: "Question"
    pivot: Pivot
    metrics: Sequence[Metric]
    before: Any = None

    def heads(self) -> list[tuple[str, str]]:
        """Return label and address of each column."""
        if not self.question.columns:
            return [(str(one.label), "") for one in self.metrics]
        columns = [
            (one.label, self._drill(self.question.columns, one.key))
            for one in self.pivot.columns
        ]
        return [*columns, (pgettext("pivot", "Total"), "")]

    def rows(self) -> list[Row]:
        """Return the lines of the table."""
        return [
            Row(
                one.label,
                self._drill(self.question.rows, one.key),
                self.line(one),
            )
            for one in self.pivot.rows
        ]

    def line(self, row: Line) -> list[Cell]:
        """Return the cells of a row; without a key, those of the sums below."""
        if not self.question.columns:
            return [
                self._cell(row.key, None, number) for number in range(len(self.metrics))
            ]
        keys = [*(one.key for one in self.pivot.columns), None]
        return [self._cell(row.key, key, 0) for key in keys]

    def _cell(self, row: Key | None, column: Key | None, number: int) -> Cell:
        value = self._value(row, column, number)
        if value is None:
            return Cell("")
        metric = self.metrics[number]
        words = self._words(metric, row, column, number, value)
        is_inner = row is not None and (column is not None or not self.question.columns)
        heat = self._heat(value, number) if is_inner else 0
        return Cell(words, self._behind(row, column, metric), heat)

    def _value(self, row: Key | None, column: Key | None, number: int) -> float | None:
        figures = self.pivot.cells.get((row, column))
        return None if figures is None else figures[number]

    def _words(
        self,
        metric: Metric,
        row: Key | None,
        column: Key | None,
        number: int,
        value: float,
    ) -> str:
        show = self.form.shown_as
        if show is Show.CHANGE:
            return change(value, self._shifted(row, column, number))
        wholes = {
            Show.OF_ROW: (row, None),
            Show.OF_COLUMN: (None, column),
            Show.OF_ALL: (None, None),
        }
        if show not in wholes or not metric.is_additive:
            return written(metric, value)
        whole = self._value(*wholes[show], number)
        return f"{100 * value / whole:.1f}%" if whole else "–"

    def _shifted(
        self, row: Key | None, column: Key | None, number: int
    ) -> float | None:
        """Return the figure of the span before."""
        figures: Figures | None = self.before.get((row, column))
        return figures[number] if figures else None

    def _heat(self, value: float, number: int) -> int:
        highest = self._highest[number]
        return round(HEATS * value / highest) if highest > 0 and value > 0 else 0

    @cached_property
    def _highest(self) -> list[float]:
        """Return the highest figure of a cell for each metric."""
        inner = [
            figures
            for (row, column), figures in self.pivot.cells.items()
            if row is not None and (column is not None or not self.question.columns)
        ]
        return [
            max((figures[number] or 0 for figures in inner), default=0)
            for number in range(len(self.metrics))
        ]

    def _drill(self, side: str, key: Key | None) -> str:
        """Return the address one step down: narrowed to ``key``, from the finer side."""
        dimension = self.form.dimensions[side]
        finer = dimension.finer if dimension.finer in self.form.dimensions else ""
        place = "rows" if side == self.question.rows else "columns"
        if not finer or finer in (self.question.rows, self.question.columns):
            return self._behind(*((key, None) if place == "rows" else (None, key)))
        asked = _narrowed(self.asked, {side: key})
        asked[place] = finer
        return f"?{asked.urlencode()}"

    def _behind(
        self, row: Key | None, column: Key | None, metric: Metric | None = None
    ) -> str:
        cuts = {self.question.rows: row, self.question.columns: column}
        asked = _narrowed(
            self.asked,
            {side: key for side, key in cuts.items() if side and key is not None},
        )
        if metric and metric.counted:
            asked["cell"] = metric.key
        return f"{reverse('analytics:explore_behind')}?{asked.urlencode()}"


def _narrowed(asked: QueryDict, cuts: "dict[str, Key | None]") -> QueryDict:
    asked = asked.copy()
    kept = [
        word for word in asked.getlist("where") if word.partition(":")[0] not in cuts
    ]
    asked.setlist("where", [*kept, *(f"{side}:{key}" for side, key in cuts.items())])
    return asked


def _metrics(question: "Question") -> list[Metric]:
    return [exploring.cube().metrics[key] for key in question.metrics]


def _chart(form: ExploreForm, pivot: Pivot, metric: Metric) -> dict[str, Any]:
    """Return the pivot as a picture: lines over time, bars of everything else."""
    question = form.question()
    is_time = form.dimensions[question.rows].is_time
    kind = "line" if is_time else "bar"
    rows = pivot.rows if is_time else pivot.rows[:12]
    names = [one.label for one in rows]
    adds_up = metric.is_additive and not form.overlaps
    columns = pivot.columns[:5] or [Line(None, str(metric.label), pivot.whole)]
    series = [
        {
            "type": kind,
            "name": one.label,
            "data": [
                _number(metric, pivot.cells.get((row.key, one.key))) for row in rows
            ],
            **({"stack": "all"} if kind == "bar" and adds_up else {}),
        }
        for one in columns
    ]
    return {
        "title": metric.label,
        "option": {
            "legend": {"show": bool(pivot.columns), "top": 0},
            "xAxis": {"type": "category", "data": names},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": series,
        },
    }


def _number(metric: Metric, figures: "Figures | None") -> float | None:
    if figures is None or figures[0] is None:
        return None
    return float(plain(metric, figures[0]))
