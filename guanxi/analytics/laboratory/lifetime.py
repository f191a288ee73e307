"""``guanxi science bgnbd | pareto-nbd | ggnbd | lifetime``: purchases to come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from guanxi.analytics.laboratory.behavior import Behavior, read_behavior
from guanxi.analytics.laboratory.columns import day_text
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.spend import fitted_spend
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.bgnbd import BgNbd, fit_bgnbd
from guanxi.analytics.science.dropout import (
    GgNbd,
    ParetoNbd,
    fit_gg_nbd,
    fit_pareto_nbd,
)
from guanxi.analytics.science.grouped import Floats
from guanxi.analytics.science.histories import Histories
from guanxi.analytics.science.likelihood import Fit, NotIdentified
from guanxi.analytics.science.tracking import (
    HoldOut,
    best_of,
    by_frequency,
    tracking,
)

_YEAR = 365.25
_LIMIT = 1e-2  # growth within the observed time below which GG/NBD is at its limit


@dataclass(frozen=True)
class Family:
    """A kind of model: how it is fitted, and made of its parameters."""

    fit: Callable[[Histories], Fit]
    made: Callable[..., BgNbd | ParetoNbd | GgNbd]

    def model(self, fit: Fit) -> BgNbd | ParetoNbd | GgNbd:
        """Return the model with the parameters of ``fit``."""
        return self.made(*fit.values.tolist())


FAMILIES: Mapping[str, Family] = {
    "bgnbd": Family(fit_bgnbd, BgNbd),
    "pareto-nbd": Family(fit_pareto_nbd, ParetoNbd),
    "ggnbd": Family(fit_gg_nbd, GgNbd),
}


def run_bgnbd(request: Request) -> Findings:
    """Fit BG/NBD; see :func:`_answer`."""
    return _answer(request, read_behavior(request), "bgnbd")


def run_pareto_nbd(request: Request) -> Findings:
    """Fit Pareto/NBD; see :func:`_answer`."""
    return _answer(request, read_behavior(request), "pareto-nbd")


def run_gg_nbd(request: Request) -> Findings:
    """Fit GG/NBD; see :func:`_answer`."""
    return _answer(request, read_behavior(request), "ggnbd")


def run_best(request: Request) -> Findings:
    """
    Fit all three models and answer with the best.

    :raises Unusable: if none of them can be fitted.
    """
    behavior = read_behavior(request)
    fits: dict[str, Fit] = {}
    for name, family in FAMILIES.items():
        try:
            fits[name] = family.fit(behavior.histories)
        except NotIdentified:
            continue
    if not fits:
        raise _unfit()
    tests = {
        name: HoldOut.of(behavior.later, _expected(FAMILIES[name], fit, behavior))
        for name, fit in fits.items()
        if behavior.later is not None
    }
    chosen = best_of(fits, tests)
    table = _compared(fits, tests)
    return _answer(request, behavior, chosen, fits[chosen], {"models": table})


def _expected(family: Family, fit: Fit, behavior: Behavior) -> Floats:
    h = behavior.histories
    found: Floats = family.model(fit).expected_given(
        h.repeats, h.last, h.age, behavior.test_time
    )
    return found


def _compared(fits: Mapping[str, Fit], tests: Mapping[str, HoldOut]) -> Table:
    errors = {name: test.root_mean_square_error for name, test in tests.items()}
    return Table(
        _("Models"),
        {
            "model": list(fits),
            "log_likelihood": [fit.log_likelihood for fit in fits.values()],
            "aic": [fit.aic for fit in fits.values()],
            "bic": [fit.bic for fit in fits.values()],
            "hold_out_error": [errors.get(name) for name in fits],
        },
        {
            "model": _("Model"),
            "log_likelihood": _("Log-likelihood"),
            "aic": "AIC",
            "bic": "BIC",
            "hold_out_error": _("Hold-out error"),
        },
    )


def _unfit() -> Unusable:
    return Unusable(
        _(
            "The purchases do not tell the parameters of the model: too few customers "
            "bought again, or all alike. Give more customers or a longer time."
        )
    )


def _answer(
    request: Request,
    behavior: Behavior,
    name: str,
    fit: Fit | None = None,
    tables: Mapping[str, Table] | None = None,
) -> Findings:
    """
    Fit the model ``name`` and tell what it expects.

    :raises Unusable: if the data do not tell the parameters, or an option is wrong.
    """
    h, family = behavior.histories, FAMILIES[name]
    try:
        fit = fit or family.fit(h)
    except NotIdentified as error:
        raise _unfit() from error
    model = family.model(fit)
    horizon = request.number("horizon") or float(round(_YEAR / request.unit_days))
    notes = [*behavior.notes, *_remarks(model, h)]
    facts: dict[str, object] = {
        "fitted": name,
        "unit": request.unit,
        "horizon": horizon,
        "aic": fit.aic,
        "bic": fit.bic,
        "expected_new": float(model.expected(np.array([horizon]))[0]),
        "repeat_purchases": float(h.repeats @ h.weights),
    }
    found = dict(tables or {})
    found["by_frequency"] = _by_frequency(model, behavior, horizon)
    if behavior.later is not None:
        facts["hold_out"] = _tested(model, behavior)
    if behavior.purchases is not None:
        found["tracking"] = _tracked(model, behavior)
    if request.own.get("history"):
        found["histories"] = _asked(model, request, horizon)
    return Findings(
        n=round(h.n),
        parameters=fit.parameters,
        log_likelihood=fit.log_likelihood,
        standard_errors=fit.standard_errors,
        facts=facts,
        tables=found,
        notes=notes,
        each=lambda: _customers(request, behavior, model, horizon),
    )


def _remarks(model: BgNbd | ParetoNbd | GgNbd, h: Histories) -> list[str]:
    if isinstance(model, GgNbd) and model.b * float(h.age.max()) < _LIMIT:
        return [
            _(
                "GG/NBD has reached its limit, Pareto/NBD with β/b for β: only that "
                "ratio is known, use Pareto/NBD."
            )
        ]
    return []


def _tested(model: BgNbd | ParetoNbd | GgNbd, behavior: Behavior) -> dict[str, object]:
    h, later = behavior.histories, behavior.later
    assert later is not None
    expected = model.expected_given(h.repeats, h.last, h.age, behavior.test_time)
    test = HoldOut.of(later, expected)
    return {
        "time": behavior.test_time,
        "until": day_text(behavior.until),
        "actual": test.actual,
        "expected": test.expected,
        "mean_absolute_error": test.mean_absolute_error,
        "root_mean_square_error": test.root_mean_square_error,
    }


def _by_frequency(
    model: BgNbd | ParetoNbd | GgNbd, behavior: Behavior, horizon: float
) -> Table:
    """Return actual and expected purchases of the hold-out, else of the horizon."""
    h = behavior.histories
    tested = behavior.later is not None
    time = behavior.test_time if tested else horizon
    values = {
        "expected": model.expected_given(h.repeats, h.last, h.age, time),
        "alive": model.alive(h.repeats, h.last, h.age),
    }
    if behavior.later is not None:
        values = {"actual": behavior.later.astype(np.float64), **values}
    means = by_frequency(h.repeats, h.weights, values)
    names = [*map(str, range(len(means["customers"]) - 1)), "7+"]
    title = _("Mean purchases after the cut-off, by repeat purchases before it")
    if not tested:
        title = _("Mean purchases to expect, by repeat purchases so far")
    return Table(
        title,
        {"repeats": names, **means},
        {
            "repeats": _("Repeat purchases"),
            "customers": _("Customers"),
            "actual": _("Actual"),
            "expected": _("Expected"),
            "alive": "P(alive)",
        },
    )


def _tracked(model: BgNbd | ParetoNbd | GgNbd, behavior: Behavior) -> Table:
    assert behavior.purchases is not None
    unit_days = behavior.histories.unit_days
    path = tracking(behavior.purchases, behavior.until, unit_days, model.expected)
    return Table(
        _("Repeat purchases of all customers, period by period"),
        {
            "until": [day_text(day) for day in path.ends.tolist()],
            "actual": path.actual,
            "expected": path.expected,
            "actual_in_period": np.diff(path.actual, prepend=0),
            "expected_in_period": np.diff(path.expected, prepend=0.0),
        },
        {
            "until": _("Until"),
            "actual": _("Actual, in all"),
            "expected": _("Expected, in all"),
            "actual_in_period": _("Actual"),
            "expected_in_period": _("Expected"),
        },
    )


def _asked(model: BgNbd | ParetoNbd | GgNbd, request: Request, horizon: float) -> Table:
    said = request.own["history"]
    assert isinstance(said, tuple)
    try:
        rows = np.array([[float(part) for part in one.split(",")] for one in said])
        h = Histories.of(*rows.T)
    except (ValueError, TypeError) as error:
        raise Unusable(
            _(
                "A history is three numbers, such as 26,30.86,31: purchases after the "
                "first, time of the last, time observed."
            )
        ) from error
    return Table(
        _("Histories asked for"),
        {
            "repeats": h.repeats,
            "last": h.last,
            "age": h.age,
            "alive": model.alive(h.repeats, h.last, h.age),
            "expected": model.expected_given(h.repeats, h.last, h.age, horizon),
        },
        {"alive": "P(alive)", "expected": _("Expected")},
    )


def _customers(
    request: Request,
    behavior: Behavior,
    model: BgNbd | ParetoNbd | GgNbd,
    horizon: float,
) -> Table:
    """Return one row a customer; with amounts the discounted value of what is to come."""
    h = behavior.histories
    columns: dict[str, list[str] | Floats] = {
        "customer": behavior.names(),
        "frequency": h.repeats,
        "recency": h.last,
        "age": h.age,
        "p_alive": model.alive(h.repeats, h.last, h.age),
        "expected_purchases": model.expected_given(h.repeats, h.last, h.age, horizon),
    }
    yearly = request.number("discount")
    rate = np.log1p(0.1 if yearly is None else yearly) * request.unit_days / _YEAR
    if rate <= 0:
        raise Unusable(_("The discount is a yearly rate above 0, such as 0.1."))
    to_come = model.discounted(h.repeats, h.last, h.age, float(rate))
    columns["discounted_purchases"] = to_come
    spend = fitted_spend(behavior)
    if spend is not None and behavior.means is not None:
        amount = spend.expected(h.repeats, behavior.means)
        columns |= {"expected_amount": amount, "discounted_value": amount * to_come}
    return Table(_("Customers"), columns)
