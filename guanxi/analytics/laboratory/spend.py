"""``guanxi science gamma-gamma``: what customers spend per purchase."""

import numpy as np

from guanxi.analytics.laboratory.behavior import Behavior, read_behavior
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.likelihood import Fit, NotIdentified
from guanxi.analytics.science.spend import (
    GammaGamma,
    fit_gamma_gamma,
    spend_and_frequency,
)
from guanxi.analytics.science.tracking import by_frequency

_TOO_CLOSE = 0.3  # correlation of frequency and amount above which to warn


def run(request: Request) -> Findings:
    """
    Fit the gamma-gamma model to the mean amounts of repeat purchases.

    :raises Unusable: if there are no amounts, or they do not tell the parameters.
    """
    behavior = read_behavior(request)
    if behavior.means is None:
        raise Unusable(_("The file has no amounts; say --amount, or --mean."))
    fit = _fit(behavior)
    if fit is None:
        raise Unusable(
            _(
                "The amounts do not tell the parameters of the model: too few customers "
                "bought again, or all spend alike."
            )
        )
    h, means = behavior.histories, behavior.means
    model = GammaGamma(*fit.values.tolist())
    expected = model.expected(h.repeats, means)
    near = spend_and_frequency(h.repeats, means)
    return Findings(
        n=round(fit.n),
        parameters=fit.parameters,
        log_likelihood=fit.log_likelihood,
        standard_errors=fit.standard_errors,
        facts={"mean_amount": model.mean, "correlation_with_frequency": near},
        tables={
            "by_frequency": Table(
                _("Mean amount of a purchase, by repeat purchases"),
                {
                    "repeats": [*map(str, range(7)), "7+"],
                    **by_frequency(
                        h.repeats, h.weights, {"actual": means, "expected": expected}
                    ),
                },
                {
                    "repeats": _("Repeat purchases"),
                    "customers": _("Customers"),
                    "actual": _("Actual"),
                    "expected": _("Expected"),
                },
            )
        },
        notes=[*behavior.notes, *_warnings(near)],
        each=lambda: Table(
            _("Customers"),
            {
                "customer": behavior.names(),
                "frequency": h.repeats,
                "mean_amount": means,
                "expected_amount": expected,
            },
        ),
    )


def _warnings(near: float) -> list[str]:
    if np.isnan(near) or abs(near) < _TOO_CLOSE:
        return []
    return [
        _(
            "Whoever buys often spends differently (correlation %(value).2f): the model "
            "assumes that this is not so."
        )
        % {"value": near}
    ]


def fitted_spend(behavior: Behavior) -> GammaGamma | None:
    """Return the model of amounts, None where there are none or they tell nothing."""
    fit = _fit(behavior)
    return None if fit is None else GammaGamma(*fit.values.tolist())


def _fit(behavior: Behavior) -> Fit | None:
    if behavior.means is None:
        return None
    h = behavior.histories
    try:
        return fit_gamma_gamma(h.repeats, behavior.means, h.weights)
    except NotIdentified:
        return None
