"""``guanxi science retention-value``: what makes customers want to buy again."""

import numpy as np

from guanxi.analytics.laboratory.columns import Reading
from guanxi.analytics.laboratory.files import read_sheet
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.retention_value import (
    COLLINEAR,
    LEAST,
    NotTold,
    RetentionValue,
    TooFew,
    fit_retention_value,
)

INTENTION = (
    "repurchase",
    "intention",
    "repurchase intention",
    "重复购买意向",
    "再购意向",
)
DETERMINANTS = {
    "satisfaction": ("satisfaction", "满意度", "客户满意度"),
    "perceived-value": ("perceived_value", "perceived value", "感知价值", "认知价值"),
    "switching-cost": ("moving_cost", "switching cost", "转移成本", "转换成本"),
}


def run(request: Request) -> Findings:
    """
    Fit the retention value model to a file of one customer a row.

    :raises Unusable: if columns are missing, or customers too few or all alike.
    """
    reading = Reading.of(
        read_sheet(request.path, header=request.header, delimiter=request.delimiter)
    )
    names = {**DETERMINANTS, "repurchase": INTENTION}
    at = [
        reading.needed(name, request.text(name.replace("-", "_")), usual)
        for name, usual in names.items()
    ]
    columns = [reading.numbers(index) for index in at]
    notes = reading.settle(skip=request.skip_bad_rows)
    rows = np.column_stack(columns)[np.flatnonzero(reading.good)]
    try:
        found = fit_retention_value(rows[:, :-1], rows[:, -1])
    except TooFew as error:
        told = _("There are too few customers: the model needs %(least)s.")
        raise Unusable(told % {"least": LEAST}) from error
    except NotTold as error:
        name = list(names)[error.column]
        told = _("“%(column)s” is the same for all, or follows from the others.")
        raise Unusable(told % {"column": name}) from error
    if found.is_collinear:
        told = _("Some determinants move together closely (VIF %(limit)s or more).")
        notes.append(told % {"limit": f"{COLLINEAR:g}"})
    return _findings(found, notes)


def _findings(found: RetentionValue, notes: list[str]) -> Findings:
    names = [name.replace("-", "_") for name in DETERMINANTS]
    values = dict(zip(names, (e.value for e in found.effects), strict=True))
    errors = dict(zip(names, (e.error for e in found.effects), strict=True))
    columns = {
        name: [getattr(effect, name) for effect in found.effects]
        for name in ("value", "low", "high", "p", "weight", "inflation")
    }
    return Findings(
        n=found.n,
        parameters={"intercept": found.intercept, **values},
        standard_errors=errors,
        facts={
            "r2": found.r2,
            "adjusted_r2": found.adjusted_r2,
            "spread": found.spread,
            "condition": found.condition,
        },
        tables={
            "effects": Table(
                _("Points of intention for one point more, the others held"),
                {"determinant": names, **columns},
                {
                    "determinant": _("Determinant"),
                    "value": _("Effect"),
                    "low": _("Lower bound"),
                    "high": _("Upper bound"),
                    "p": "p",
                    "weight": _("Standardized"),
                    "inflation": "VIF",
                },
            )
        },
        notes=notes,
    )
