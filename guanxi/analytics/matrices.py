"""Matrices of customers: two sides, each high or low, or old or new; and what to do in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guanxi.analytics import exploring
from guanxi.analytics.models import CellStrategy
from guanxi.analytics.scores import FILE, KEY
from guanxi.customers.rules import LifeStage
from guanxi.foundation.actor import Actor
from guanxi.foundation.words import Words

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Question

GROWTH, VALUE, STAGE = "growth", "value", "stage"


@dataclass(frozen=True)
class CellName:
    """What a cell is called, who stands in it, and the strategy that it is shipped with."""

    label: Words
    about: Words
    strategy: Words


CELLS: Mapping[str, Mapping[str, CellName]] = {
    # Nothing is done about who enters a stage until somebody writes what.
    STAGE: {
        stage.value: CellName(
            stage.label, _("Customers who have just entered this stage"), ""
        )
        for stage in LifeStage
    },
    GROWTH: {
        "old_old": CellName(
            _("Customer loyalty"),
            _("Existing customers, existing business"),
            _(
                "Keep them: good service, care at the right moment, a reason to stay. "
                "What they buy already should stay easy to buy."
            ),
        ),
        "old_new": CellName(
            _("Customer extension"),
            _("Existing customers, new business"),
            _(
                "Show them what is new, to those first who know and trust us; ask what "
                "else they need."
            ),
        ),
        "new_old": CellName(
            _("Customer acquisition"),
            _("New customers, existing business"),
            _(
                "Win more of those who resemble the loyal ones; make sure that the second "
                "order follows soon."
            ),
        ),
        "new_new": CellName(
            _("Customer diversification"),
            _("New customers, new business"),
            _(
                "The riskiest way to grow: try it small, and look after each of the first "
                "customers."
            ),
        ),
    },
    VALUE: {
        "high_high": CellName(
            _("Platinum customers"),
            _("High value today, high potential"),
            _(
                "Everything for these: a person of their own, first choice of goods and "
                "dates, talks about what they plan."
            ),
        ),
        "high_low": CellName(
            _("Gold customers"),
            _("High value today, low potential"),
            _(
                "Keep them as they are: reliable service, and notice early when they fade."
            ),
        ),
        "low_high": CellName(
            _("Iron customers"),
            _("Low value today, high potential"),
            _(
                "Invest in the relationship: find out what they buy elsewhere, and offer "
                "the next product."
            ),
        ),
        "low_low": CellName(
            _("Lead customers"),
            _("Low value today, low potential"),
            _(
                "Serve them well at little cost: by themselves, on-line. Nobody is dropped."
            ),
        ),
    },
}


@dataclass(frozen=True)
class Cell:
    """One cell: its key and words, who is in it, their orders if known, and their amount."""

    key: str
    name: CellName
    strategy: Words
    buyers: int
    amount: int
    orders: int | None = None


def strategies(matrix: str) -> Mapping[str, str]:
    """Return the strategies that administrators have written, by cell."""
    rows = CellStrategy.objects.filter(matrix=matrix)
    return dict(rows.values_list("cell", "text"))


def growth(viewer: Actor, question: "Question") -> Sequence[Cell]:
    """
    Return the growth matrix of the question's days; its rows say what a business is.

    :raises NoSnapshotError: while no analysis has loaded the cube.
    """
    from guanxi.analytics.cubes.growth import (  # noqa: PLC0415 -- loads the engine
        quarters,
    )

    seen = exploring.sight(viewer, question)
    found = {
        _key(one.is_new_customer, one.is_new_business): one
        for one in quarters(exploring.cube(), question, exploring.warehouse(), seen)
    }
    written = strategies(GROWTH)
    cells = []
    for key, name in CELLS[GROWTH].items():
        one = found.get(key)
        told = (one.buyers, one.amount, one.orders) if one else (0, 0, 0)
        cells.append(Cell(key, name, written.get(key, name.strategy), *told))
    return cells


def growth_buyers(
    viewer: Actor, question: "Question", key: str
) -> list[tuple[int, int, date]]:
    """
    Return the customers in a cell of the growth matrix that ``viewer`` sees.

    :raises NoSnapshotError: while no analysis has loaded the cube.
    """
    from guanxi.analytics.cubes.growth import (  # noqa: PLC0415 -- loads the engine
        quarter_buyers,
    )

    customer, _dash, business = key.partition("_")
    found = quarter_buyers(
        exploring.cube(),
        question,
        exploring.warehouse(),
        exploring.sight(viewer, question),
        is_new_customer=customer == "new",
        is_new_business=business == "new",
    )
    return exploring.in_sight(viewer, found)


class Potential(TextChoices):
    """What the potential of a customer is taken from."""

    TREND = "trend", _("The amount of late against the usual")
    EXPECTED = "expected", _("Amount expected in 12 months")


COLUMNS = {Potential.TREND: "amount_trend", Potential.EXPECTED: "expected_amount"}


@dataclass(frozen=True)
class Cuts:
    """
    From where on value and potential are high.

    ``value`` is in minor units, ``potential`` a ratio, or minor units where amounts are
    ``expected``.
    """

    value: float
    potential: float
    by: Potential = Potential.TREND


USUAL_SHARE = 0.2
USUAL_TREND = 1.0


def usual_cuts(viewer: Actor, by: Potential) -> Cuts:
    """Return the cuts above which the upper fifth of the customers in sight stands."""
    scores = _scores(viewer, by)
    value = _upper(scores["value"])
    if by is Potential.TREND:
        return Cuts(value, USUAL_TREND)
    return Cuts(value, _upper(scores["potential"]), by)


def _upper(values: Any) -> float:
    """Return from where on the upper fifth begins; 0 of none."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    known = values[~np.isnan(values)]
    return float(np.quantile(known, 1 - USUAL_SHARE)) if len(known) else 0.0


