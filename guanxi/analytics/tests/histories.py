"""Published data, and histories of buyers drawn by chance, for the tests of purchase models."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

from guanxi.analytics.science.grouped import Floats
from guanxi.analytics.science.histories import Histories
from guanxi.analytics.science.likelihood import Objective

FOLDER = Path(__file__).parents[4] / "shared" / "fixtures" / "cdnow"
needs_fixtures = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the published data are not on this machine"
)
positive = st.floats(0.05, 20.0)
times = st.floats(0.0, 200.0)


def row(x: float, last: float, age: float) -> tuple[Floats, Floats, Floats]:
    return np.array([x]), np.array([last]), np.array([age])


def slopes(objective: Objective, at: Floats) -> Floats:
    steps = np.eye(len(at)) * at * 1e-6
    found = [
        (objective(at + step)[0] - objective(at - step)[0]) / (2 * step.sum())
        for step in steps
    ]
    return np.array(found)


@st.composite
def histories(draw: st.DrawFn) -> Histories:
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 60), st.integers(0, 700), st.integers(0, 700)),
            min_size=1,
            max_size=8,
        )
    )
    x, first, second = np.array(rows, np.float64).T
    last = np.where(x > 0, np.minimum(first, second), 0)
    return Histories.of(x, last / 7, np.maximum(first, second) / 7, unit_days=7.0)
