"""Who went from class to class, of all months at once."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from guanxi.analytics.states import flow, moved
from guanxi.analytics.warehouse import Warehouse


def test_the_flow_of_all_months_is_what_each_pair_of_them_tells(tmp_path: Path) -> None:
    house = Warehouse(tmp_path)
    classes = {
        date(2026, 1, 1): {1: "vital", 2: "normal", 3: "small", 5: "major"},
        date(2026, 2, 1): {1: "major", 2: "normal", 4: "small", 5: "major"},
        date(2026, 3, 1): {1: "major", 2: "vital", 4: "small", 6: "normal"},
    }
    for month, known in classes.items():
        table = pa.table(
            {
                "customer_id": pa.array(known, pa.int64()),
                "tier": pa.array(list(known.values())).dictionary_encode(),
            }
        )
        house.publish(f"states_{month:%Y%m}", table.schema, table.to_batches())
    scores = pa.table(
        {
            "customer_id": pa.array([1, 2, 6], pa.int64()),
            "tier_value": pa.array([100, 2_000, 30], pa.int64()),
            "last_order_on": pa.array([date(2026, 3, 1)] * 3),
        }
    )
    house.publish("scores", scores.schema, scores.to_batches())
    keys, months = ["vital", "major", "normal", "small"], list(classes)
    for among in (None, np.array([1, 2, 3, 6])):
        counts, amounts = flow(tmp_path, "tier", keys, months, among=among)
        for pair, found in zip(pairwise(months), counts, strict=True):
            alone = moved(tmp_path, "tier", keys, pair, among=among)
            assert found == alone.moves()
        assert amounts["normal", "vital"] == 2_000
        assert amounts["none", "normal"] == 30
        assert amounts["major", "major"] == 100
    assert flow(tmp_path, "tier", keys, months, among=None)[0][0]["vital", "major"] == 1
