"""
Files taken in, end to end: rows a second beside raw COPY of the same rows, as JSON.

Generated customers and orders go into an empty house of their own, as the command line
takes them: read, normalized, compared, written with search columns, history and all
indexes. Raw COPY is that of the finished main rows into a table without index.
"""

import argparse
import csv
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余"
)
GIVEN = (
    "伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红建国华志海波春梅林小雪云"
    "飞龙凤鹏宇浩然子轩梓涵欣怡思雨晨曦嘉俊豪博雅琪诗语"
)
PLACES = (
    ("上海市", "上海"), ("浙江省", "杭州"), ("四川省", "成都"), ("广东省", "广州"),
    ("广东省", "深圳"), ("湖北省", "武汉"), ("陕西省", "西安"), ("江苏省", "南京"),
)  # fmt: skip
TAGS = ("", "", "VIP", "新客", "老客；VIP")
MAIN_TABLES = {"customers": "customers_customer", "orders": "sales_order"}
ORDERS_OF_ONE = 5


def main() -> None:
    """Print the figures of both kinds of files."""
    options = _options()
    with TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {"GUANXI_HOME": folder, "GUANXI_DEMO": "0"}
        found = _measured(Path(folder), options)
    json.dump(found, sys.stdout, indent=1)
    sys.stdout.write("\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--orders", type=int, default=500_000)
    return parser.parse_args()


def _measured(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    # Only now: the settings read the data folder.
    from guanxi.config.prepare import set_up_django  # noqa: PLC0415 -- see above

    set_up_django()
    from guanxi.config.session import house_open  # noqa: PLC0415 -- after the setup

    found: dict[str, object] = {}
    with house_open():
        for kind, count, rows in (
            ("customers", options.customers, customers(options.customers)),
            ("orders", options.orders, orders(options.orders, options.customers)),
        ):
            path = folder / f"{kind}.csv"
            with path.open("w", newline="", encoding="utf-8-sig") as file:
                csv.writer(file).writerows(rows)
            found[kind] = _imported(kind, path, count)
            path.unlink()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found | {"peak_mb": peak}


def customers(count: int) -> Iterator[list[str]]:
    """Give headings and rows of ``count`` customers, the same every time."""
    drawn = random.Random(1)
    yield ["客户编号", "客户名称", "手机", "邮箱", "省份", "城市", "标签"]
    for number in range(count):
        given = "".join(drawn.choices(GIVEN, k=drawn.choice((1, 2, 2))))
        yield [
            f"C{number:07d}",
            drawn.choice(SURNAMES) + given,
            f"1{drawn.choice('3578')}{number:09d}",
            f"user{number}@example.com",
            *drawn.choice(PLACES),
            drawn.choice(TAGS),
        ]


def orders(count: int, customers: int) -> Iterator[list[str]]:
    """Give headings and rows of ``count`` orders of some of the customers."""
    drawn = random.Random(2)
    buyers = min(customers, count // ORDERS_OF_ONE)
    yield ["订单号", "客户编号", "下单时间", "数量", "金额"]
    for number in range(count):
        day, minute = drawn.randrange(1, 366), drawn.randrange(1440)
        at = time.strftime("%Y-%m-%d", time.gmtime(1_703_980_800 + 86_400 * day))
        yield [
            f"D{number:08d}",
            f"C{drawn.randrange(buyers):07d}",
            f"{at} {minute // 60:02d}:{minute % 60:02d}:00",
            str(drawn.randrange(1, 5)),
            f"{drawn.randrange(100, 90_000) / 100:.2f}",
        ]


def _imported(kind: str, path: Path, count: int) -> dict[str, object]:
    """Return what it took to take ``path`` in, and what raw COPY takes."""
    server = _server()
    run = _run_of(kind, path)
    wall, python, database = time.perf_counter(), time.process_time(), _used(server)
    done = run()
    seconds = time.perf_counter() - wall
    if done != count:
        raise SystemExit(f"{done} of {count} {kind} were created")
    raw = _raw_copy(MAIN_TABLES[kind])
    return {
        "rows": count,
        "seconds": round(seconds, 2),
        "rows_per_second": round(count / seconds),
        "python_cpu_s": round(time.process_time() - python, 2),
        "database_cpu_s": round(_used(server) - database, 2),
        "raw_copy_rows_per_second": round(count / raw),
    }


def _run_of(kind: str, path: Path) -> Callable[[], int]:
    """Return the import of ``path``, ready to run: it tells how many it created."""
    from guanxi.config.commands.import_ import prepared  # noqa: PLC0415 -- after the setup
    from guanxi.config.session import CONSOLE  # noqa: PLC0415 -- after the setup
    from guanxi.foundation import clock  # noqa: PLC0415 -- after the setup
    from guanxi.foundation.imports import commands, engine  # noqa: PLC0415 -- after the setup

    def run() -> int:
        made = commands.begin(CONSOLE, prepared(kind, path, None, {}), at=clock.now())
        return engine.execute(CONSOLE, made).created

    return run


def _raw_copy(table: str) -> float:
    """Return the seconds that COPY of all rows of ``table`` takes, without any index."""
    from django.db import connection  # noqa: PLC0415 -- after the setup

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE raw (LIKE {table})")
        with cursor.cursor.copy(f"COPY {table} TO STDOUT") as out:
            lines = b"".join(bytes(block) for block in out)
        began = time.perf_counter()
        with cursor.cursor.copy("COPY raw FROM STDIN") as into:
            into.write(lines)
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE raw")
    return seconds


def _server() -> int:
    """Return the process that all processes of the database belong to."""
    from django.db import connection  # noqa: PLC0415 -- after the setup

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    return int(_facts(Path(f"/proc/{backend}"))[1])


def _used(server: int) -> float:
    """Return the processor seconds of all processes of ``server``, ended ones too."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            facts = _facts(folder)
        except OSError:
            continue  # ended a moment ago: its server knows
        if int(facts[1]) == server:
            ticks += int(facts[11]) + int(facts[12])
        elif folder.name == str(server):
            ticks += sum(map(int, facts[13:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _facts(folder: Path) -> list[str]:
    """Return what the kernel tells of a process, from its state on; see proc(5)."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


if __name__ == "__main__":
    main()
