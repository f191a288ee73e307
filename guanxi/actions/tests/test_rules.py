"""The laws of actions."""

from datetime import date

import pytest

from guanxi.actions.rules import due_on, importance_of, score, urgency_of


@pytest.mark.parametrize(
    ("urgency", "importance", "money", "expected"),
    [(1, 1, 0.0, 10), (3, 3, 0.0, 90), (3, 3, 1e12, 100), (2, 3, 8000.0, 64)],
)
def test_score_is_urgency_times_importance_with_money_as_tie_break(
    urgency: int, importance: int, money: float, expected: int
) -> None:
    assert score(urgency, importance, money) == expected


def test_importance_follows_the_tier() -> None:
    assert [importance_of(t) for t in ("vital", "major", "normal", "")] == [3, 2, 1, 1]


def test_urgency_grows_with_the_silence() -> None:
    assert [urgency_of(r) for r in (1.0, 1.49, 1.5, 1.99, 2.0, 9.0)] == [
        1,
        1,
        2,
        2,
        3,
        3,
    ]


@pytest.mark.django_db
def test_the_more_urgent_the_sooner_due() -> None:
    day = date(2026, 2, 28)
    assert [due_on(day, u).isoformat() for u in (3, 2, 1)] == [
        "2026-03-02",  # 1 March is a Sunday
        "2026-03-03",
        "2026-03-09",  # 7 March is a Saturday
    ]
