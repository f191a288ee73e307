"""What customers will probably do within a year: the model of purchases, fitted each night."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from guanxi.analytics.science.bgnbd import BgNbd, fit_bgnbd, settle_bgnbd
from guanxi.analytics.science.grouped import Floats, Ints
from guanxi.analytics.science.histories import Histories, purchases_after
from guanxi.analytics.science.likelihood import Fit, NotIdentified
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.spend import GammaGamma, fit_gamma_gamma
from guanxi.analytics.science.tracking import HoldOut
from guanxi.analytics.science.worth import ValueSettings, present_values

VERSION = 1
A_WEEK = 7.0
A_YEAR = 365.25 / A_WEEK
# Of more customers, a part by turns tells the parameters as well, and faster.
MOST_FITTED = 100_000
MOST_TRIED = 30_000
FEWEST = 50
FEWEST_REPEATED = 20
# The hold-out is the last part of the time that is known.
HELD_OUT = 0.25
FEWEST_DAYS_HELD_OUT = 28
ALIVE_STEP = 10
LEAST = 0.01
# Twenty-four values in each power of ten: steps of a tenth (IEC 60063).
_E24 = (
    "1 1.1 1.2 1.3 1.5 1.6 1.8 2 2.2 2.4 2.7 3"
    " 3.3 3.6 3.9 4.3 4.7 5.1 5.6 6.2 6.8 7.5 8.2 9.1 10"
)
E24 = np.array([float(one) for one in _E24.split()])


@dataclass(frozen=True)
class PurchaseModel:
    """
    How the model came about; time in weeks.

    ``parameters`` r, α, a, b of BG/NBD, ``spend`` p, q, γ of gamma-gamma (empty where
    everybody's own mean stands in). ``is_settled``: the data alone did not tell all
    parameters, a weak prior decided. ``fitted`` of ``customers`` were fitted. The
    hold-out compares, of at most `MOST_TRIED` customers, what was foretold at ``held_out_days`` before the day of the
    analysis with what came. ``problem`` is the word for why there is no model.
    """

    problem: str = ""
    version: int = VERSION
    customers: int = 0
    fitted: int = 0
    is_settled: bool = False
    parameters: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)
    log_likelihood: float = 0.0
    spend: Mapping[str, float] = field(default_factory=dict)
    held_out_days: int = 0
    held_out_expected: float = 0.0
    held_out_actual: float = 0.0
    held_out_error: float = 0.0

    @property
    def purchases(self) -> BgNbd:
        """The model with its parameters; only of one without a problem."""
        return BgNbd(**self.parameters)


@dataclass(frozen=True, eq=False)
class Prediction:
    """
    What the model tells of n customers; NaN where it tells nothing.

    ``alive`` (n,) the chance to come again at all, in percent, in steps of ten; NaN of
    who bought once, of whom it knows nothing. ``orders`` (n,) purchase days and
    ``amounts`` (n,) minor units within the next twelve months. All rounded, so that a day
    that merely passes changes few.

    ``to_come`` (n,) purchase days of the years that count, at their present value, and
    ``each`` (n,) minor units to expect of one; not rounded.
    """

    alive: Floats
    orders: Floats
    amounts: Floats
    to_come: Floats
    each: Floats
    model: PurchaseModel


def predicted(
    purchases: Purchases, today: int, value: ValueSettings | None = None
) -> Prediction:
    """Return what the purchases up to the day ``today`` (since 1970-01-01) foretell."""
    nothing = np.full(len(purchases), np.nan)
    problem = _problem(purchases)
    if problem:
        model = PurchaseModel(problem, customers=len(purchases))
        return Prediction(nothing, nothing, nothing, nothing, nothing, model)
    h = Histories.until(purchases, today, A_WEEK)
    try:
        fit, is_settled = _fitted(h)
    except NotIdentified:
        model = PurchaseModel("unclear", customers=len(purchases))
        return Prediction(nothing, nothing, nothing, nothing, nothing, model)
    bgnbd = BgNbd(*fit.values.tolist())
    alive = bgnbd.alive(h.repeats, h.last, h.age)
    orders = bgnbd.expected_given(h.repeats, h.last, h.age, A_YEAR)
    law = value or ValueSettings()
    values = present_values(law.rate, law.years)
    to_come = bgnbd.present(h.repeats, h.last, h.age, A_YEAR, values)
    spend, each = _spent(purchases, h)
    rounded = _rounded(orders)
    model = PurchaseModel(
        customers=len(purchases),
        fitted=round(fit.n),
        is_settled=is_settled,
        parameters=fit.parameters,
        errors=fit.standard_errors or {},
        log_likelihood=fit.log_likelihood,
        spend=asdict(spend) if spend else {},
        **_held_out(purchases, today),
    )
    percent = ALIVE_STEP * np.rint(100 * alive / ALIVE_STEP)
    return Prediction(
        np.where(h.repeats > 0, percent, np.nan),
        rounded,
        _rounded(rounded * each),
        to_come,
        each,
        model,
    )


def _problem(purchases: Purchases) -> str:
    if len(purchases) < FEWEST:
        return "few"
    repeated = int((purchases.day_counts > 1).sum())
    return "" if repeated >= FEWEST_REPEATED else "once"


def _fitted(h: Histories) -> tuple[Fit, bool]:
    """
    Return the fit, and whether a prior had to help.

    :raises NotIdentified: if there is none even so.
    """
    some = _part(h)
    try:
        return fit_bgnbd(some), False
    except NotIdentified:
        return settle_bgnbd(some), True


def _part(h: Histories) -> Histories:
    """Return every k-th customer, at most `MOST_FITTED`; the same ones each time."""
    step = -(-len(h.repeats) // MOST_FITTED)
    if step == 1:
        return h
    return Histories(
        h.repeats[::step], h.last[::step], h.age[::step], h.weights[::step], h.unit_days
    )


def _spent(purchases: Purchases, h: Histories) -> tuple[GammaGamma | None, Floats]:
    """Return the model of spending, if the data tell it, and the amount to expect each time."""
    mean = purchases.totals / purchases.day_counts
    # The first purchase counts too: it is as good a sign of what somebody spends.
    times = purchases.day_counts.astype(np.float64)
    step = -(-len(mean) // MOST_FITTED)
    try:
        fit = fit_gamma_gamma(times[::step], mean[::step])
    except NotIdentified:
        return None, np.maximum(mean, 0)
    spend = GammaGamma(*fit.values.tolist())
    found = spend.expected(times, np.maximum(mean, 0))
    return spend, np.where(np.isfinite(found), found, mean)


def _held_out(purchases: Purchases, today: int) -> dict[str, Any]:
    """Return how well the model would have foretold the last part of what is known."""
    first = int(purchases.days.min())
    length = int((today - first) * HELD_OUT)
    if length < FEWEST_DAYS_HELD_OUT:
        return {}
    cut = today - length
    before, after = _parted(_some(purchases, MOST_TRIED), cut)
    h = Histories.until(before, cut, A_WEEK)
    if len(before) < FEWEST or (h.repeats > 0).sum() < FEWEST_REPEATED:
        return {}
    try:
        fit, _settled = _fitted(h)
    except NotIdentified:
        return {}
    model = BgNbd(*fit.values.tolist())
    expected = model.expected_given(h.repeats, h.last, h.age, length / A_WEEK)
    test = HoldOut.of(purchases_after(before, after, today), expected)
    return {
        "held_out_days": length,
        "held_out_expected": test.expected,
        "held_out_actual": test.actual,
        "held_out_error": test.mean_absolute_error,
    }


def _some(purchases: Purchases, most: int) -> Purchases:
    """Return the purchases of every k-th customer, of at most ``most``."""
    step = -(-len(purchases) // most)
    here = purchases.owners % step == 0
    ids = purchases.customer_ids[purchases.owners[here]]
    return Purchases.from_rows(ids, purchases.days[here], purchases.amounts[here])


def _parted(purchases: Purchases, cut: int) -> tuple[Purchases, Purchases]:
    """Return the purchases up to the day ``cut``, and those after it."""
    ids = purchases.customer_ids[purchases.owners]
    early = purchases.days <= cut
    parts = (
        Purchases.from_rows(ids[one], purchases.days[one], purchases.amounts[one])
        for one in (early, ~early)
    )
    before, after = parts
    return before, after


def _rounded(values: Floats) -> Floats:
    """Return values (n,) ≥ 0 rounded to steps of a tenth; what is next to nothing is 0."""
    size = 10.0 ** np.floor(np.log10(np.maximum(values, LEAST)))
    digits = values / size
    at = np.searchsorted(np.sqrt(E24[1:] * E24[:-1]), digits)
    found: Floats = np.where(values < LEAST, 0.0, np.round(E24[at] * size, 3))
    return found


def rounded_money(values: Floats) -> Floats:
    """Return money (n,), gained or lost, rounded to steps of a tenth; NaN stays."""
    found = np.copysign(_rounded(np.abs(np.nan_to_num(values))), values)
    return np.where(np.isnan(values), np.nan, np.rint(found))


def marks(model: BgNbd, counts: Ints, weeks: Floats, age: float) -> Floats:
    """
    Return P(alive) in percent (c, w) of who bought on ``counts`` (c,) days, ``weeks`` (w,) ago.

    The first time was ``age`` weeks ago. For a picture of the model.
    """
    x = (np.asarray(counts, np.float64) - 1)[:, None]
    last = np.maximum(age - np.asarray(weeks, np.float64), 0)[None, :]
    shape = np.broadcast_shapes(x.shape, last.shape)
    repeats, lasts = np.broadcast_to(x, shape), np.broadcast_to(last, shape)
    found = model.alive(repeats.ravel(), lasts.ravel(), np.full(repeats.size, age))
    percent: Floats = 100 * found.reshape(shape)
    return percent
