"""A file taken in on the command line: killed on the way, mapped, tried, refused."""

import json
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from guanxi.config.postgres import ensure_running

from .conftest import Guanxi, Start

ROWS = 30_000


def orders_file(folder: Path) -> tuple[Path, Decimal]:
    """Return a file of orders, each of another number, and their sum."""
    path = folder / "orders.csv"
    amounts = [Decimal(n % 900 + 1) / 4 for n in range(ROWS)]
    lines = [
        f"D{n},C{n % 400},2024-{n % 12 + 1:02d}-05,{amount}"
        for n, amount in enumerate(amounts)
    ]
    path.write_text("\n".join(["订单号,客户编号,日期,金额", *lines]) + "\n")
    return path, sum(amounts, start=Decimal(0))


def test_given_import_killed_when_run_again_then_every_order_is_there_once(
    home: Path, start: Start, guanxi: Guanxi, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, worth = orders_file(home)
    process = start("-m", "guanxi.config", "import", "orders", str(path))
    assert process.stdout
    said = ""
    while "10,000 rows" not in said and (letter := process.stdout.read(1)):
        said += letter
    process.kill()
    process.wait()

    done = guanxi("import", "orders", str(path), "--json")

    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout[done.stdout.index("{") :])
    told = {k: facts[k] for k in ("state", "total", "created", "skipped", "refused")}
    assert told == {
        "state": "done",
        "total": ROWS,
        "created": ROWS,
        "skipped": 0,
        "refused": 0,
    }
    again = guanxi("import", "orders", str(path), "--dry-run", "--json")
    found = json.loads(again.stdout[again.stdout.index("{") :])
    assert (found["created"], found["skipped"]) == (0, ROWS)
    monkeypatch.setenv("GUANXI_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert _worth() == worth


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

    facts = json.loads(done.stdout[done.stdout.index("{") :])
    assert (facts["created"], facts["columns"]) == (2, {"1": "name", "2": "phone"})

    picture = home / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    refused = guanxi("import", "customers", str(picture))
    assert (refused.returncode, refused.stderr) == (
        2,
        "This is not a table (PNG). Choose a CSV or Excel (.xlsx) file.\n",
    )


def _worth() -> Decimal:
    """Return the sum of all orders in the database."""
    with ensure_running() as url, psycopg.connect(url) as connection:
        row = connection.execute("SELECT sum(total) FROM sales_order").fetchone()
    assert row
    return Decimal(row[0])
