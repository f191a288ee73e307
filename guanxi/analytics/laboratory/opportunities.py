"""``guanxi science bgbb``: customers who may buy once in each period."""

import numpy as np

from guanxi.analytics.laboratory.behavior import read_behavior
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.likelihood import NotIdentified
from guanxi.analytics.science.opportunities import BgBb, fit_bgbb


def run(request: Request) -> Findings:
    """
    Fit BG/BB to a file with frequency, recency and periods of each customer.

    :raises Unusable: if the file cannot be used, or does not tell the parameters.
    """
    behavior = read_behavior(request)
    h = behavior.histories
    try:
        fit = fit_bgbb(h)
    except NotIdentified as error:
        raise Unusable(
            _(
                "The rows do not tell the parameters of the model. Frequency, recency and "
                "age are whole numbers of periods here: frequency ≤ recency ≤ age."
            )
        ) from error
    model, once = BgBb(*fit.values.tolist()), h.grouped()
    horizon = float(request.whole("horizon", 5))
    triple = (once.repeats, once.last, once.age)
    return Findings(
        n=round(h.n),
        parameters=fit.parameters,
        log_likelihood=fit.log_likelihood,
        standard_errors=fit.standard_errors,
        facts={
            "aic": fit.aic,
            "bic": fit.bic,
            "horizon": horizon,
            "expected_new": float(model.expected(np.array([horizon]))[0]),
        },
        tables={
            "patterns": Table(
                _("Patterns of purchases"),
                {
                    "repeats": once.repeats,
                    "last": once.last,
                    "age": once.age,
                    "customers": once.weights,
                    "alive": model.alive(*triple),
                    "expected": model.expected_given(*triple, horizon),
                },
                {"customers": _("Customers"), "expected": _("Expected")},
            )
        },
        notes=behavior.notes,
        each=lambda: Table(
            _("Customers"),
            {
                "customer": behavior.names(),
                "frequency": h.repeats,
                "recency": h.last,
                "age": h.age,
                "p_alive": model.alive(h.repeats, h.last, h.age),
                "expected_purchases": model.expected_given(
                    h.repeats, h.last, h.age, horizon
                ),
            },
        ),
    )