def value(viewer: Actor, cuts: Cuts) -> Sequence[Cell]:
    """
    Return the value matrix of the customers that ``viewer`` sees.

    Value is the amount of the pyramid's period; a potential that is not known is low.
    """
    scores, written = _scores(viewer, cuts.by), strategies(VALUE)
    cells = []
    for key, name in CELLS[VALUE].items():
        here = _inside(scores, cuts, key)
        told = int(here.sum()), int(scores["value"][here].sum())
        cells.append(Cell(key, name, written.get(key, name.strategy), *told))
    return cells


def value_members(viewer: Actor, cuts: Cuts, key: str) -> list[tuple[int, int, date]]:
    """Return the customers in a cell, each with its value and latest order, the best first."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    scores = _scores(viewer, cuts.by)
    at = np.flatnonzero(_inside(scores, cuts, key))
    at = at[np.argsort(-scores["value"][at], kind="stable")]
    days = scores["day"][at].astype("datetime64[D]").astype(object)
    pairs = zip(
        scores["customer"][at].tolist(), scores["value"][at].tolist(), strict=True
    )
    return [(pk, amount, day) for (pk, amount), day in zip(pairs, days, strict=True)]


def _inside(scores: Mapping[str, Any], cuts: Cuts, key: str) -> Any:
    """Return which rows of the scores stand in a cell."""
    worth, _dash, growing = key.partition("_")
    is_high = scores["value"] >= cuts.value
    grows = scores["potential"] >= cuts.potential
    return (is_high if worth == "high" else ~is_high) & (
        grows if growing == "high" else ~grows
    )


def _scores(viewer: Actor, by: Potential) -> Mapping[str, Any]:
    """Return the latest scores of customers in sight as arrays; empty before an analysis."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used
    import pyarrow.parquet as pq  # noqa: PLC0415 -- as above

    path = settings.WAREHOUSE_ROOT / f"{FILE}.parquet"
    names = {"customer": KEY, "value": "tier_value", "potential": COLUMNS[by]}
    if not path.exists() or COLUMNS[by] not in pq.read_schema(path).names:
        return dict.fromkeys([*names, "day"], np.zeros(0))
    table = pq.read_table(path, columns=[*names.values(), "last_order_on"])
    found = {name: table.column(one).to_numpy() for name, one in names.items()}
    found["potential"] = found["potential"].astype(np.float64)
    found["day"] = table.column("last_order_on").to_numpy()
    known = exploring.known_customers(viewer)
    if known is None:
        return found
    here = np.isin(found["customer"], known)
    return {name: values[here] for name, values in found.items()}


def _key(is_new_customer: bool, is_new_business: bool) -> str:  # noqa: FBT001 -- a pair
    words = {False: "old", True: "new"}
    return f"{words[is_new_customer]}_{words[is_new_business]}"
