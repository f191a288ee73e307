"""Each score explains itself: its formula and the very numbers that went in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

from guanxi.analytics.grades.indicators import SHIPPED, Unit, kept_as
from guanxi.analytics.parameters import Parameters
from guanxi.analytics.rules import FORMULAS, VALUE_STEPS, leaving_reason
from guanxi.analytics.science.pyramid import Measure

Cell: TypeAlias = int | float | str | date | Decimal | None
Row: TypeAlias = Mapping[str, Cell]
Inputs: TypeAlias = Mapping[str, Cell]


@dataclass(frozen=True)
class Part:
    """
    What one indicator gave to a score: its value, points 0 to 100, weight and share.

    The weight is in percent of those that count; nothing but the key where the value is
    not known. ``share`` are the points by that weight.
    """

    key: str
    value: float | None
    points: float | None
    weight: float
    share: float


@dataclass(frozen=True)
class Step:
    """A line of a sum of money: its name, the amount, and whether it sums up those above."""

    msgid: str
    amount: Decimal
    is_sum: bool = False


@dataclass(frozen=True)
class Explanation:
    """
    A translatable sentence, what stands in its placeholders, and the parts of a sum.

    ``steps`` are lines that give away what goods and customers cost.
    """

    formula_msgid: str
    inputs: Inputs
    parts: Sequence[Part] = ()
    steps: Sequence[Step] = ()


def explain(name: str, row: Row, parameters: Parameters) -> Explanation:
    """
    Return how the score ``name`` of one customer came about.

    ``row`` is the customer's row of ``CustomerScores.table``. Money comes as Decimal in
    units of money.

    :raises KeyError: if ``name`` is not a score.
    """
    formula, inputs = EXPLAINERS[name](row, parameters)
    is_sum = formula == "grade"
    parts = _parts(row, parameters) if is_sum else ()
    is_value = formula in ("lifetime_value", "future_value")
    steps = _steps(row, parameters) if is_value else ()
    return Explanation(FORMULAS[formula], inputs, parts, steps)


_Found: TypeAlias = tuple[str, Inputs]
_Explainer: TypeAlias = Callable[[Row, Parameters], _Found]


def _from_orders(formula: str) -> _Explainer:
    def explainer(row: Row, parameters: Parameters) -> _Found:
        return formula, {
            "order_count": row["order_count"],
            "order_total": _money(row["order_total"], parameters),
            "purchase_days": row["purchase_days"],
            "as_of": parameters.as_of,
        }

    return explainer


def _rhythm(formula: str) -> _Explainer:
    def explainer(row: Row, parameters: Parameters) -> _Found:
        bought = _days(row["purchase_days"])
        if row["gap_days"] is None:
            return "no_rhythm", {"purchase_days": bought}
        return formula, {
            "gaps": bought - 1,
            "purchase_days": bought,
            "gap_days": round(Decimal(str(row["gap_days"]))),
            "last_order_on": row["last_order_on"],
        }

    return explainer


def _silence(row: Row, parameters: Parameters) -> _Found:
    if row["purchase_days"] == 1:
        return _first_return(row, parameters)
    formula = "silent_ratio" if row["rhythm_is_own"] else "silent_ratio_of_all"
    return formula, {
        "silent_days": row["silent_days"],
        "limit": _days(row["silence_limit_days"]),
        "percent": _percent(parameters.settings.rhythm.quantile),
    }


def _first_return(row: Row, parameters: Parameters) -> _Found:
    return "first_return_overdue", {
        "first_order_on": row["first_order_on"],
        "silent_days": row["silent_days"],
        "usual_return": _days(parameters.population.usual_return_days),
        "percent": _percent(parameters.settings.rhythm.return_quantile),
    }


def _score(letter: str) -> _Explainer:
    def explainer(row: Row, parameters: Parameters) -> _Found:
        cuts = parameters.cuts
        points = {"r": cuts.recency, "f": cuts.frequency, "m": cuts.monetary}[letter]
        return letter, {
            "silent_days": row["silent_days"],
            "order_count": row["order_count"],
            "order_total": _money(row["order_total"], parameters),
            "score": row[letter],
            "bins": parameters.settings.rfm.bins,
            "cuts": " / ".join(f"{point:g}" for point in points),
        }

    return explainer


def _segment(row: Row, parameters: Parameters) -> _Found:
    return "rfm_segment", {letter: row[letter] for letter in "rfm"}


def _tier(row: Row, parameters: Parameters) -> _Found:
    by = parameters.settings.pyramid.by
    return "tier" if by is Measure.AMOUNT else f"tier_{by}", {
        **_measured(row, by, parameters),
        "rank": row["tier_rank"],
        "customers": parameters.customers,
        "period_days": parameters.settings.pyramid.period_days,
        "last_ranks": " / ".join(f"{rank:,}" for rank in parameters.tier_last_ranks),
    }


def _measured(row: Row, by: Measure, parameters: Parameters) -> Inputs:
    """Return what the customer was ranked by."""
    if by is Measure.RFM:
        return {letter: row[letter] for letter in "rfm"}
    if by is Measure.SCORE:
        return {"grade_score": row.get("grade_score")}
    if by is Measure.AMOUNT:
        return {"value": _money(row["tier_value"], parameters)}
    name = "profit" if by is Measure.PROFIT else "expected_amount"
    return {name: _money(row.get("tier_measure") or 0, parameters)}


def _state(row: Row, parameters: Parameters) -> _Found:
    return "purchase_state", {
        "purchase_days": row["purchase_days"],
        "silent_days": row["silent_days"],
        "limit": _days(row["silence_limit_days"]),
        "loyal_days": parameters.settings.state.loyal_days,
        "lost_after": _days(row["lost_after_days"]),
    }


def _stage(row: Row, parameters: Parameters) -> _Found:
    inputs = {
        "recent": _money(row["volume_recent"], parameters),
        "window": row["volume_window_days"],
        "silent_days": row["silent_days"],
        "limit": _days(row["silence_limit_days"]),
    }
    if row["volume_usual"] is None:
        return "life_stage_young", inputs
    return "life_stage", inputs | {"usual": _money(row["volume_usual"], parameters)}


def _pattern(row: Row, parameters: Parameters) -> _Found:
    pattern = row.get("life_pattern")
    if not pattern:
        return "no_pattern", {}
    if pattern == "long_lasting":
        return "life_pattern_long_lasting", {
            "first_order_on": row["first_order_on"],
            "lasting_days": parameters.settings.lifecycle.lasting_days,
        }
    return f"life_pattern_{pattern}", {
        "silent_days": row["silent_days"],
        "lost_after": _days(row["lost_after_days"]),
        "last_order_on": row["last_order_on"],
        "purchase_days": row["purchase_days"],
    }


def _trend(row: Row, parameters: Parameters) -> _Found:
    if row["amount_trend"] is None:
        return "no_trend", {"purchase_days": row["purchase_days"]}
    return "amount_trend", {
        "last": parameters.settings.trend.last,
        "recent": _money(row["amount_recent"], parameters),
        "usual": _money(row["amount_usual"], parameters),
    }


def _predicted(name: str) -> _Explainer:
    def explainer(row: Row, parameters: Parameters) -> _Found:
        if row.get(name) is None:
            return _unpredicted(parameters)
        model = parameters.model
        named = {key: f"{value:.3g}" for key, value in model.parameters.items()}
        is_once = name == "expected_orders" and row["p_alive"] is None
        return "expected_of_one" if is_once else name, {
            "purchase_days": row["purchase_days"],
            "last_weeks": _weeks(row["first_order_on"], row["last_order_on"]),
            "age_weeks": _weeks(row["first_order_on"], parameters.as_of),
            "p_alive": row["p_alive"],
            "expected_orders": f"{row['expected_orders']:.2g}",
            "version": model.version,
            **named,
        }

    return explainer


def _expected_amount(row: Row, parameters: Parameters) -> _Found:
    orders, amount = row.get("expected_orders"), row.get("expected_amount")
    if amount is None or not isinstance(orders, float):
        return _unpredicted(parameters)
    if not orders:
        return "expected_nothing", {"purchase_days": row["purchase_days"]}
    return "expected_amount", {
        "expected_orders": f"{orders:.2g}",
        "each": _money(float(str(amount)) / orders, parameters),
        "mean": _money(row["order_mean"], parameters),
    }


def _grade(row: Row, parameters: Parameters) -> _Found:
    score, scheme = row.get("grade_score"), parameters.settings.grading
    if score is None:
        return "no_grade", {}
    cuts = {cut.key: cut.least for cut in scheme.grades}
    return "grade", {
        "grade_score": f"{score:.1f}",
        "least": f"{cuts.get(str(row['grade']), 0):g}",
        "version": scheme.version,
        "period_days": parameters.settings.pyramid.period_days,
    }


def _parts(row: Row, parameters: Parameters) -> Sequence[Part]:
    """Return what each indicator of the scheme gave to the score."""
    minor_units = parameters.settings.minor_units
    found = []
    for one in parameters.settings.grading.indicators:
        points, figure = row.get(f"points_{one.key}"), SHIPPED.get(one.key)
        value = _number(row.get(kept_as(one.key)))
        if value is not None and figure and figure.column and figure.unit is Unit.MONEY:
            value /= minor_units
        found.append((one, value, _number(points)))
    whole = sum(one.weight for one, _value, points in found if points is not None)
    return [
        Part(
            key=one.key,
            value=value,
            points=points,
            weight=0 if points is None else 100 * one.weight / whole,
            share=0 if points is None else points * one.weight / whole,
        )
        for one, value, points in found
    ]


def _number(cell: Cell) -> float | None:
    return None if cell is None else float(str(cell))


def _unpredicted(parameters: Parameters) -> _Found:
    return f"no_model_{parameters.model.problem}", {}


def _weeks(first: Cell, last: Cell) -> int:
    """Return the whole weeks between two days."""
    assert isinstance(first, date)
    assert isinstance(last, date)
    return (last - first).days // 7


def _leaving(row: Row, parameters: Parameters) -> _Found:
    model = parameters.leaving
    if row.get("churn_risk") is None:
        if model.problem or not model.horizon:
            return f"no_leaving_{model.problem or 'short'}", {}
        known = {"silent_days": row["silent_days"], "horizon": model.horizon}
        return "churn_gone", known
    reasons = [
        leaving_reason(
            str(row[f"churn_reason_{at}"]), float(str(row[f"churn_value_{at}"]))
        )
        for at in (1, 2)
        if row.get(f"churn_reason_{at}")
    ]
    formula = ("churn_risk_none", "churn_risk_one", "churn_risk")[len(reasons)]
    return formula, {
        "percent": row["churn_risk"],
        "horizon": model.horizon,
        "version": model.version,
        "learned": model.learned,
        **dict(zip(("first", "second"), reasons, strict=False)),
    }


def _value(name: str) -> _Explainer:
    def explainer(row: Row, parameters: Parameters) -> _Found:
        if row.get(name) is None:
            problem = parameters.model.problem
            return f"no_model_{problem}" if problem else "no_value", {}
        law = parameters.settings.value
        return name, {
            "to_come": f"{_number(row['value_to_come']) or 0:.2g}",
            "years": law.years,
            "rate": f"{100 * law.rate:g}",
        }

    return explainer


def _steps(row: Row, parameters: Parameters) -> Sequence[Step]:
    """Return how the lifetime value adds up, line by line."""
    less = [
        Step(VALUE_STEPS[aim], -_money(row[f"value_{aim}"], parameters))
        for aim in ("acquisition", "sales", "service", "retention")
    ]
    earned = Step(VALUE_STEPS["profit"], _money(row["value_profit"], parameters))
    future = _money(row["future_value"], parameters)
    whole = _money(row["lifetime_value"], parameters)
    each, margin, upkeep = (
        _number(row[f"value_{name}"]) or 0 for name in ("each", "margin", "upkeep")
    )
    return [
        earned,
        *less,
        Step(VALUE_STEPS["past"], whole - future, is_sum=True),
        Step(VALUE_STEPS["each"], _money(each, parameters)),
        Step(VALUE_STEPS["margin"], _money(each * margin, parameters)),
        Step(VALUE_STEPS["upkeep"], -_money(upkeep, parameters)),
        Step(VALUE_STEPS["future"], future, is_sum=True),
        Step(VALUE_STEPS["whole"], whole, is_sum=True),
    ]


def _money(minor: Cell, parameters: Parameters) -> Decimal:
    """Return units of money, to the whole minor unit."""
    units = Decimal(parameters.settings.minor_units)
    return Decimal(round(Decimal(str(minor)))) / units


def _days(number: Cell) -> int:
    """Return whole days; the part of a day beyond them decides nothing."""
    return int(Decimal(str(number)))


def _percent(share: float) -> int:
    return round(share * 100)


EXPLAINERS: Final[Mapping[str, _Explainer]] = {
    "first_order_on": _from_orders("first_order_on"),
    "last_order_on": _from_orders("last_order_on"),
    "order_count": _from_orders("order_count"),
    "order_total": _from_orders("order_total"),
    "order_mean": _from_orders("order_mean"),
    "gap_days": _rhythm("gap_days"),
    "next_order_on": _rhythm("next_order_on"),
    "silent_ratio": _silence,
    "first_return_overdue": _first_return,
    "r": _score("r"),
    "f": _score("f"),
    "m": _score("m"),
    "rfm_segment": _segment,
    "tier": _tier,
    "tier_rank": _tier,
    "purchase_state": _state,
    "life_stage": _stage,
    "life_pattern": _pattern,
    "amount_trend": _trend,
    "p_alive": _predicted("p_alive"),
    "expected_orders": _predicted("expected_orders"),
    "expected_amount": _expected_amount,
    "grade": _grade,
    "grade_score": _grade,
    "churn_risk": _leaving,
    "lifetime_value": _value("lifetime_value"),
    "future_value": _value("future_value"),
}
