"""A file taken in on the command line: killed on the way, mapped, tried, refused."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess

import psycopg
import pytest
from click.testing import CliRunner

from guanxi.config.commands import import_
from guanxi.config.postgres import ensure_running
from guanxi.foundation.models import ImportRun

from .conftest import Guanxi, Start

ROWS = 30_000
# In the second chunk: its customer is kept busy, so that the import cannot pass.
HELD_ROW = 15_000
PATIENCE_SECONDS = 60
_WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
_RESULT = """
    SELECT count(*), sum(total), sum(paid), count(DISTINCT number),
        (SELECT count(*) FROM sales_orderline), (SELECT sum(amount) FROM sales_payment),
        (SELECT count(*) FROM foundation_loggedevent WHERE name = 'sales.OrderPlaced'),
        (SELECT count(*) FROM customers_customer WHERE state = 'actual')
    FROM sales_order
"""


def orders_file(folder: Path) -> tuple[Path, Decimal]:
    """Return a file of orders, each of another number, and their sum."""
    path = folder / "orders.csv"
    amounts = [Decimal(n % 900 + 1) / 4 for n in range(ROWS)]
    lines = [
        f"D{n},C{'-held' if n == HELD_ROW else n % 400},2024-{n % 12 + 1:02d}-05,{amount}"
        for n, amount in enumerate(amounts)
    ]
    path.write_text("\n".join(["订单号,客户编号,日期,金额", *lines]) + "\n")
    return path, sum(amounts, start=Decimal(0))


def test_given_import_killed_when_run_again_then_every_order_is_there_once(
    home: Path, start: Start, guanxi: Guanxi, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, worth = orders_file(home)
    people = home / "people.csv"
    people.write_text("客户编号,客户名称\nC-held,张伟\n")
    monkeypatch.setenv("GUANXI_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with ensure_running() as url:
        assert facts_of(guanxi("import", "customers", str(people), "--json"))
        with _held_customer(url):
            process = start("-m", "guanxi.config", "import", "orders", str(path))
            assert process.stdout
            said = ""
            while "10,000 rows" not in said and (letter := process.stdout.read(1)):
                said += letter
            _wait_until_held(url)
            process.kill()
            process.wait()

        facts = facts_of(guanxi("import", "orders", str(path), "--json"))
        again = facts_of(guanxi("import", "orders", str(path), "--dry-run", "--json"))
        with psycopg.connect(url) as connection:
            result = connection.execute(_RESULT).fetchone()

    told = {k: facts[k] for k in ("state", "total", "created", "skipped", "refused")}
    assert told == {
        "state": "done",
        "total": ROWS,
        "created": ROWS,
        "skipped": 0,
        "refused": 0,
    }
    assert (again["created"], again["skipped"]) == (0, ROWS)
    assert result == (ROWS, worth, worth, ROWS, ROWS, worth, ROWS, 401)


def test_given_json_map_when_imported_then_it_holds_and_a_picture_is_refused(
    home: Path, guanxi: Guanxi
) -> None:
    path, plan = home / "people.txt", home / "plan.json"
    path.write_text("7 张伟 13800138000\n8 李娜 13900139000\n")
    plan.write_text(
        '{"columns": {"1": "name", "2": "phone"}, "options": {"match": "phone"}}'
    )

    done = guanxi(
        "import", "customers", str(path), "--map", str(plan), "--delimiter", "blank", "--json"
    )  # fmt: skip

    facts = facts_of(done)
    assert (facts["created"], facts["columns"]) == (2, {"1": "name", "2": "phone"})

    picture = home / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    refused = guanxi("import", "customers", str(picture))
    assert (refused.returncode, refused.stderr) == (
        2,
        "This is not a table (PNG). Choose a CSV or Excel (.xlsx) file.\n",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b'{"a": 1, "b": 2}\n{"a": 3, "b": 4}', "请选择名称所在的列"),
        ("姓名,手机\n".encode(), "标题行下没有数据"),
    ],
)
def test_given_file_that_is_refused_then_no_run_stays_behind(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)

    done = CliRunner().invoke(import_.command, ["customers", str(path)])

    assert sentence in str(done.exception)
    assert not ImportRun.objects.exists()


def facts_of(done: CompletedProcess[str]) -> dict[str, object]:
    """Return the JSON that a command printed."""
    assert done.returncode == 0, done.stderr
    facts: dict[str, object] = json.loads(done.stdout[done.stdout.index("{") :])
    return facts


@contextmanager
def _held_customer(url: str) -> Iterator[None]:
    """Keep all customers that are there from being written to during the block."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT id FROM customers_customer FOR UPDATE")
        yield


def _wait_until_held(url: str) -> None:
    """
    Return as soon as another process waits for a row.

    :raises AssertionError: if none does for a minute.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    with psycopg.connect(url, autocommit=True) as connection:
        while not connection.execute(_WAITING).fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.1)
