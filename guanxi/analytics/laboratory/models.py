"""The list of models; one line here brings a model to the command line."""

from guanxi.analytics.laboratory.behavior_models import behavior_models
from guanxi.analytics.laboratory.model import Model, Option
from guanxi.analytics.laboratory.words import gettext as _


def models() -> dict[str, Model]:
    """Return the models by name, in the order in which people meet them."""
    return {
        model.name: model
        for model in (
            Model(
                "rfm",
                _("Recency, frequency and monetary scores, and the segments."),
                "rfm",
                options=_rfm_options(),
            ),
            *_purchase_models(),
            Model(
                "gamma-gamma",
                _("What customers spend per purchase, independent of how often."),
                "spend",
                options=_summary_options(),
            ),
            Model(
                "bgbb",
                _("Who may buy once in each period: purchases to come (BG/BB)."),
                "opportunities",
                options=(*_summary_options(), _horizon()),
            ),
            Model(
                "contracts",
                _("How long customers keep what they renew (shifted beta-geometric)."),
                "contracts",
                options=_contract_options(),
            ),
            *behavior_models(),
        )
    }


def _rfm_options() -> tuple[Option, ...]:
    return (
        Option("bins", _("How many scores: 2 to 10."), "whole", default=5),
        Option(
            "cut-points",
            _(
                "Fixed cut points instead of quantiles: three lists, such as "
                "“30,90,180,365;2,3,5,8;100,300,800,2000” (recency;frequency;amount)."
            ),
        ),
    )


def _purchase_models() -> tuple[Model, ...]:
    """Return the models of purchases to come, and the choice between them."""
    options = (
        *_summary_options(),
        _horizon(),
        _discount(),
        Option(
            "history",
            _(
                "A history to foretell: purchases after the first, time of the last, "
                "time observed, such as 26,30.86,31. May be given several times."
            ),
            many=True,
        ),
    )
    return (
        Model(
            "bgnbd",
            _("Purchases to come and who is still a customer, by BG/NBD."),
            "lifetime",
            "run_bgnbd",
            options=options,
        ),
        Model(
            "pareto-nbd",
            _("Purchases to come and who is still a customer, by Pareto/NBD."),
            "lifetime",
            "run_pareto_nbd",
            options=options,
        ),
        Model(
            "ggnbd",
            _("Purchases to come and who is still a customer, by GG/NBD."),
            "lifetime",
            "run_gg_nbd",
            options=options,
        ),
        Model(
            "lifetime",
            _("Purchases to come by the best of BG/NBD, Pareto/NBD and GG/NBD."),
            "lifetime",
            "run_best",
            options=options,
        ),
    )


def _summary_options() -> tuple[Option, ...]:
    """Return the columns of a file that has one row for each customer."""
    return (
        Option(
            "frequency",
            _("Column of the purchases after the first, in a file summed up."),
            "column",
        ),
        Option(
            "recency", _("Column of the time from first to last purchase."), "column"
        ),
        Option(
            "age", _("Column of the time from first purchase to cut-off."), "column"
        ),
        Option("mean", _("Column of the mean amount of repeat purchases."), "column"),
        Option("weight", _("Column of how many customers a row stands for."), "column"),
    )


def _horizon() -> Option:
    return Option("horizon", _("How many units of time to look ahead."), "number")


def _discount() -> Option:
    return Option("discount", _("Discount of one year; 0.1 by default."), "number")


def _contract_options() -> tuple[Option, ...]:
    return (
        Option("period", _("Column of the period, from 0."), "column"),
        Option("survivors", _("Column of who is still there."), "column"),
        _horizon(),
        Option("discount", _("Discount of one period; 0.1 by default."), "number"),
    )
