"""``guanxi science``: published results from files, and sentences for bad ones."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from guanxi.config.commands.science import command
from guanxi.config.problems import SetupError

FIXTURES = Path(__file__).parents[3] / "shared" / "fixtures"
needs_fixtures = pytest.mark.skipif(
    not FIXTURES.is_dir(), reason="the published data are not on this machine"
)
ORDERS = [
    ("customer_id", "order_date", "amount"),
    *(("A", "2024-01-01", "10"), ("A", "2024-02-01", "1,020.50")),
    *(("B", "2024-01-05", "30"), ("C", "2024-03-01", "¥5")),
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments])


def answer(*arguments: object) -> dict[str, object]:
    done = run(*arguments, "--json")
    assert done.exception is None, done.output
    found: dict[str, object] = json.loads(
        done.stdout, parse_constant=lambda name: pytest.fail(f"JSON has {name}")
    )
    return found


def refusal(*arguments: object) -> str:
    done = run(*arguments)
    assert isinstance(done.exception, SetupError), done.output
    return str(done.exception)


def text(path: Path, rows: Sequence[tuple[str, ...]], delimiter: str = ",") -> Path:
    with path.open("w", newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


@needs_fixtures
def test_given_the_published_orders_then_rfm_gives_the_published_table() -> None:
    found = answer(
        *("rfm", FIXTURES / "rfm" / "rfm_data_orders.csv", "--cut-off", "2006-12-31")
    )
    parameters, segments = found["parameters"], found["segments"]
    assert isinstance(parameters, dict)
    assert isinstance(segments, list)
    assert found["n"] == 995
    assert parameters["cut_points"] == {
        "recency": [115, 181, 297.4, 482],
        "frequency": [4, 5, 6, 8],
        "monetary": [255.8, 382, 506.4, 666],
    }
    champions = segments[0]
    assert [
        champions[key] for key in ("segment", "customers", "orders", "revenue")
    ] == [*("champions", 35, 316, 31646)]


@needs_fixtures
def test_given_cdnow_then_bgnbd_gives_the_published_parameters(tmp_path: Path) -> None:
    out = tmp_path / "customers.csv"
    found = answer(
        *("bgnbd", FIXTURES / "cdnow" / "CDNOW_sample.txt", "--no-header"),
        *("--delimiter", " ", "--customer", "1", "--date", "2", "--amount", "4"),
        *("--date-format", "%Y%m%d", "--cut-off", "1997-09-30", "--output", out),
        *("--history", "26,30.857,31", "--horizon", "52"),
    )
    assert found["parameters"] == pytest.approx(
        {"r": 0.2425945, "alpha": 4.4136019, "a": 0.7929199, "b": 2.4258881}, abs=1e-4
    )
    assert found["log_likelihood"] == pytest.approx(-9582.429, abs=0.01)
    hold_out, asked = found["hold_out"], found["histories"]
    assert isinstance(hold_out, dict)
    assert isinstance(asked, list)
    assert hold_out["actual"] == 1882
    assert asked[0]["alive"] == pytest.approx(0.9688523, abs=1e-5)
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2357
    assert float(rows[0]["discounted_value"]) > 0


@needs_fixtures
@pytest.mark.parametrize(
    ("model", "file", "likelihood"),
    [
        ("pareto-nbd", "cdnow_customers_summary.csv", -9594.97),
        ("ggnbd", "cdnow_customers_summary.csv", -9594.97),
        ("gamma-gamma", "cdnow_customers_summary_with_transactions.csv", -4055.92),
        ("bgbb", "donations.csv", -33225.58),
    ],
)
def test_given_a_file_summed_up_then_its_columns_are_found(
    model: str, file: str, likelihood: float
) -> None:
    found = answer(model, FIXTURES / "cdnow" / file)
    assert found["log_likelihood"] == pytest.approx(likelihood, abs=0.011)


@needs_fixtures
def test_given_cdnow_then_lifetime_compares_the_models_and_takes_one() -> None:
    found = answer(
        *("lifetime", FIXTURES / "cdnow" / "CDNOW_sample.txt", "--no-header"),
        *("--customer", "1", "--date", "2", "--amount", "4", "--cut-off", "1997-09-30"),
    )
    models = found["models"]
    assert isinstance(models, list)
    assert [one["model"] for one in models] == ["bgnbd", "pareto-nbd", "ggnbd"]
    assert found["fitted"] == "bgnbd"


def test_given_renewals_then_contracts_gives_the_published_parameters(
    tmp_path: Path,
) -> None:
    kept = [1000, 869, 743, 653, 593, 551, 517, 491]
    rows = [("year", "customers"), *((str(at), str(n)) for at, n in enumerate(kept))]
    found = answer("contracts", text(tmp_path / "kept.csv", rows))
    assert found["parameters"] == pytest.approx(
        {"alpha": 0.668, "beta": 3.806}, abs=5e-4
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_given_any_delimiter_and_encoding_then_the_table_is_read(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    rows = [("客户编号", "下单日期", "金额"), *ORDERS[1:]]
    path = text(tmp_path / "orders.csv", rows, delimiter)
    path.write_bytes(path.read_text().encode(encoding))
    found = answer("rfm", path)
    assert found["n"] == 3
    parameters = found["parameters"]
    assert isinstance(parameters, dict)
    assert parameters["as_of"] == "2024-03-01"


def test_given_parquet_and_workbooks_then_they_are_read_as_text_is(
    tmp_path: Path,
) -> None:
    heads, *rows = ORDERS
    columns = list(zip(*rows, strict=True))
    table = pa.table(dict(zip(heads, map(list, columns), strict=True)))
    pa_parquet.write_table(table, tmp_path / "orders.parquet")
    with xlsxwriter.Workbook(tmp_path / "orders.xlsx") as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(ORDERS):
            sheet.write_row(at, 0, row)
    plain = answer("rfm", text(tmp_path / "orders.csv", ORDERS))
    for name in ("orders.parquet", "orders.xlsx"):
        assert answer("rfm", tmp_path / name)["segments"] == plain["segments"]


def test_given_bad_rows_then_lines_are_named_and_may_be_left_out(
    tmp_path: Path,
) -> None:
    rows = [
        *ORDERS,
        *(("D", "2024-13-01", "3"), ("E", "2024-02-01", "x"), ("F", "2024-02-01")),
        ("", "2024-02-01", "5"),
    ]
    path = text(tmp_path / "orders.csv", rows)
    told = refusal("rfm", path)
    for line in (6, 7, 8, 9):
        assert f"{line}" in told
    assert "--skip-bad-rows" in told
    assert answer("rfm", path, "--skip-bad-rows")["n"] == 3


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"", [], ""),
        (b"a,b,c\n", [], ""),
        (b"a,b,c\n1,2,3\n", [], "--customer"),
        (b"customer,date,amount\n1,01/02/2024,3\n", [], "--date-format"),
        (b"customer,date,amount\n1,2024-01-01,3\n", ["--amount", "price"], "price"),
        (b"customer,date,amount\n1,2024-01-01,3\n", ["--amount", "7"], "7"),
        (b"customer,date,amount\n1,2024-01-01,nan\n", [], "nan"),
        (b"customer,date,amount\n1,2024-01-01,1,5\n", [], "2"),
        (b"customer,date,amount\n\xff\xff\xff,2024-01-01,3\n", [], "GB 18030"),
        (b"\x00\x01\x02\x00", [], "UTF-8"),
        (b"customer,date,amount\n1,2024-01-01,3\n", ["--delimiter", "ab"], "ab"),
        (b"customer,date,amount\n1,2024-01-01,3\n", ["--cut-points", "1,x"], "30,90"),
        (
            b"customer,date,amount\n1,2024-01-01,3\n",
            ["--cut-off", "2020-01-01"],
            "--cut",
        ),
        (b'customer,date,amount\n1,"2024-01-01,3\n', [], ""),
    ],
)
def test_given_what_no_model_can_use_then_a_sentence_says_why(
    tmp_path: Path, content: bytes, options: list[str], said: str
) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    told = refusal("rfm", path, *options)
    assert said in told
    assert "Traceback" not in told


def test_given_too_little_to_learn_from_then_a_sentence_says_so(tmp_path: Path) -> None:
    path = text(tmp_path / "orders.csv", ORDERS)
    for model in ("bgnbd", "pareto-nbd", "lifetime", "gamma-gamma"):
        assert refusal(model, path)
    assert refusal("bgnbd", path, "--history", "1,2")


def test_given_the_shell_then_it_ends_with_two_and_needs_no_database(
    tmp_path: Path,
) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(b"customer,date,amount\n1,2024-13-01,3\n2,2024-12-01,3\n")
    done = subprocess.run(
        [sys.executable, "-m", "guanxi.config", "science", "rfm", str(path)],
        env={
            **os.environ,
            "GUANXI_HOME": str(tmp_path / "none"),
            "GUANXI_LANGUAGE": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "第 2 行" in done.stderr
    assert not (tmp_path / "none").exists()


def test_given_a_formula_as_a_name_then_the_written_file_has_none(
    tmp_path: Path,
) -> None:
    rows = [ORDERS[0], ("=1+1", "2024-01-01", "3"), ("B", "2024-01-02", "4")]
    out = tmp_path / "out.csv"
    answer("rfm", text(tmp_path / "orders.csv", rows), "--output", out)
    assert "'=1+1" in out.read_text(encoding="utf-8-sig")
