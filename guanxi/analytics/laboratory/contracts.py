"""``guanxi science contracts``: how long customers keep what they renew each period."""

import numpy as np

from guanxi.analytics.laboratory.columns import Reading
from guanxi.analytics.laboratory.files import read_sheet
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.contracts import Contracts, fit_contracts
from guanxi.analytics.science.grouped import Floats
from guanxi.analytics.science.likelihood import NotIdentified

PERIOD = ("period", "year", "month", "t", "期数", "年", "月")
SURVIVORS = ("survivors", "customers", "active", "count", "留存", "留存人数", "客户数")


def run(request: Request) -> Findings:
    """
    Fit the shifted beta-geometric model to the survivors of one cohort by period.

    :raises Unusable: if the file is no such list, or does not tell the parameters.
    """
    periods, survivors, notes = _read(request)
    k = len(survivors) - 1
    renewals = np.arange(1.0, k + 1)
    lost = -np.diff(survivors)
    try:
        fit = fit_contracts(
            np.append(np.ones(k), 0.0),
            np.append(renewals, float(k)),
            np.append(lost, survivors[-1]),
        )
    except NotIdentified as error:
        raise Unusable(
            _(
                "The survivors do not tell the parameters of the model: give at least "
                "two periods in which customers left and others stayed."
            )
        ) from error
    model = Contracts(*fit.values.tolist())
    ahead = np.arange(0.0, k + request.whole("horizon", 5) + 1)
    seen = np.append(survivors / survivors[0], np.full(len(ahead) - k - 1, np.nan))
    kept = np.append(
        survivors[1:] / survivors[:-1], np.full(len(ahead) - k - 1, np.nan)
    )
    discount = request.number("discount")
    residual = model.residual(ahead + 1, 0.1 if discount is None else discount)
    return Findings(
        n=round(fit.n),
        parameters=fit.parameters,
        log_likelihood=fit.log_likelihood,
        standard_errors=fit.standard_errors,
        tables={
            "survival": Table(
                _("Survival and retention by period"),
                {
                    "period": periods[0] + ahead,
                    "actual": seen,
                    "expected": model.survival(ahead),
                    "actual_retention": np.append(np.nan, kept),
                    "expected_retention": np.append(np.nan, model.retention(ahead[1:])),
                    "residual_periods": residual,
                },
                {
                    "period": _("Period"),
                    "actual": _("Actual"),
                    "expected": _("Expected"),
                    "actual_retention": _("Retention, actual"),
                    "expected_retention": _("Retention, expected"),
                    "residual_periods": _("Discounted periods to come"),
                },
            )
        },
        notes=notes,
    )


def _read(request: Request) -> tuple[Floats, Floats, list[str]]:
    """Return periods and survivors (k,), beginning with all of the cohort."""
    reading = Reading.of(
        read_sheet(request.path, header=request.header, delimiter=request.delimiter)
    )
    period = reading.needed("period", request.text("period"), PERIOD)
    survivor = reading.needed("survivors", request.text("survivors"), SURVIVORS)
    periods, survivors = reading.numbers(period), reading.numbers(survivor)
    notes = reading.settle(skip=request.skip_bad_rows)
    rows = np.flatnonzero(reading.good)
    rows = rows[np.argsort(periods[rows], kind="stable")]
    periods, survivors = periods[rows], survivors[rows]
    if (np.diff(periods) != 1).any() or (np.diff(survivors) > 0).any():
        raise Unusable(
            _(
                "Periods must follow one another, and survivors never grow: the first "
                "row has the whole cohort."
            )
        )
    if len(survivors) < 2 or survivors[-1] < 0 or not survivors[0]:
        raise Unusable(_("Give the survivors of at least two periods, none below 0."))
    return periods, survivors, notes
