"""``guanxi science forecast``: the next periods of sales, of one series or several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from guanxi.analytics.laboratory.columns import (
    AMOUNT,
    DATE,
    Reading,
    day_number,
    day_text,
)
from guanxi.analytics.laboratory.files import read_sheet
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.forecasting import Forecast, ForecastSettings, forecast
from guanxi.analytics.science.grouped import Floats, Ints
from guanxi.analytics.science.periods import Unit, period_of, period_start
from guanxi.analytics.science.series import Series, regular

_SEASONS = {"day": 7, "week": 52, "month": 12}
_MOST_SERIES = 200  # each takes about a second


@dataclass(frozen=True, eq=False)
class _Rows:
    """Dated amounts (m,) of the series ``names[codes]``; known up to the day ``until``."""

    days: Ints
    amounts: Floats
    codes: Ints
    names: list[str]
    until: int
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Outcome:
    name: str
    series: Series
    found: Forecast


def run(request: Request) -> Findings:
    """
    Forecast the sums by period of a file of dated amounts.

    :raises Unusable: if the file or the options cannot be used, or no series is long
        enough.
    """
    settings, unit = _settings(request), cast(Unit, request.unit)
    rows = _read(request, unit)
    outcomes, notes = [], list(rows.notes)
    for code, name in enumerate(rows.names):
        mine = rows.codes == code
        try:
            series = regular(rows.days[mine], rows.amounts[mine], rows.until, unit)
            outcomes.append(_Outcome(name, series, forecast(series.values, settings)))
        except ValueError:
            notes.append(_too_short(name, settings))
    if not outcomes:
        raise Unusable("\n".join(notes[len(rows.notes) :][:5]))
    notes += _told(outcomes, settings)
    return Findings(
        n=len(rows.days),
        parameters={
            "unit": unit,
            "season": settings.season,
            "horizon": settings.horizon,
            "level": settings.level,
            "until": day_text(rows.until),
        },
        tables={
            "forecast": _forecast(outcomes),
            "errors": _errors(outcomes),
            "history": _history(outcomes),
        },
        notes=notes,
    )


def _settings(request: Request) -> ForecastSettings:
    season = request.whole("season", 0) or _SEASONS[request.unit]
    level = request.number("level")
    try:
        return ForecastSettings(
            horizon=request.whole("horizon", 8),
            season=season,
            level=0.8 if level is None else level,
        )
    except ValueError as error:
        raise Unusable(
            _("--horizon and --season are at least 1, --level lies between 0 and 1.")
        ) from error


def _read(request: Request, unit: Unit) -> _Rows:
    reading = Reading.of(
        read_sheet(request.path, header=request.header, delimiter=request.delimiter)
    )
    date = reading.needed("date", request.date, DATE)
    amount = reading.needed("amount", request.amount, AMOUNT)
    series = reading.index("series", request.text("series"))
    days = reading.days(date, request.date_format)
    amounts = reading.numbers(amount)
    codes, names = np.zeros(len(days), np.int64), [_("all")]
    if series is not None:
        codes, labels = reading.codes(series)
        names = labels.to_pylist()
    notes = reading.settle(skip=request.skip_bad_rows)
    if len(names) > _MOST_SERIES:
        raise Unusable(
            _("The column has %(count)s series; at most %(most)s are forecast at once.")
            % {"count": len(names), "most": _MOST_SERIES}
        )
    good = reading.good
    return _Rows(
        days[good],
        amounts[good],
        codes[good],
        names,
        _until(request, days[good], unit),
        tuple(notes),
    )


def _until(request: Request, days: Ints, unit: Unit) -> int:
    """
    Return the last day that counts as known.

    Without a cut-off it is the last day of the file; in a ready series, where every row
    stands on the first day of its period, the last period is whole.
    """
    if request.cut_off is not None:
        return day_number(request.cut_off)
    last = int(days.max())
    periods = np.unique(period_of(days, unit))
    ready = len(np.unique(days)) == len(periods) > 1
    begins = (
        bool((np.unique(days) == period_start(periods, unit)).all()) if ready else False
    )
    ends = int(period_start(period_of(np.array([last]), unit) + 1, unit)[0]) - 1
    return ends if begins else last


def _too_short(name: str, settings: ForecastSettings) -> str:
    return _(
        "“%(series)s” is too short: at least %(least)s periods that have ended are needed."
    ) % {"series": name, "least": ForecastSettings(settings.horizon, 1).least}


def _told(outcomes: list[_Outcome], settings: ForecastSettings) -> list[str]:
    notes = []
    if any(one.series.left_out for one in outcomes):
        notes.append(_("The last period has not ended and was left out."))
    if settings.season > 1 and any(one.found.season == 1 for one in outcomes):
        notes.append(
            _("Too short for a season of %(season)s periods: three rounds are needed.")
            % {"season": settings.season}
        )
    naive = sum(one.found.model == "naive" for one in outcomes)
    if naive:
        notes.append(
            _("Nothing was better than “as one season ago” for %(count)s series.")
            % {"count": naive}
        )
    return notes


def _starts(first: int, count: int, unit: Unit) -> list[str]:
    days = period_start(first + np.arange(count), unit)
    return [day_text(int(day)) for day in days]


def _forecast(outcomes: list[_Outcome]) -> Table:
    rows = [
        (one.name, start, *numbers, one.found.model)
        for one in outcomes
        for start, *numbers in zip(
            _starts(
                one.series.start + len(one.series.values),
                len(one.found.outlook.mean),
                one.series.unit,
            ),
            one.found.outlook.mean.tolist(),
            one.found.outlook.low.tolist(),
            one.found.outlook.high.tolist(),
            strict=True,
        )
    ]
    keys = ("series", "period", "forecast", "low", "high", "model")
    return _table(_("Forecast"), keys, rows)


def _errors(outcomes: list[_Outcome]) -> Table:
    rows = [
        (
            *(one.name, each.model, each.mase, each.smape, each.rmse),
            *(each.coverage, each.origins, each.model == one.found.model),
        )
        for one in outcomes
        for each in one.found.errors
    ]
    keys = ("series", "model", "mase", "smape", "rmse", "coverage", "origins", "chosen")
    return _table(_("Errors from earlier moments"), keys, rows)


def _history(outcomes: list[_Outcome]) -> Table:
    rows = [
        (one.name, start, value)
        for one in outcomes
        for start, value in zip(
            _starts(one.series.start, len(one.series.values), one.series.unit),
            one.series.values.tolist(),
            strict=True,
        )
    ]
    return _table(_("History"), ("series", "period", "amount"), rows)


def _table(
    title: str, keys: tuple[str, ...], rows: Sequence[tuple[object, ...]]
) -> Table:
    return Table(
        title, dict(zip(keys, map(list, zip(*rows, strict=True)), strict=True))
    )
