"""The retention value model of the customers in sight, from their latest assessments."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guanxi.analytics.bonds import retained
from guanxi.customers.queries.bond import latest_determinants
from guanxi.customers.queries.limit import is_unprofiled
from guanxi.foundation.actor import Actor

if TYPE_CHECKING:
    from guanxi.analytics.science.retention_value import RetentionValue

DETERMINANTS = ("satisfaction", "perceived_value", "moving_cost")
INTENTION = "repurchase"


@dataclass(frozen=True)
class Learned:
    """
    What was learned of ``n`` customers, or why nothing was.

    ``lacks`` is ``"few"``, or the name of what is the same for all or follows from the
    others.
    """

    n: int
    model: "RetentionValue | None"
    lacks: str


def learn(viewer: Actor) -> Learned:
    """Fit the model to the retained customers that ``viewer`` sees; one query."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    from guanxi.analytics.science.retention_value import (  # noqa: PLC0415 -- as above
        NotTold,
        TooFew,
        fit_retention_value,
    )

    among = retained(viewer).exclude(is_unprofiled())
    rows = latest_determinants(among, (*DETERMINANTS, INTENTION))
    known = np.array(rows, np.float64).reshape(len(rows), len(DETERMINANTS) + 1)
    try:
        model = fit_retention_value(known[:, :-1], known[:, -1])
    except TooFew:
        return Learned(len(rows), None, "few")
    except NotTold as error:
        name = (*DETERMINANTS, INTENTION)[error.column]
        return Learned(len(rows), None, name)
    return Learned(len(rows), model, "")
