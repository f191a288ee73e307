"""What a person is given as a copy: every column that is held, and nobody else's name."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test import Client

from guanxi.analytics.handlers import forget_persons
from guanxi.customers.commands.subject_export import (
    NotReady,
    forget_copies,
    make_copy,
    request_subject_export,
    take_subject_export,
)
from guanxi.customers.models import SubjectExport
from guanxi.customers.queries.erasure import all_of
from guanxi.customers.rules.erasure import IdentityCheck
from guanxi.customers.rules.holding import CUSTOMER_LABEL
from guanxi.foundation.actor import System
from guanxi.foundation.erasing.declared import Holding
from guanxi.foundation.erasing.engine import holdings_of, rows_of
from guanxi.foundation.erasing.telling import columns_of, told_about
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.files import store
from guanxi.foundation.models import Access, StoredFile
from tests.world import World

HOUSE = System("tests")
DOCUMENT = IdentityCheck.DOCUMENT


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_every_column_is_told_or_said_not_to_be() -> None:
    for one in holdings_of(CUSTOMER_LABEL):
        columns = {f.attname for f in apps.get_model(one.model)._meta.concrete_fields}
        told = {field.attname for field in columns_of(one)}
        assert told | set(one.untold) == columns, one.model
        assert not told & set(one.untold), one.model
        assert all(one.untold.values()), one.model


def test_given_a_word_in_every_text_when_told_then_all_of_them_are_there(
    world: World,
) -> None:
    planted = _planted(world)
    assert len(planted) > 40
    tables = told_about(CUSTOMER_LABEL, all_of(world.customer.pk))
    text = json.dumps([one.rows for one in tables], default=str)
    assert [name for name, word in planted.items() if word not in text] == []


def _planted(world: World) -> dict[str, str]:
    """Write a word of its own into each text column; return them by column."""
    planted: dict[str, str] = {}
    for holding in holdings_of(CUSTOMER_LABEL):
        for field in columns_of(holding):
            word = f"w{len(planted):03}q"
            is_free = _is_text(field) and field.attname not in holding.when
            if is_free and _write(holding, field, word, world):
                planted[f"{holding.model}.{field.attname}.{holding.paths[0]}"] = word
    return planted


def _is_text(field: "models.Field[Any, Any]") -> bool:
    is_text = isinstance(field, models.CharField | models.TextField)
    return (
        is_text and not field.choices and field.name not in ("id_number", "bank_card")
    )


def _write(
    holding: Holding, field: "models.Field[Any, Any]", word: str, world: World
) -> bool:
    # One person may hold several rows in the same table by several paths.
    rows = rows_of(holding, all_of(world.customer.pk))
    short = field.max_length is not None and field.max_length < len(word)
    if short or not rows.exists() or holding.model == "foundation.LoggedEvent":
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            rows.update(**{field.name: word})
    except IntegrityError:
        return False
    return True


def test_given_a_person_when_told_then_sealed_numbers_are_open_and_others_are_numbers(
    world: World,
) -> None:
    tables = told_about(CUSTOMER_LABEL, [world.customer.pk])
    text = json.dumps([one.rows for one in tables], default=str, ensure_ascii=False)
    assert "11010519491231002X" in text
    assert "王芳" in text
    assert world.friend.name not in text
    assert world.owner.name not in text


def _copy(world: World) -> SubjectExport:
    made = request_subject_export(
        world.owner, world.customer, identity=DOCUMENT, at=datetime.now(UTC)
    )
    make_copy(export_id=made.pk)
    made.refresh_from_db()
    return made


def test_given_a_request_when_made_then_the_zip_has_page_tables_and_data(
    world: World,
) -> None:
    made = _copy(world)
    client = Client()
    client.force_login(world.owner)
    answer = client.post(f"/customers/{world.customer.pk}/copies/{made.pk}/")
    bundle = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    names = set(bundle.namelist())
    assert {"data.json", "index.html", "tables/order-customer_id.csv"} <= names
    data = json.loads(bundle.read("data.json"))
    assert data["tables"]["customer-pk"][0]["phone"] == "+8613800138000"
    page = bundle.read("index.html").decode()
    assert "王芳" in page
    assert "我们保存的有关您的数据" in page
    seen = Access.objects.order_by("-pk")[0]
    assert (seen.act, seen.subject_id) == ("export", world.customer.pk)
    assert "id_number" in seen.fields


def test_given_files_when_told_then_their_contents_are_in_the_zip_but_for_malware(
    world: World,
) -> None:
    at, party = world.at, world.customer.pk
    kept = store.keep([b"all about me"])
    good = _file("../../身份证.txt", party, kept.token, "clean", at)
    _file("evil.txt", party, store.keep([b"worm"]).token, "infected", at)
    made = _copy(world)
    path = take_subject_export(world.owner, world.customer, made.pk, at=at)
    with zipfile.ZipFile(path) as bundle:
        names = [name for name in bundle.namelist() if name.startswith("files/")]
        told = f"files/{good.pk}-身份证.txt"
        assert told in names
        assert bundle.read(told) == b"all about me"
        assert not [name for name in names if "evil" in name or ".." in name]
        assert f'href="files/{good.pk}-%E8%BA%AB' in bundle.read("index.html").decode()


def _file(name: str, pk: int, token: str, state: str, at: datetime) -> StoredFile:
    return StoredFile.objects.create(
        kind="customer", record_id=pk, name=name, token=token, state=state, added_at=at
    )


def test_given_somebody_elses_copy_or_one_that_ended_then_it_is_not_given(
    world: World,
) -> None:
    made = _copy(world)
    with pytest.raises(NotVisible):
        take_subject_export(HOUSE, world.customer, made.pk, at=world.at)
    late = world.at + timedelta(days=8)
    with pytest.raises(NotReady):
        take_subject_export(world.owner, world.customer, made.pk, at=late)
    forget_copies(late)
    made.refresh_from_db()
    assert made.path == ""


def test_given_no_scores_in_the_warehouse_when_somebody_is_erased_then_nothing_happens(
    world: World,
) -> None:
    forget_persons([world.customer.pk], [])
