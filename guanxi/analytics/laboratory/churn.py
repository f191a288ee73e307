"""``guanxi science churn``: who leaves, learned from a target, or by the own rhythm."""

from dataclasses import dataclass, replace

import numpy as np

from guanxi.analytics.laboratory.columns import CUSTOMER, Reading, day_number
from guanxi.analytics.laboratory.features import Features, read_features
from guanxi.analytics.laboratory.files import read_sheet
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.rhythm import by_rhythm
from guanxi.analytics.laboratory.target import Target, read_target
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.churn import ChurnModel, ChurnSettings, churn_model
from guanxi.analytics.science.grouped import Flags, Floats, Ints
from guanxi.analytics.science.leakage import Alone, told_alone
from guanxi.analytics.science.learners import Matrix
from guanxi.analytics.science.quality import (
    brier,
    calibration,
    confusion,
    lift_table,
    log_loss,
    ranking,
)
from guanxi.analytics.science.reasons import contributions

_REASONS = 3
_SHOWN = 20  # customers of the highest risk in the report
_EARLIER = 0.8  # of all dates teach, if no cut-off is given


def run(request: Request) -> Findings:
    """
    Learn who leaves from ``--target``; without one tell who is beyond the own rhythm.

    :raises Unusable: if the file or the options cannot be used.
    """
    return _learned(_case(request)) if request.text("target") else by_rhythm(request)


@dataclass(frozen=True, eq=False)
class _Case:
    """The usable rows of a file: what is known of them, and what happened."""

    features: Features
    target: Target
    matrix: Matrix
    happened: Ints
    names: list[str]
    later: Flags | None
    settings: ChurnSettings
    threshold: float
    notes: tuple[str, ...]


def _case(request: Request) -> _Case:
    reading = Reading.of(
        read_sheet(request.path, header=request.header, delimiter=request.delimiter)
    )
    aim = reading.needed("target", request.text("target"))
    target = read_target(reading, aim, request.text("positive"))
    customer = reading.index("customer", request.customer, CUSTOMER)
    date = reading.index("date", request.date)
    days = None if date is None else reading.days(date, request.date_format)
    afterwards = {reading.needed("known-after", said) for said in _after(request)}
    without = {aim, *afterwards} | ({customer, date} - {None})
    features = read_features(reading, {at for at in without if at is not None})
    notes = reading.settle(skip=request.skip_bad_rows)
    good = reading.good
    return _Case(
        features=features,
        target=target,
        matrix=features.matrix(good),
        happened=target.happened[good],
        names=_names(reading, customer),
        later=None if days is None else _later(request, days[good]),
        settings=_settings(request),
        threshold=_threshold(request),
        notes=(*notes, *features.notes),
    )


def _after(request: Request) -> tuple[str, ...]:
    said = request.own.get("known_after")
    return tuple(str(each) for each in said) if isinstance(said, tuple) else ()


def _names(reading: Reading, customer: int | None) -> list[str]:
    rows = np.flatnonzero(reading.good)
    if customer is None:
        return [str(line) for line in reading.sheet.lines_of(rows.tolist())]
    cells = reading.sheet.column(customer).to_pylist()
    return [str(cells[row]) for row in rows]


def _later(request: Request, days: Ints) -> Flags:
    cut = request.cut_off
    last = np.quantile(days, _EARLIER) if cut is None else day_number(cut)
    later: Flags = days > last
    if not later.any() or later.all():
        raise Unusable(
            _("The cut-off leaves no earlier or no later customers; say another one.")
        )
    return later


def _settings(request: Request) -> ChurnSettings:
    try:
        return ChurnSettings(request.whole("folds", 5), request.whole("seed", 1))
    except ValueError as error:
        raise Unusable(_("--folds is a number from 2 to 20.")) from error


def _threshold(request: Request) -> float:
    threshold = request.number("threshold")
    if threshold is None or not 0 < threshold < 1:
        raise Unusable(_("--threshold lies between 0 and 1."))
    return threshold


def _fitted(
    case: _Case, matrix: Matrix, is_category: Flags, settings: ChurnSettings
) -> ChurnModel:
    try:
        return churn_model(matrix, is_category, case.happened, settings, case.later)
    except ValueError as error:
        left = int(case.happened.sum())
        raise Unusable(
            _(
                "Too little to learn from: %(left)s left, %(stayed)s stayed, %(columns)s "
                "usable columns. At least %(least)s of each and one column are needed."
            )
            % {
                "left": left,
                "stayed": len(case.happened) - left,
                "columns": matrix.shape[1],
                "least": case.settings.least_of_each,
            }
        ) from error


