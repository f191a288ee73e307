"""Churn, association and cohorts on files, through the command line."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from guanxi.analytics.tests.purchases import fixture_path
from guanxi.config.commands.science import command


def asked(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(command, [*words, "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refused(*words: str) -> str:
    result = CliRunner().invoke(command, [*words, "--json"])
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    return str(result.exception or result.output)


def written(folder: Path, text: str) -> str:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def customers(folder: Path, n: int = 240, *, yes: str = "是") -> str:
    """Return a file with Chinese headings: who buys little leaves."""
    rng = np.random.default_rng(2)
    rows = ["客户编号,套餐,月费,备注,流失"]
    for number in range(n):
        fee = rng.uniform(10, 90)
        left = yes if rng.random() < (0.7 if fee < 50 else 0.2) else "否"
        cell = "" if number % 10 == 0 else f"{fee:.2f}"
        rows.append(f"客{number},{'甲乙'[number % 2]},{cell},第{number}位,{left}")
    return written(folder, "\n".join(rows))


def test_given_groceries_when_associated_then_the_published_rules() -> None:
    path = str(fixture_path("groceries/groceries.csv"))
    found = asked("associate", path, "--support", ".006", "--confidence", ".25")
    assert (found["n"], found["items"], found["entries"]) == (9835, 169, 43367)
    assert found["rule_count"] == len(found["rules"]) == 463
    assert found["rules_by_length"] == {"2": 150, "3": 297, "4": 16}
    assert found["rules"][0]["lift"] == pytest.approx(3.956477, abs=1e-6)


def test_given_telco_when_learned_then_auc_calibration_and_lift_reach_the_floor() -> (
    None
):
    path = str(fixture_path("telco_churn/Telco-Customer-Churn.csv"))
    found = asked("churn", path, "--target", "Churn")
    assert found["n"] == 7043
    assert found["auc"] >= 0.845
    assert found["calibration_error"] < 0.02
    assert found["top_decile_lift"] >= 2.86
    assert not any(row["suspicious"] for row in found["importance"])


def test_given_the_bank_when_learned_then_the_duration_of_the_call_is_told() -> None:
    path = str(fixture_path("bank_marketing/bank.csv"))
    found = asked("churn", path, "--target", "y", "--folds", "2")
    odd = [row["column"] for row in found["importance"] if row["suspicious"]]
    assert odd == ["duration"]
    assert any("duration" in note for note in found["notes"])
    assert found["auc_without_suspicious"] < found["auc"] - 0.1


def test_given_items_line_by_line_then_the_same_rules_as_in_baskets(
    tmp_path: Path,
) -> None:
    rows = "order,item\n1,a\n1,b\n2,b\n2,a\n3,a\n3,a\n4,c\n"
    long = asked("associate", written(tmp_path, rows), "--item", "item")
    lines = asked("associate", written(tmp_path, "a,b\nb,a\na\n\nc\n"))
    assert long["n"] == lines["n"] == 4
    assert [r["lift"] for r in long["rules"]] == [r["lift"] for r in lines["rules"]]
    assert [r["antecedent"] for r in long["rules"]] == [["a"], ["b"]]


def test_given_orders_when_made_cohorts_then_what_has_not_ended_is_empty(
    tmp_path: Path,
) -> None:
    rows = "customer,date,amount\na,2025-01-03,5\na,2025-03-02,2.50\nb,2025-02-01,1\n"
    path = written(tmp_path, rows)
    found = asked("cohort", path, "--unit", "month", "--cut-off", "2025-03-20")
    first, second = found["retention"]
    assert (first["cohort"], first["0"], first["1"], first["2"]) == (
        "2025-01-01",
        1.0,
        0.0,
        None,
    )
    assert (second["0"], second["1"]) == (1.0, None)
    assert found["revenue"][0]["0"] == 5.0
    for row in found["periods"]:
        if row["retention"] is not None:
            assert row["retention"] + row["churn"] == 1


def test_given_chinese_headings_and_blanks_when_learned_then_each_gets_reasons(
    tmp_path: Path,
) -> None:
    path, output = customers(tmp_path), tmp_path / "out.csv"
    found = asked(
        "churn", path, "--target", "流失", "--folds", "3", "--output", str(output)
    )
    assert found["parameters"]["positive"] == "是"
    assert found["parameters"]["columns"] == ["套餐", "月费"]
    assert any("备注" in note for note in found["notes"])
    with output.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 240
    assert rows[0]["customer"] == "客0"
    assert rows[1]["reason_1"].startswith("月费 = ")
    assert 0 < float(rows[1]["probability"]) < 1


def test_given_orders_without_a_target_then_the_own_rhythm_tells(
    tmp_path: Path,
) -> None:
    days = [f"a,2025-01-{day:02}" for day in range(1, 29, 3)]
    days += [f"b,2025-{month:02}-10" for month in range(1, 7)]
    path = written(tmp_path, "\n".join(["customer,date", *days]))
    found = asked("churn", path, "--unit", "month")
    assert found["rule"] == "own_rhythm"
    assert found["beyond_own_rhythm"] == 1
    assert found["customers"][0]["customer"] == "a"


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("id,x,y\n1,2,no\n2,3,no\n", ["--target", "y"], "one value only"),
        ("id,x,y\n1,2,a\n2,3,b\n", ["--target", "y"], "--positive"),
        ("id,x,y\n1,2,a\n2,3,b\n", ["--target", "z"], "no column"),
        ("id,x,y\n1,2,no\n2,3,yes\n", ["--target", "y"], "Too little"),
        ("id,x,y\n1,2,no\n2,3,yes\n", ["--target", "y", "--folds", "1"], "--folds"),
    ],
)
def test_given_a_bad_table_then_a_sentence_says_what_mends_it(
    tmp_path: Path, text: str, words: list[str], told: str
) -> None:
    assert told in refused("churn", written(tmp_path, text), *words)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--support", "2"], "Support"),
        (["--min-length", "5", "--max-length", "2"], "lengths"),
        (["--item", "nothing"], "no column"),
        (["--delimiter", "ab"], "no delimiter"),
    ],
)
def test_given_bad_options_of_baskets_then_refused(
    tmp_path: Path, words: list[str], told: str
) -> None:
    assert told in refused("associate", written(tmp_path, "a,b\nb,a\n"), *words)


def monthly(folder: Path, months: int) -> str:
    """Return a ready series of two teams by month, with a season."""
    rows = ["日期,团队,金额"]
    for month in range(months):
        on = f"{2019 + month // 12}-{month % 12 + 1:02}-01"
        high = 100 + month + 30 * np.sin(month * np.pi / 6)
        rows += [f"{on},甲,{high:.1f}", f"{on},乙,{month % 7 + 1}"]
    return written(folder, "\n".join(rows))


def test_given_a_ready_series_then_each_team_is_forecast_and_judged(
    tmp_path: Path,
) -> None:
    path = monthly(tmp_path, 60)
    words = ("--series", "团队", "--unit", "month", "--horizon", "6")
    found = asked("forecast", path, *words)
    assert [row["period"] for row in found["forecast"][:2]] == [
        "2024-01-01",
        "2024-02-01",
    ]
    assert len(found["forecast"]) == 12
    chosen = {row["series"]: row for row in found["errors"] if row["chosen"]}
    assert set(chosen) == {"甲", "乙"}
    assert chosen["甲"]["mase"] < 0.5
    assert chosen["甲"]["origins"] == 6
    assert not any("ended" in note for note in found["notes"])


def test_given_a_cut_off_within_a_month_then_the_month_is_left_out_and_told(
    tmp_path: Path,
) -> None:
    path = monthly(tmp_path, 60)
    found = asked("forecast", path, "--unit", "month", "--cut-off", "2023-12-15")
    assert found["history"][-1]["period"] == "2023-11-01"
    assert found["forecast"][0]["period"] == "2023-12-01"
    assert any("not ended" in note for note in found["notes"])


@pytest.mark.parametrize(
    ("months", "words", "told"),
    [(4, [], "too short"), (60, ["--level", "2"], "--level")],
)
def test_given_a_series_that_cannot_be_forecast_then_refused(
    tmp_path: Path, months: int, words: list[str], told: str
) -> None:
    path = monthly(tmp_path, months)
    assert told in refused("forecast", path, "--unit", "month", *words)


def test_given_customers_when_clustered_then_segments_are_named_and_written(
    tmp_path: Path,
) -> None:
    path, output = customers(tmp_path), tmp_path / "out.csv"
    found = asked("cluster", path, "--without", "流失", "--output", str(output))
    assert found["within"] < found["between"]
    assert sum(row["customers"] for row in found["segments"]) == 240
    assert any("套餐 = 甲" in row["name"] for row in found["segments"])
    with output.open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 240


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("id,x\n1,5\n2,5\n", [], "no column"),
        ("id,x\n1,5\n2,6\n", ["--segments", "9"], "fewer"),
        ("id,x\n1,5\n2,6\n", ["--segments", "1"], "--segments"),
    ],
)
def test_given_a_table_that_cannot_be_divided_then_refused(
    tmp_path: Path, text: str, words: list[str], told: str
) -> None:
    assert told in refused("cluster", written(tmp_path, text), *words)


def bonds(folder: Path, n: int) -> str:
    """Return a file whose intention is 1 + 0.5 satisfaction + 0.3 value, and noise."""
    rng = np.random.default_rng(3)
    rows = ["满意度,感知价值,转移成本,重复购买意向"]
    for satisfaction, value, cost in rng.uniform(0, 10, (n, 3)):
        again = 1 + 0.5 * satisfaction + 0.3 * value + rng.normal(0, 0.5)
        rows.append(f"{satisfaction:.4f},{value:.4f},{cost:.4f},{again:.4f}")
    return written(folder, "\n".join(rows))


def test_given_assessments_when_asked_what_keeps_customers_then_the_effects(
    tmp_path: Path,
) -> None:
    found = asked("retention-value", bonds(tmp_path, 400))
    values = found["parameters"]
    assert values["satisfaction"] == pytest.approx(0.5, abs=0.05)
    assert values["perceived_value"] == pytest.approx(0.3, abs=0.05)
    assert values["switching_cost"] == pytest.approx(0, abs=0.05)
    assert "40" in refused("retention-value", bonds(tmp_path, 39))
