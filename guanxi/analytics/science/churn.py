"""Who leaves: a learned model of any yes or no, tried honestly before it is believed."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedKFold

from guanxi.analytics.science.grouped import Flags, Floats, Ints
from guanxi.analytics.science.learners import (
    BOOSTED,
    LINEAR,
    Calibrator,
    Learner,
    Matrix,
    calibrations,
    learner,
    unseen_scores,
)
from guanxi.analytics.science.quality import log_loss


@dataclass(frozen=True)
class ChurnSettings:
    """How the model is tried; everything random follows from ``seed``."""

    folds: int = 5
    seed: int = 1
    least_of_each: int = 20  # fewer who left or stayed teach nothing
    learners: tuple[str, ...] = (LINEAR, BOOSTED)
    most_rows: int = 200_000  # a drawn part teaches as much and keeps the time short

    def __post_init__(self) -> None:
        """:raises ValueError: if there are no two parts to try on."""
        if not 2 <= self.folds <= 20:
            raise ValueError("folds must be between 2 and 20")


@dataclass(frozen=True, eq=False)
class Trial:
    """
    What a candidate foretold of customers it had not seen.

    ``rows`` (k,) of the table that were judged, ``chance`` (k,) their probabilities.
    """

    learner: str
    calibration: str
    rows: Ints
    chance: Floats
    log_loss: float


@dataclass(frozen=True, eq=False)
class ChurnModel:
    """The chosen learner taught by all rows, its calibration, and all trials."""

    learner: Learner
    calibrator: Calibrator
    best: Trial
    trials: tuple[Trial, ...]

    def chance(self, matrix: Matrix) -> Floats:
        """Return the probability (n,) of each row of ``matrix`` (n, c)."""
        return self.calibrator(self.learner.score(matrix))


def churn_model(
    matrix: Matrix,
    is_category: Flags,
    happened: Ints,
    settings: ChurnSettings,
    later: Flags | None = None,
) -> ChurnModel:
    """
    Fit logistic regression and gradient boosting and keep the better one.

    ``matrix`` (n, c) numbers, categories as codes from 0, NaN where unknown;
    ``is_category`` (c,); ``happened`` (n,) 0 or 1. Better is the smaller log loss on
    customers not trained on: of stratified folds, or, where ``later`` (n,) is given,
    trained on the earlier and judged on the later ones. Rows are put in an order of their
    own, so that the order of the file changes nothing. Oracle: scikit-learn's
    cross_val_predict; the Telco table of IBM, AUC .845 at least.

    :raises ValueError: if one outcome is too rare, or nothing is left to learn from.
    """
    _check(matrix, happened, settings)
    rows = _drawn(matrix, happened, settings)
    parts = _parts(rows, happened, settings, later)
    trials = tuple(
        trial
        for name in settings.learners
        for trial in _trials(name, matrix, is_category, happened, parts, settings)
    )
    best = min(trials, key=lambda trial: trial.log_loss)
    taught = learner(best.learner, is_category, settings.seed)
    taught.fit(matrix[rows], happened[rows])
    unseen = unseen_scores(
        best.learner, matrix[rows], happened[rows], is_category, settings.seed
    )
    calibrator = Calibrator(best.calibration, unseen, happened[rows])
    return ChurnModel(taught, calibrator, best, trials)


def _check(matrix: Matrix, happened: Ints, settings: ChurnSettings) -> None:
    if not matrix.shape[1]:
        raise ValueError("no column to learn from")
    _check_both(happened, settings.least_of_each)


def _check_both(happened: Ints, least: int) -> None:
    ones = int(happened.sum())
    if min(ones, len(happened) - ones) < least:
        raise ValueError("too few of one outcome")


def _drawn(matrix: Matrix, happened: Ints, settings: ChurnSettings) -> Ints:
    """Return the rows to learn from, in an order that the file's does not change."""
    order = np.lexsort((happened, *matrix.T))
    if len(order) <= settings.most_rows:
        return order
    rng = np.random.default_rng(settings.seed)
    kept = rng.choice(len(order), settings.most_rows, replace=False)
    return order[np.sort(kept)]


def _parts(
    rows: Ints, happened: Ints, settings: ChurnSettings, later: Flags | None
) -> list[tuple[Ints, Ints]]:
    """Return pairs of rows: to learn from, to be judged on."""
    if later is not None:
        known, unseen = rows[~later[rows]], rows[later[rows]]
        _check_both(happened[known], settings.least_of_each)
        _check_both(happened[unseen], 1)
        return [(known, unseen)]
    folds = StratifiedKFold(settings.folds, shuffle=True, random_state=settings.seed)
    split = folds.split(rows, happened[rows])
    return [(rows[known], rows[unseen]) for known, unseen in split]


def _trials(
    name: str,
    matrix: Matrix,
    is_category: Flags,
    happened: Ints,
    parts: list[tuple[Ints, Ints]],
    settings: ChurnSettings,
) -> list[Trial]:
    """Try one learner with each calibration; calibration too sees training rows only."""
    methods = calibrations(happened[parts[0][0]])
    foretold: dict[str, list[Floats]] = {method: [] for method in methods}
    for known, unseen in parts:
        x, y = matrix[known], happened[known]
        taught = learner(name, is_category, settings.seed).fit(x, y)
        inner = unseen_scores(name, x, y, is_category, settings.seed)
        scores = taught.score(matrix[unseen])
        for method in methods:
            foretold[method].append(Calibrator(method, inner, y)(scores))
    rows = np.concatenate([unseen for _known, unseen in parts])
    return [
        Trial(name, method, rows, chance, log_loss(happened[rows], chance))
        for method, chance in (
            (m, np.concatenate(found)) for m, found in foretold.items()
        )
    ]