def _learned(case: _Case) -> Findings:
    is_category = case.features.is_category
    model = _fitted(case, case.matrix, is_category, case.settings)
    alone = told_alone(case.matrix, is_category, case.happened, case.settings.seed)
    judged, chance = case.happened[model.best.rows], model.best.chance
    rank = ranking(judged, chance)
    table = calibration(judged, chance)
    lift = lift_table(judged, chance)
    at = confusion(judged, chance, case.threshold)
    whole = _honest(case, model)
    drawn = contributions(
        model.learner.score, case.matrix[_some(case)], case.matrix, is_category
    )
    return Findings(
        n=len(case.happened),
        parameters={
            "positive": case.target.positive,
            "model": model.best.learner,
            "calibration": model.best.calibration,
            "columns": case.features.names,
            "seed": case.settings.seed,
        },
        facts={
            "validation": "folds" if case.later is None else "time",
            "folds": case.settings.folds if case.later is None else 1,
            "judged": len(judged),
            "churn_rate": float(case.happened.mean()),
            "retention_rate": 1 - float(case.happened.mean()),
            "auc": rank.auc,
            "auc_standard_error": rank.error,
            "auc_interval": [rank.low, rank.high],
            "log_loss": log_loss(judged, chance),
            "brier": brier(judged, chance),
            "calibration_error": table.error,
            "top_decile_lift": float(lift.lift[0]),
            "confusion": vars(at),
            **_without_suspects(case, alone, model.best.learner),
        },
        tables={
            "trials": _trials(case, model),
            "calibration_table": Table(
                _("Foretold and happened"),
                {
                    "from": table.low,
                    "customers": table.count,
                    "foretold": table.foretold,
                    "happened": table.happened,
                },
            ),
            "lift_table": Table(
                _("Lift by tenth of customers, highest risk first"),
                {
                    "tenth": np.arange(1, 11),
                    "customers": lift.count,
                    "left": lift.left,
                    "lift": lift.lift,
                    "reached": lift.reached,
                },
            ),
            "importance": _importance(case, drawn.importance, alone),
            "reasons": _customers(case, model, whole, _riskiest(whole)),
        },
        notes=(*case.notes, *_warnings(case, alone)),
        each=lambda: _customers(case, model, whole, np.arange(len(whole))),
    )


def _honest(case: _Case, model: ChurnModel) -> Floats:
    """Return a probability for all, of those judged the one given before they were known."""
    chance = model.chance(case.matrix)
    chance[model.best.rows] = model.best.chance
    return chance


def _some(case: _Case) -> Ints:
    """Return up to 2,000 rows, evenly through the table in an order of its own."""
    order = np.lexsort((case.happened, *case.matrix.T))
    return order[:: max(1, len(order) // 2000)]


def _riskiest(chance: Floats) -> Ints:
    return np.argsort(-chance, kind="stable")[:_SHOWN]


def _without_suspects(case: _Case, alone: Alone, learner: str) -> dict[str, object]:
    if not alone.suspicious.any() or alone.suspicious.all():
        return {}
    kept = ~alone.suspicious
    settings = replace(case.settings, learners=(learner,))
    matrix, is_category = case.matrix[:, kept], case.features.is_category[kept]
    trial = _fitted(case, matrix, is_category, settings).best
    rank = ranking(case.happened[trial.rows], trial.chance)
    return {"auc_without_suspicious": rank.auc}


def _warnings(case: _Case, alone: Alone) -> list[str]:
    return [
        _(
            "Warning: column “%(column)s” alone reaches an AUC of %(auc)s. If it is known "
            "only afterwards, leave it out: --known-after “%(column)s”."
        )
        % {"column": name, "auc": f"{auc:.3f}"}
        for name, auc, odd in zip(
            case.features.names, alone.auc, alone.suspicious, strict=True
        )
        if odd
    ]


def _trials(case: _Case, model: ChurnModel) -> Table:
    trials = model.trials
    judged = [case.happened[trial.rows] for trial in trials]
    pairs = list(zip(judged, (trial.chance for trial in trials), strict=True))
    return Table(
        _("Candidates, judged on customers they had not seen"),
        {
            "model": [trial.learner for trial in trials],
            "calibration": [trial.calibration for trial in trials],
            "auc": [ranking(y, p).auc for y, p in pairs],
            "log_loss": [trial.log_loss for trial in trials],
            "brier": [brier(y, p) for y, p in pairs],
            "calibration_error": [calibration(y, p).error for y, p in pairs],
            "chosen": [trial is model.best for trial in trials],
        },
    )


def _importance(case: _Case, importance: Floats, alone: Alone) -> Table:
    order = np.argsort(-importance, kind="stable")
    return Table(
        _(
            "Columns by how far they move the risk (log-odds), and what each tells alone"
        ),
        {
            "column": [case.features.names[at] for at in order],
            "importance": importance[order],
            "auc_alone": alone.auc[order],
            "suspicious": alone.suspicious[order],
        },
    )


def _customers(case: _Case, model: ChurnModel, chance: Floats, rows: Ints) -> Table:
    found = contributions(
        model.learner.score, case.matrix[rows], case.matrix, case.features.is_category
    )
    best = found.strongest(_REASONS)
    columns: dict[str, list[object]] = {
        "customer": [case.names[row] for row in rows],
        "probability": chance[rows].tolist(),
        "happened": case.happened[rows].tolist(),
    }
    for rank in range(best.shape[1]):
        columns[f"reason_{rank + 1}"] = [
            _reason(case, row, int(best[k, rank]), float(found.added[k, best[k, rank]]))
            for k, row in enumerate(rows)
        ]
    return Table(_("Customers of the highest risk, and why"), columns)


def _reason(case: _Case, row: int, column: int, added: float) -> str:
    feature = case.features.columns[column]
    value = feature.shown(case.matrix[row, column])
    return f"{feature.name} = {value} ({added:+.2f})"
