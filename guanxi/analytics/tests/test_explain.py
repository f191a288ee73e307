"""Every score explains itself with the numbers that went in."""

import re
from datetime import date
from decimal import Decimal

import pytest

from guanxi.analytics.analysis import CustomerScores, analyse
from guanxi.analytics.explain import EXPLAINERS, explain
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.rules import (
    FORMULAS,
    SEGMENT_LABELS,
    STAGE_LABELS,
    STATE_LABELS,
    TIER_LABELS,
)
from guanxi.analytics.science.lifecycle import STAGES
from guanxi.analytics.science.purchase_state import STATES
from guanxi.analytics.science.pyramid import FOUR_TIERS
from guanxi.analytics.science.rfm import OTHERS, TEN_SEGMENTS
from guanxi.analytics.tests.purchases import orders

MONTHLY = [(1, f"2023-{month:02}-15", 10_000) for month in range(1, 13)]
SINGLE_GAP = [(2, "2023-10-01", 500), (2, "2023-11-10", 500)]
ONCE = [(3, "2023-03-01", 700)]


@pytest.fixture(scope="module")
def scores() -> CustomerScores:
    table = orders(*MONTHLY, *SINGLE_GAP, *ONCE)
    return analyse(table, as_of=date(2023, 12, 31), settings=AnalysisSettings())


def said(scores: CustomerScores, customer: int, name: str) -> str:
    row = scores.table.to_pylist()[customer - 1]
    explanation = explain(name, row, scores.parameters)
    return explanation.formula_msgid % explanation.inputs


@pytest.mark.parametrize("customer", [1, 2, 3])
@pytest.mark.parametrize("name", EXPLAINERS)
def test_each_trait_has_all_inputs_of_its_formula(
    scores: CustomerScores, customer: int, name: str
) -> None:
    assert not re.search(r"%\(|None|nan", said(scores, customer, name))


@pytest.mark.parametrize(
    ("customer", "name", "sentence"),
    [
        (1, "order_mean", "1200 divided by 12 orders."),
        (
            1,
            "gap_days",
            "Median of the 11 gaps between 12 purchase days;"
            " orders of the same day count once.",
        ),
        (
            1,
            "next_order_on",
            "Last order on 2023-12-15 plus the usual gap of 31 days.",
        ),
        (
            2,
            "gap_days",
            "Only 2 purchase days: too few to know the own rhythm.",
        ),
        (
            2,
            "silent_ratio",
            "Silent for 51 days. Too few orders for an own rhythm; of all customers,"
            " 95% of gaps are shorter than 43 days.",
        ),
        (
            3,
            "silent_ratio",
            "First bought on 2023-03-01, silent for 305 days. Of those who came back,"
            " 80% did so within 38 days.",
        ),
        (
            1,
            "amount_trend",
            "The last 3 purchase days averaged 100; before them, 100 was usual (median).",
        ),
        (
            2,
            "m",
            "10 in total: score 2 of 5. Cut points in money: 9.2 / 10.4 / 249 / 725.",
        ),
    ],
)
def test_explanations(
    scores: CustomerScores, customer: int, name: str, sentence: str
) -> None:
    assert said(scores, customer, name) == sentence


def test_given_an_unknown_score_then_there_is_no_explanation(
    scores: CustomerScores,
) -> None:
    with pytest.raises(KeyError):
        explain("karma", {}, scores.parameters)


def test_money_is_exact(scores: CustomerScores) -> None:
    row = scores.table.to_pylist()[2]
    inputs = explain("order_total", row, scores.parameters).inputs
    assert inputs["order_total"] == Decimal("7.00")


def test_every_key_has_a_label() -> None:
    assert {*SEGMENT_LABELS} == {OTHERS, *(rule.segment for rule in TEN_SEGMENTS)}
    assert {*TIER_LABELS} == {tier.key for tier in FOUR_TIERS}
    assert {*STATE_LABELS} == {*STATES}
    assert {*STAGE_LABELS} == {*STAGES}
    assert {*EXPLAINERS} - {*FORMULAS} == {
        *("tier_rank", "grade_score", "life_pattern")
    }
