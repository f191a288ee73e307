"""Loads: what has changed and nothing else, whatever happens on the way."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from django.db import connection, transaction
from pytest_django import Settings

from guanxi.analytics import loading
from guanxi.analytics.commands.load import load_warehouse
from guanxi.analytics.extract import LoadCounts, WrongColumnsError, cleaned
from guanxi.analytics.loading import load_dimensions, load_facts, warehouse
from guanxi.analytics.models import WarehouseLoad
from guanxi.analytics.storage import versions
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import System
from guanxi.foundation.bulk import proven_keys
from guanxi.foundation.models import Change, Feed
from guanxi.identity.tests.factories import NOON
from guanxi.sales.commands.line import NewLine
from guanxi.sales.models import Order, OrderLine, Product
from guanxi.sales.queries.fact import order_facts, sale_facts
from guanxi.sales.tests.factories import make_order, make_product

# Loads read over connections of their own: they see only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_warehouse(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    # Loads are committed at once, also where a test is rolled back.
    WarehouseLoad.objects.all().delete()
    Feed.objects.all().delete()
    monkeypatch.setattr(loading, "_MOST_CHANGED", 2)  # of the few orders here


def rows(name: str) -> list[tuple[object, ...]]:
    """Return what the warehouse holds of a fact."""
    history = warehouse().history(name)
    table = history.read(history.schema.names)
    return sorted(zip(*(column.to_pylist() for column in table.columns), strict=True))


def source(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(cursor.fetchall())


def agrees() -> bool:
    """Tell whether the warehouse has what the database has."""
    return rows("orders") == source(order_facts()) and rows("sales") == source(
        sale_facts()
    )


def buy(customer: Customer, product: Product, price: str = "100") -> Order:
    line = NewLine(
        name=product.name,
        product=product,
        quantity=Decimal(2),
        unit_price=Decimal(price),
    )
    return make_order(customer, lines=[line])


@pytest.fixture
def lamp() -> Product:
    return make_product("台灯", price="100", category="灯具", cost=Decimal(60))


def test_the_first_load_is_whole_and_the_next_brings_what_has_changed(
    lamp: Product,
) -> None:
    wang = make_customer("王芳")
    first, second = buy(wang, lamp), buy(wang, lamp)
    assert not Change.objects.exists()  # nobody listens yet
    done = load_facts()
    assert (done.is_whole, done.counts["sales"]["loaded"]) == (True, 2)
    assert agrees()
    Order.objects.filter(pk=first.pk).update(refunded=Decimal(50))
    third = buy(wang, lamp, "90")
    assert set(Change.objects.values_list("number", flat=True)) == {first.pk, third.pk}
    done = load_facts()
    assert not done.is_whole
    assert done.counts["orders"] == {
        "read": 2,
        "cleaned": 0,
        "loaded": 2,
        "merged": 1,
        "refreshed": 2,
    }
    assert agrees()
    assert not Change.objects.exists()
    Order.objects.filter(pk=second.pk).update(cancelled_at=second.ordered_at)
    OrderLine.objects.filter(order=third).delete()
    done = load_facts()
    assert done.counts["orders"]["merged"] == 2
    assert agrees()
    assert len(rows("orders")) == 2
    assert load_facts().counts["orders"]["read"] == 0
    states = WarehouseLoad.objects.values_list("state", flat=True)
    assert set(states) == {"done"}


def test_what_goods_cost_now_counts_for_all_orders_that_had_them(lamp: Product) -> None:
    wang, other = make_customer("王芳"), make_product("书桌", price="900")
    buy(wang, lamp)
    buy(wang, other)
    load_facts()
    Product.objects.filter(pk=lamp.pk).update(name="新台灯")
    assert not Change.objects.exists()
    Product.objects.filter(pk=lamp.pk).update(cost=Decimal(70))
    assert Change.objects.count() == 1
    load_facts()
    assert agrees()
    profits = warehouse().history("orders").read(["profit"])["profit"].to_pylist()
    assert sum(profits) == 2 * 3000


def test_orders_written_in_bulk_without_asking_for_keys_are_listed_too(
    lamp: Product,
) -> None:
    order = buy(make_customer("王芳"), lamp)
    load_facts()
    with proven_keys():
        Order.objects.filter(pk=order.pk).update(refunded=Decimal(10))
    load_facts()
    assert agrees()


def test_given_a_load_cut_off_then_the_next_makes_up_for_it(
    lamp: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = make_customer("王芳")
    buy(wang, lamp)
    load_facts()
    buy(wang, lamp)
    told = loading._finished

    def killed(*args: object) -> None:
        raise SystemExit

    monkeypatch.setattr(loading, "_finished", killed)
    with pytest.raises(SystemExit):
        load_facts()
    assert agrees()  # the files are there, and the list of changes is, too
    assert Change.objects.exists()
    monkeypatch.setattr(loading, "_finished", told)
    done = load_facts()
    assert (done.is_whole, done.counts["orders"]["merged"]) == (False, 1)
    assert agrees()
    assert list(
        WarehouseLoad.objects.order_by("number").values_list("state", flat=True)
    ) == ["done", "failed", "done"]


def test_given_a_database_that_does_not_know_the_files_then_all_is_loaded(
    lamp: Product,
) -> None:
    buy(make_customer("王芳"), lamp)
    load_facts()
    WarehouseLoad.objects.all().delete()  # as after a backup that is older
    done = load_facts()
    assert (done.is_whole, done.number) == (True, 2)
    assert agrees()


def test_given_files_that_are_older_than_the_database_then_all_is_loaded(
    lamp: Product, settings: Settings, tmp_path: Path
) -> None:
    buy(make_customer("王芳"), lamp)
    load_facts()
    settings.WAREHOUSE_ROOT = tmp_path / "another"
    done = load_facts()
    assert done.is_whole
    assert agrees()


def test_given_too_many_changed_then_all_is_read(
    lamp: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_MOST_CHANGED", 0.3)
    wang = make_customer("王芳")
    for _ in range(2):
        buy(wang, lamp)
    load_facts()
    Order.objects.update(refunded=Decimal(1))
    done = load_facts()
    assert done.counts["orders"]["loaded"] == 2
    assert agrees()


def test_of_customers_only_what_is_other_than_before_is_loaded() -> None:
    wang = make_customer("王芳", city="杭州市")
    make_customer("李强", city="深圳市")
    assert load_dimensions().counts["classes"]["loaded"] == 2
    Customer.objects.filter(pk=wang.pk).update(city="宁波市")
    done = load_dimensions()
    assert done.counts["classes"] == {
        "read": 2,
        "cleaned": 0,
        "loaded": 1,
        "merged": 1,
        "refreshed": 1,
    }
    cities = warehouse().history("classes").read(["city"])["city"].to_pylist()
    assert sorted(cities) == ["宁波市", "深圳市"]
    assert load_dimensions().counts["classes"]["loaded"] == 0


def test_given_an_error_on_the_way_then_the_load_says_which(
    lamp: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy(make_customer("王芳"), lamp)

    def broken(*args: object) -> None:
        raise ValueError("no room")

    monkeypatch.setattr(loading, "_changes", broken)
    with pytest.raises(ValueError, match="no room"):
        load_facts()
    (one,) = WarehouseLoad.objects.all()
    assert (one.state, one.problem) == ("failed", "no room")
    assert Feed.objects.count() == 1


def test_given_somebody_who_writes_for_long_then_all_is_loaded_and_nobody_waits(
    lamp: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = buy(make_customer("王芳"), lamp)
    monkeypatch.setattr(loading, "PATIENCE", "100ms")
    with transaction.atomic():
        Order.objects.filter(pk=order.pk).update(refunded=Decimal(50))
        assert load_facts().is_whole
    assert not Feed.objects.exists()
    assert load_facts().is_whole
    assert Feed.objects.exists()
    assert agrees()


def test_every_version_of_an_order_is_told_with_its_load(lamp: Product) -> None:
    order = buy(make_customer("王芳"), lamp)
    load_facts()
    Order.objects.filter(pk=order.pk).update(refunded=Decimal(50))
    load_facts()
    Order.objects.filter(pk=order.pk).update(cancelled_at=order.ordered_at)
    load_facts()
    told = versions("orders", order.pk)
    assert [(one["amount"], one["is_gone"]) for one in told] == [
        (20_000, False),
        (15_000, False),
        (0, True),
    ]
    times = [one["loaded_at"] for one in told]
    assert times == sorted(times)
    assert versions("orders", 999_999) == []


SCHEMA = pa.schema([pa.field("number", pa.int64(), nullable=False)])


@contextmanager
def reader(*values: int | None) -> Iterator[pa.RecordBatchReader]:
    table = pa.table([pa.array(values, pa.int64())], names=["number"])
    yield table.to_reader(max_chunksize=2)


def test_given_incomplete_rows_then_they_are_counted_and_left_out() -> None:
    counts = LoadCounts()
    with reader(1, None, 3) as rows:
        found = pa.Table.from_batches(cleaned("fact", rows, SCHEMA, counts))
    assert found["number"].to_pylist() == [1, 3]
    assert counts == LoadCounts(read=3, cleaned=1, loaded=2)


def test_given_other_columns_then_they_are_refused() -> None:
    with reader(1) as rows, pytest.raises(WrongColumnsError, match="fact"):
        list(cleaned("fact", rows, pa.schema([("n", pa.int64())]), LoadCounts()))


def test_whoever_asks_for_a_long_load_is_not_ended_while_it_lasts(
    lamp: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy(make_customer("王芳"), lamp)
    told = loading.load_facts

    def slow(*, is_whole: bool = False) -> loading.Load:
        time.sleep(0.4)
        return told(is_whole=is_whole)

    monkeypatch.setattr(loading, "load_facts", slow)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '100ms'")
        load_warehouse(System("test"), at=NOON)
        assert WarehouseLoad.objects.filter(state="done").count() == 2
