"""The list of models; one line here brings a model to the command line."""

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
