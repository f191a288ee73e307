"""
A made-up world: customers with Chinese names, and orders, the same every time.

One line an order, no payments: an order says by itself that it is paid. Written by COPY
with the indexes off, into the data folder of `bench.house`; found there, it is reused.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from bench import house
from bench.analyse import generated_orders
from bench.copying import copy_rows, copy_table, without_indexes
from bench.words import CITIES, Names
from guanxi.config.postgres import ensure_running
from guanxi.customers.rules import Form, PointKind, State
from guanxi.customers.rules.name import search_columns
from guanxi.customers.rules.point import normal_point

SEED = 20231231
TEAMS, USERS, TAGS = 10, 60, 20
FIRST_USER = 1001
BORN = datetime(2020, 1, 1, tzinfo=UTC)
Rng = np.random.Generator


def main() -> None:
    """Make the world, or find it made; print what it is."""
    options = _options()
    house.enter()
    with ensure_running() as url:
        json.dump(made(url, options.customers, options.orders), sys.stdout)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=5_000_000)
    return parser.parse_args()


def made(url: str, customers: int, orders: int) -> dict[str, object]:
    """
    Return the sizes and the seconds the world took; nothing is made twice.

    :raises SystemExit: if a world of another size is there.
    """
    note = house.HOME / "world.json"
    wanted = {"customers": customers, "orders": orders, "seed": SEED}
    if note.exists():
        found: dict[str, object] = json.loads(note.read_text())
        if found | wanted != found:
            raise SystemExit(f"{house.HOME} holds another world: remove it first")
        return found
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "guanxi.config.prepare"], check=True)
    with psycopg.connect(url) as connection:
        _fill(connection, customers, orders)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    house.count_statements()
    found = wanted | {"seconds": round(time.perf_counter() - began, 1)}
    note.write_text(json.dumps(found))
    return found


def _fill(connection: "psycopg.Connection[Any]", customers: int, orders: int) -> None:
    # Foreign keys are right by construction; asking for each would take minutes.
    connection.execute("SET session_replication_role = replica")
    connection.execute("SET statement_timeout = 0")
    connection.execute("SET maintenance_work_mem = '1GB'")
    _staff(connection)
    for table, write in (
        ("customers_customer", _write_customers),
        ("customers_contactpoint", _write_points),
        ("customers_address", _write_addresses),
        ("customers_traits", _write_traits),
        ("customers_customer_tags", _write_tags),
    ):
        with without_indexes(connection, table):
            write(connection, customers)
    table = _orders(orders, customers)
    for name, shape in (
        ("sales_order", _order_rows),
        ("sales_orderline", _line_rows),
        ("foundation_loggedevent", _event_rows),
    ):
        with without_indexes(connection, name):
            copy_table(connection, name, shape, table)
    _set_sequences(connection)


def _staff(connection: "psycopg.Connection[Any]") -> None:
    teams = [(i, f"团队 {i}", [i]) for i in range(1, TEAMS + 1)]
    copy_rows(connection, "identity_team", "id name path", teams)
    people = Names(np.random.default_rng(SEED)).persons(USERS)
    users = [
        (FIRST_USER + i, f"rep{i}", name, 1 + i % TEAMS, BORN)
        for i, name in enumerate(people)
    ]
    same = (
        "!",
        "",
        "",
        True,
        "",
        "",
        "system",
        True,
        "compact",
        0,
        False,
    )
    names = (
        "id username name team_id created_at password email sort_name is_active "
        "language time_zone theme has_keys density epoch must_change_password"
    )
    copy_rows(connection, "identity_user", names, ([*user, *same] for user in users))
    copy_rows(
        connection,
        "customers_tag",
        "id name tone",
        [(i, f"标签 {i}", "gray") for i in range(1, TAGS + 1)],
    )


def _write_customers(connection: "psycopg.Connection[Any]", count: int) -> None:
    names = (
        "id form name sort_name match_name short_name state owner_id team_id is_key "
        "phone email wechat province city industry website id_number source external_id "
        "note search search_contact created_at updated_at version"
    )
    copy_rows(connection, "customers_customer", names, _customer_rows(count))


def _customer_rows(count: int) -> Iterator[Sequence[object]]:
    rng = np.random.default_rng(SEED)
    owners = rng.integers(0, USERS, count).tolist()
    places = (np.sqrt(rng.random(count)) * len(CITIES)).astype(int).tolist()
    born = np.sort(rng.random(count) * 4 * 365 * 86_400).tolist()
    is_company = (rng.random(count) < 0.1).tolist()
    words = Names(rng)
    persons, companies = words.persons(count), words.companies(count)
    for i in range(count):
        form = Form.ORGANIZATION if is_company[i] else Form.PERSON
        name = companies[i] if is_company[i] else persons[i]
        points = [normal_point(PointKind.PHONE, phone_of(i))]
        found = search_columns(form, name, points=points)
        at = BORN + timedelta(seconds=born[i])
        province, city = CITIES[places[i]]
        yield (
            *(i + 1, form.value, name, found.sort_name, found.match_name, ""),
            *(State.ACTUAL.value, FIRST_USER + owners[i], 1 + owners[i] % TEAMS),
            *(i % 100 == 0, points[0].value, "", "", province, city),
            *("", "", "", "", "", "", found.search, found.search_contact, at, at, 1),
        )


def phone_of(i: int) -> str:
    """Return the mobile number of customer ``i``, no two the same."""
    # A step prime to 10^8 spreads the numbers over all endings.
    return f"1{3 + i % 7}{i % 10}{i * 48_271_963 % 10**8:08d}"


def _write_points(connection: "psycopg.Connection[Any]", count: int) -> None:
    connection.execute(
        """
        INSERT INTO customers_contactpoint
            (customer_id, kind, value, extension, shown, label, is_primary)
        SELECT id, 'phone', phone, '', substr(phone, 4), '', true
        FROM customers_customer ORDER BY id
        """
    )


def _write_addresses(connection: "psycopg.Connection[Any]", count: int) -> None:
    connection.execute(
        """
        INSERT INTO customers_address (customer_id, label, country, province, city,
            district, street, postcode, is_primary)
        SELECT id, '', 'CN', province, city, '', '人民路 ' || id %% 999, '', true
        FROM customers_customer ORDER BY id
        """,
        [],
    )


def _write_traits(connection: "psycopg.Connection[Any]", count: int) -> None:
    connection.execute(
        """
        INSERT INTO customers_traits (customer_id, order_count, order_total, order_mean,
            r, f, m, rfm_segment, tier, purchase_state, life_stage)
        SELECT id, 0, 0, 0, 0, 0, 0, '', '', '', ''
        FROM customers_customer ORDER BY id
        """
    )


def _write_tags(connection: "psycopg.Connection[Any]", count: int) -> None:
    connection.execute(
        """
        INSERT INTO customers_customer_tags (customer_id, tag_id)
        SELECT id, 1 + id / 5 %% %s FROM customers_customer WHERE id %% 5 = 0
        """,
        [TAGS],
    )


def _orders(orders: int, customers: int) -> pa.Table:
    """Return the orders of `generated_orders`, numbered, each with its moment."""
    table = generated_orders(orders, customers)
    moments = pc.cast(table["ordered_on"], pa.timestamp("s", "UTC"))
    numbers = pa.array(np.arange(1, orders + 1))
    return table.append_column("id", numbers).append_column("at", moments)


def _order_rows(table: pa.Table) -> pa.Table:
    rows = len(table)
    customer = table["customer_id"].to_numpy()
    owner = (customer * 7919) % USERS
    is_open = table["id"].to_numpy() % 100 == 0
    total = _money(table["amount"])
    at, day = table["at"], table["ordered_on"]
    empty, zero = _same(rows, ""), _same(rows, 0)
    return pa.table(
        {
            "id": table["id"],
            "number": _number(table),
            "customer_id": customer,
            "owner_id": FIRST_USER + owner,
            "team_id": 1 + owner % TEAMS,
            "channel": _same(rows, "online"),
            "state": np.where(is_open, "placed", "done"),
            "payment_state": np.where(is_open, "unpaid", "paid"),
            "currency": _same(rows, "CNY"),
            "total": total,
            "paid": pc.if_else(pa.array(is_open), _same(rows, "0"), total),
            "refunded": zero,
            "ordered_at": at,
            "ordered_on": day,
            "shipped_at": pc.if_else(pa.array(is_open), None, at),
            "done_at": pc.if_else(pa.array(is_open), None, at),
            "external_id": empty,
            "source": empty,
            "note": empty,
            "created_at": at,
            "updated_at": at,
            "version": _same(rows, 1),
        }
    )


def _line_rows(table: pa.Table) -> pa.Table:
    rows, total = len(table), _money(table["amount"])
    return pa.table(
        {
            "order_id": table["id"],
            "position": _same(rows, 1),
            "name": _same(rows, "商品"),
            "quantity": _same(rows, 1),
            "unit_price": total,
            "discount": _same(rows, 0),
            "amount": total,
        }
    )


def _event_rows(table: pa.Table) -> pa.Table:
    """Return one event an order, as the timeline of its customer tells it."""
    rows = len(table)
    texts = [
        '{"order_id": ',
        pc.cast(table["id"], pa.string()),
        ', "customer_id": ',
        pc.cast(table["customer_id"], pa.string()),
        ', "number": "',
        _number(table),
        '", "amount": "¥',
        _money(table["amount"]),
        '", "ordered_on": "',
        pc.cast(table["ordered_on"], pa.string()),
        '"}',
    ]
    return pa.table(
        {
            "name": _same(rows, "sales.OrderPlaced"),
            "at": table["at"],
            "actor_name": _same(rows, "bench"),
            "kind": _same(rows, "order"),
            "subject_id": table["id"],
            "party_id": table["customer_id"],
            "payload": pc.binary_join_element_wise(*texts, ""),
            "changes": _same(rows, "{}"),
        }
    )


def _number(table: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise("B", pc.cast(table["id"], pa.string()), "")


def _money(cents: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return amounts in fen as text in yuan: 12345 is 123.45."""
    yuan = pc.cast(pc.divide(cents, 100), pa.string())
    fen = pc.cast(
        pc.subtract(cents, pc.multiply(pc.divide(cents, 100), 100)), pa.string()
    )
    return pc.binary_join_element_wise(yuan, pc.utf8_lpad(fen, 2, "0"), ".")


def _same(rows: int, value: object) -> pa.Array:
    return pa.repeat(value, rows)


def _set_sequences(connection: "psycopg.Connection[Any]") -> None:
    for table in [
        "identity_team",
        "identity_user",
        "customers_tag",
        "customers_customer",
        "sales_order",
    ]:
        connection.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))"
            ).format(sql.Literal(table), sql.Identifier(table))
        )


if __name__ == "__main__":
    main()
