"""Who is about to leave: a model learned each night from who left before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from guanxi.analytics.science.churn import ChurnModel, ChurnSettings, churn_model
from guanxi.analytics.science.grouped import Flags, Floats, Ints
from guanxi.analytics.science.leakage import told_alone
from guanxi.analytics.science.learners import LINEAR, Linear, Matrix
from guanxi.analytics.science.leaving import (
    COLUMNS,
    OVERDUE,
    SILENT,
    leaving_columns,
    stayed_away,
)
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.quality import calibration, lift_table, ranking

VERSION = 1
STEP = 5  # percent: a day that merely passes changes few
# Of more customers, a part by turns teaches as much, and faster.
MOST_LEARNED = 20_000
FEWEST = 200
REASONS = 2
_HORIZONS = (30, 60, 90, 120, 180)
_SEED = 1


class Tenth(NamedTuple):
    """A tenth of the customers judged, the likeliest to leave first."""

    customers: int
    left: float
    lift: float
    reached: float


class Class(NamedTuple):
    """Customers of about the same chance: how many, what was said, and what came."""

    customers: int
    foretold: float
    happened: float


@dataclass(frozen=True)
class LeavingModel:
    """
    How the model came about, and how well it would have told who left.

    To leave is to buy nothing for ``horizon`` days; judged are customers who bought
    within twice as many. Learned from ``learned`` customers as they stood two horizons
    before the day of the analysis, tried on ``judged`` as they stood one horizon before,
    of whom the share ``rate`` left. ``auc`` ± ``auc_error`` beside ``rule_auc``, that of
    the silence as a multiple of the own rhythm alone; ``calibration_error``; ``tenths`` of
    the lift curve and ``classes`` of the calibration. ``drivers`` are the columns by how
    much each moves the log-odds on average; ``suspicious`` those that know too much.
    ``problem`` is the word for why there is no model.
    """

    problem: str = ""
    version: int = VERSION
    horizon: int = 0
    learned: int = 0
    judged: int = 0
    rate: float = 0.0
    auc: float = 0.0
    auc_error: float = 0.0
    rule_auc: float = 0.0
    calibration_error: float = 0.0
    tenths: Sequence[Tenth] = ()
    classes: Sequence[Class] = ()
    drivers: Sequence[tuple[str, float]] = ()
    suspicious: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Leaving:
    """
    What the model tells of n customers.

    ``risk`` (n,) the chance to leave in percent, in steps of five; NaN of who has not
    bought for long and so has left already. ``reasons`` (n, 2) columns (−1: none) that
    raise it most; ``values`` (n, 2) what they are.
    """

    risk: Floats
    reasons: Ints
    values: Floats
    model: LeavingModel = field(default_factory=LeavingModel)


def leaving(purchases: Purchases, today: int) -> Leaving:
    """Return who is about to leave on the day ``today`` (since 1970-01-01)."""
    n = len(purchases)
    nothing = np.full(n, np.nan)
    none = np.full((n, REASONS), -1), np.full((n, REASONS), np.nan)
    horizon = _horizon(purchases)
    taught = _taught(_part(purchases), today, horizon)
    if isinstance(taught, str):
        return Leaving(nothing, *none, LeavingModel(taught, horizon=horizon))
    model, about = taught
    matrix = leaving_columns(purchases, today)
    here = purchases.silent_days(today) <= 2 * horizon
    risk = nothing.copy()
    percent = 100 * model.chance(matrix[here])
    risk[here] = STEP * np.rint(percent / STEP)
    reasons, values = none
    reasons[here], values[here] = _reasons(model, matrix[here])
    return Leaving(risk, reasons, values, about)


def _horizon(purchases: Purchases) -> int:
    """Return the days that nine in ten gaps between purchases do not exceed."""
    if not len(purchases.gaps):
        return _HORIZONS[2]
    usual = float(np.quantile(purchases.gaps, 0.9))
    return next((days for days in _HORIZONS if days >= usual), _HORIZONS[-1])


def _part(purchases: Purchases) -> Purchases:
    """Return the purchases of every k-th customer; the same ones each time."""
    step = -(-len(purchases) // MOST_LEARNED)
    if step <= 1:
        return purchases
    return _of(purchases, purchases.owners % step == 0)


def _of(purchases: Purchases, here: Flags) -> Purchases:
    ids = purchases.customer_ids[purchases.owners[here]]
    return Purchases.from_rows(ids, purchases.days[here], purchases.amounts[here])


def _standing(
    purchases: Purchases, cut: int, horizon: int
) -> tuple[Purchases, Matrix, Ints] | None:
    """
    Return who was a customer on the day ``cut``, as was known then, and who left.

    None if nobody had bought yet.
    """
    known = _of(purchases, purchases.days <= cut)
    if not len(known):
        return None
    here = known.silent_days(cut) <= 2 * horizon
    later = (purchases.days > cut) & (purchases.days <= cut + horizon)
    left = stayed_away(known, _of(purchases, later)) if later.any() else None
    if left is None or not here.any():
        return None
    return known, leaving_columns(known, cut)[here], left[here]


def _taught(
    purchases: Purchases, today: int, horizon: int
) -> tuple[ChurnModel, LeavingModel] | str:
    """Return the model and what is known of it, or the word for why there is none."""
    early = _standing(purchases, today - 2 * horizon, horizon)
    late = _standing(purchases, today - horizon, horizon)
    if early is None or late is None:
        return "short"
    matrix = np.concatenate([early[1], late[1]])
    left = np.concatenate([early[2], late[2]])
    if min(len(early[1]), len(late[1])) < FEWEST:
        return "few"
    is_later = np.arange(len(matrix)) >= len(early[1])
    kinds = np.zeros(len(COLUMNS), np.bool_)
    settings = ChurnSettings(learners=(LINEAR,), seed=_SEED)
    try:
        model = churn_model(matrix, kinds, left, settings, later=is_later)
    except ValueError:
        return "same"
    return model, _about(model, early[1], late[1], left, horizon)


def _about(
    model: ChurnModel, early: Matrix, late: Matrix, left: Ints, horizon: int
) -> LeavingModel:
    trial, happened = model.best, left[model.best.rows]
    judged = np.concatenate([early, late])[trial.rows]
    found = ranking(happened, trial.chance)
    tenths, seen = (
        lift_table(happened, trial.chance),
        calibration(happened, trial.chance),
    )
    kinds = np.zeros(len(COLUMNS), np.bool_)
    alone = told_alone(early, kinds, left[: len(early)], _SEED)
    moved = np.abs(_linear(model).added(late)).mean(axis=0)
    order = np.argsort(-moved, kind="stable")
    return LeavingModel(
        horizon=horizon,
        learned=len(early),
        judged=len(trial.rows),
        rate=float(happened.mean()),
        auc=found.auc,
        auc_error=found.error,
        rule_auc=ranking(happened, _rule(judged)).auc,
        calibration_error=seen.error,
        tenths=[
            Tenth(int(count), float(gone), float(lift), float(reached))
            for count, gone, lift, reached in zip(
                tenths.count, tenths.left, tenths.lift, tenths.reached, strict=True
            )
        ],
        classes=[
            Class(int(count), float(said), float(came))
            for count, said, came in zip(
                seen.count, seen.foretold, seen.happened, strict=True
            )
            if count
        ],
        drivers=[(COLUMNS[at], float(moved[at])) for at in order.tolist()],
        suspicious=[COLUMNS[at] for at in np.flatnonzero(alone.suspicious).tolist()],
    )


def _rule(matrix: Matrix) -> Floats:
    """Return the silence by the own rhythm, of who has none the silence in months."""
    overdue = matrix[:, COLUMNS.index(OVERDUE)]
    found: Floats = np.where(
        np.isnan(overdue), matrix[:, COLUMNS.index(SILENT)] / 30, overdue
    )
    return found


def _linear(model: ChurnModel) -> Linear:
    if not isinstance(model.learner, Linear):
        raise TypeError("reasons are told of sums of columns only")
    return model.learner


def _reasons(model: ChurnModel, matrix: Matrix) -> tuple[Ints, Floats]:
    """Return the columns (n, 2) that raise each one's risk most, and their values."""
    added = _linear(model).added(matrix)
    order: Ints = np.argsort(-added, axis=1, kind="stable")[:, :REASONS]
    raised = np.take_along_axis(added, order, axis=1) > 0
    values = np.take_along_axis(matrix, order, axis=1)
    return np.where(raised, order, -1), np.where(raised, values, np.nan)
