"""What somebody may see he finds: by list, search, filter, page, file and program."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from guanxi.foundation.arranged import forget_arranged
from guanxi.foundation.policies import policy_of
from guanxi.foundation.rooms import collected
from guanxi.foundation.tables.table import Column, ColumnKind, Table
from tests.worlds.answers import Question, answer_to
from tests.worlds.questions import CHOSEN, REST_LISTS
from tests.worlds.scene import Asker, Scene

pytestmark = pytest.mark.django_db
NAMES = ("sales", "agent", "manager", "marketer", "analyst", "auditor", "covered")
TABLES = {table.key: table for table in collected("tables") if table.key in CHOSEN}
SEALED = {"id_number": "11010519491231002X", "bank_card": "6222021234567890128"}


@pytest.fixture
def _django_db_helper() -> None:
    """Stand in for the transaction of each test: the scene has one for all."""


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Build the scene once; looking does not change it."""
    with django_db_blocker.unblock(), transaction.atomic():
        built = Scene()
        with time_machine.travel(built.world.at + timedelta(minutes=1), tick=False):
            yield built
        transaction.set_rollback(True)
    forget_arranged()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("key", TABLES)
def test_a_record_in_sight_is_listed(scene: Scene, name: str, key: str) -> None:
    asker, table = scene.askers[name], TABLES[key]
    pk = _pk(scene, asker, table)
    path = REST_LISTS.get(key)
    if path is None:
        page = answer_to(asker, Question("GET", reverse(table.url), {"size": "100"}))
        assert f'value="{pk}"' in page or any(
            f"/{number}/" in page for number in _led_to(table, pk)
        )
        return
    assert pk in _found(asker, path, {})
    missed = [
        column.key
        for column in table.readable(asker.actor)
        if (where := _where(table, column, pk))
        and pk not in _found(asker, path, {"where": where})
    ]
    assert missed == []


@pytest.mark.parametrize("name", NAMES)
def test_a_customer_in_sight_is_found_by_its_name(scene: Scene, name: str) -> None:
    asker = scene.askers[name]
    pk = asker.book.customer.pk
    is_named = "name" in policy_of("customer").readable(asker.actor)
    finds = {
        "program": pk in _found(asker, REST_LISTS["customers"], {"q": "王芳"}),
        # Of many namesakes the search of the house shows some.
        "house": 'href="/customers/' in _page(asker, "foundation:search", q="王芳"),
        "page": _page_of(asker, pk).startswith("200"),
    }
    assert finds == {"program": is_named, "house": is_named, "page": True}


@pytest.mark.parametrize("name", ["manager", "marketer", "analyst", "covered"])
def test_a_file_holds_every_record_in_sight(scene: Scene, name: str) -> None:
    asker = scene.askers[name]
    path = reverse("customers:customers")
    file = answer_to(asker, Question("GET", path, {"export": "csv", "cols": "name"}))
    lines = file.partition("\n\n")[2].strip().splitlines()
    assert len(lines) - 1 == TABLES["customers"].rows(asker.actor).count()


def _pk(scene: Scene, asker: Asker, table: Table) -> int:
    """Return the number of a record that he sees, or pass the test by."""
    seen = set(table.rows(asker.actor).values_list("pk", flat=True))
    if not seen:
        pytest.skip("sees none")
    record = getattr(asker.book, CHOSEN[table.key])
    return int(record.pk if record.pk in seen else min(seen))


def _led_to(table: Table, pk: int) -> set[int]:
    """Return the numbers of the record and of what its cells lead to."""
    record = table.model._base_manager.get(pk=pk)
    keys = [column.link_key for column in table.columns if column.link]
    return {pk, *(getattr(record, key) for key in keys)}


def _where(table: Table, column: Column, pk: int) -> str:
    """Return the filter for what the record has in a column, if it has something."""
    if not column.filterable or column.kind is ColumnKind.QUESTION:
        return ""
    if column.value is not None:
        is_plate = table.key == "customers" and column.kind is ColumnKind.TEXT
        return f'{column.key}.eq."粤B12345"' if is_plate else ""
    if column.key in SEALED:
        return f"{column.key}.eq.{SEALED[column.key]}"
    value = table.model._base_manager.filter(pk=pk).values_list(column.source)[0][0]
    if value in (None, "", []):
        return f"{column.key}.empty"
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    if column.kind is ColumnKind.INSTANT:
        return f"{column.key}.filled"
    operator, given = (
        ("in", f'("{text}")') if column.kind is ColumnKind.TAGS else ("eq", f'"{text}"')
    )
    return f"{column.key}.{operator}.{given}"


def _found(asker: Asker, path: str, query: dict[str, str]) -> Sequence[int]:
    """Return the numbers of the records that a program gets."""
    told = answer_to(asker, Question("GET", path, {**query, "size": 200}))
    body: Any = json.loads(told.partition("\n\n")[2])
    return [record["id"] for record in body["items"]]


def _page(asker: Asker, name: str, **query: str) -> str:
    return answer_to(asker, Question("GET", reverse(name), query, is_fragment=True))


def _page_of(asker: Asker, pk: int) -> str:
    return answer_to(asker, Question("GET", reverse("customers:customer", args=[pk])))
