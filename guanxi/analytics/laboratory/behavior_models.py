"""The models of behavior beyond purchases and value: who leaves, what goes together."""

from guanxi.analytics.laboratory.model import Model, Option
from guanxi.analytics.laboratory.words import gettext as _


def behavior_models() -> tuple[Model, ...]:
    """Return churn, association, cohorts, forecast, retention value and segments."""
    return (
        Model(
            "churn",
            _("Who leaves: learned from a target, or silent beyond the own rhythm."),
            "churn",
            options=_churn_options(),
        ),
        Model(
            "associate",
            _("Association rules: what lies in a basket together."),
            "associate",
            options=_associate_options(),
        ),
        Model(
            "cohort",
            _("Cohorts by first purchase: retention, customers and revenue by age."),
            "cohort",
        ),
        Model(
            "forecast",
            _("Forecast of sums by period, judged by its errors in the past."),
            "forecast",
            options=_forecast_options(),
        ),
        Model(
            "retention-value",
            _("What makes customers want to buy again: satisfaction, value, barriers."),
            "retention_value",
            options=_retention_value_options(),
        ),
        Model(
            "cluster",
            _("Segments by likeness, named by what is frequent in them."),
            "cluster",
            options=_cluster_options(),
        ),
    )


def _churn_options() -> tuple[Option, ...]:
    return (
        Option("target", _("Column that says who left."), "column"),
        Option("positive", _("Value that means left; guessed from Yes, 1, 是 …")),
        Option(
            "known-after",
            _("Column known only afterwards; it is left out. May be repeated."),
            "column",
            many=True,
        ),
        Option("folds", _("Parts that the model is tried on in turn."), "whole", 5),
        Option("threshold", _("Probability from which on at risk."), "number", 0.5),
        Option("seed", _("Number that everything random follows from."), "whole", 1),
    )


def _retention_value_options() -> tuple[Option, ...]:
    return (
        Option("satisfaction", _("Column of satisfaction."), "column"),
        Option("perceived-value", _("Column of perceived value."), "column"),
        Option("switching-cost", _("Column of switching cost."), "column"),
        Option("repurchase", _("Column of the intention to buy again."), "column"),
    )


def _associate_options() -> tuple[Option, ...]:
    return (
        Option(
            "item",
            _("Column of the item: one item a line, its basket is --customer."),
            "column",
        ),
        Option("support", _("Least share of all baskets."), "number", 0.01),
        Option("confidence", _("Least share of the baskets."), "number", 0.25),
        Option("min-length", _("Least items of a rule, both sides."), "whole", 2),
        Option("max-length", _("Most items of a rule, both sides."), "whole", 10),
    )


def _forecast_options() -> tuple[Option, ...]:
    return (
        Option("series", _("Column of product, region, team …: one each."), "column"),
        Option("horizon", _("How many periods ahead."), "whole", 8),
        Option("season", _("Periods of a round; usual for the unit if 0."), "whole", 0),
        Option("level", _("Share that the interval should hold."), "number", 0.8),
    )


def _cluster_options() -> tuple[Option, ...]:
    return (
        Option("segments", _("How many segments; chosen if 0."), "whole", 0),
        Option(
            "without", _("Column to leave out. May be repeated."), "column", many=True
        ),
        Option("seed", _("Number that everything random follows from."), "whole", 1),
    )
