"""What is out of the ordinary, against made-up series of which we know the answer."""

import numpy as np
import pytest

from guanxi.analytics.science.surprise import (
    count_surprise,
    false_discovery_rates,
    surprise,
)


def test_a_fall_beyond_all_noise_is_no_chance() -> None:
    noise = np.random.default_rng(3).normal(0, 20, 24)
    found = surprise(np.array([*(1000 + noise), 700.0]))
    assert found is not None
    assert found.tried == 12
    assert found.expected == pytest.approx(1000, abs=25)
    assert found.off == pytest.approx(-300, abs=25)
    assert found.low < found.expected < found.high
    assert found.chance < 0.001


def test_of_ordinary_spans_few_look_odd_and_as_many_as_should() -> None:
    rng = np.random.default_rng(5)
    found = [surprise(1000 + rng.normal(0, 50, 30)) for _ in range(300)]
    chances = np.array([one.chance for one in found if one])
    assert len(chances) == 300
    # Chances of ordinary spans are spread evenly over 0 to 1.
    assert (chances < 0.1).mean() == pytest.approx(0.1, abs=0.05)
    inside = [one.low <= one.actual <= one.high for one in found if one]
    assert np.mean(inside) == pytest.approx(0.8, abs=0.07)
    assert (false_discovery_rates(chances) < 0.1).sum() <= 2


def test_a_growth_that_goes_on_is_not_odd_and_its_end_is() -> None:
    line = np.linspace(100.0, 390.0, 30)
    ripple = np.where(np.arange(30) % 2, 3.0, -3.0)
    steady = surprise(line + ripple)
    assert steady is not None
    assert steady.chance > 0.1
    broken = surprise(np.array([*(line + ripple)[:-1], 200.0]))
    assert broken is not None
    assert broken.chance < 0.001


def test_a_season_is_expected_where_it_is_known() -> None:
    month = np.arange(48)
    winter = np.array(1000 + 400 * np.cos(2 * np.pi * month / 12))
    winter += np.random.default_rng(1).normal(0, 20, 48)
    winter = np.append(winter, 1400.0)  # January again
    known = surprise(winter, season=12)
    assert known is not None
    assert abs(known.off) < 100


def test_what_always_was_the_same_and_is_not_is_certain() -> None:
    found = surprise(np.array([5.0] * 20 + [6.0]))
    assert found is not None
    assert (found.expected, found.chance) == (5.0, 0.0)
    same = surprise(np.full(20, 5.0))
    assert same is not None
    assert same.chance == 1.0


def test_of_too_little_nothing_is_said() -> None:
    assert surprise(np.arange(14.0)) is None
    assert count_surprise(np.arange(6.0)) is None
    assert surprise(np.array([])) is None


def test_counts_are_held_against_their_own_mean() -> None:
    found = count_surprise(np.array([9.0, 11, 10, 10, 8, 12, 10, 30]))
    assert found is not None
    assert found.expected == 10
    assert found.chance < 0.01
    # Ten of a mean of ten differ by three on their own, however even they were.
    calm = count_surprise(np.array([10.0] * 7 + [13.0]))
    assert calm is not None
    assert calm.chance > 0.3
    assert calm.low >= 0


def test_many_looks_need_stronger_signs() -> None:
    chances = np.array([0.01, *np.linspace(0.05, 1, 99)])
    assert false_discovery_rates(chances)[0] > 0.5
    assert false_discovery_rates(np.array([0.01]))[0] == pytest.approx(0.01)
    assert not len(false_discovery_rates(np.array([])))
