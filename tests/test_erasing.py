"""What erasing a person must not forget, in rooms there are and rooms to come."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Model
from psycopg import sql

from guanxi.customers.commands.erasure import (
    Held,
    Request,
    all_tombstones,
    carry_out,
    erase_again,
    erase_customer,
    request_erasure,
    tombstone_file,
)
from guanxi.customers.commands.limit import lift_limit
from guanxi.customers.models import Customer, Erasure
from guanxi.customers.queries.erasure import all_of
from guanxi.customers.rules.erasure import ErasureReason, IdentityCheck
from guanxi.customers.rules.holding import CUSTOMER_LABEL
from guanxi.customers.rules.limit import LimitKind
from guanxi.foundation.actor import System
from guanxi.foundation.erasing.declared import Covered, Holding, Kept
from guanxi.foundation.erasing.engine import holdings_of, rows_of
from guanxi.foundation.erasing.tombstones import read_tombstones
from guanxi.foundation.models import ImportRun, LoggedEvent, RefusedRow, SavedView
from guanxi.foundation.notices import notify
from guanxi.foundation.policies import Privacy, all_policies, models_of
from guanxi.foundation.rooms import collected
from guanxi.sales.models import Order
from tests.world import World

HOUSE = System("tests")
CANARY = "canary7f3a"
ASKED = Request(
    reason=ErasureReason.REQUEST, identity=IdentityCheck.DOCUMENT, reference="2026-11/3"
)


def our_models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("guanxi."):
            yield model


def declared() -> list[Holding]:
    return list(collected("holdings"))


def impersonal() -> set[str]:
    return {label for one in collected("impersonal") for label in one.models}


def spoken_of(holdings: Iterable[Holding]) -> set[str]:
    loose = {one.model for one in collected("loose")}
    return {one.model for one in holdings} | loose | impersonal()


def test_every_table_is_held_or_said_to_tell_of_nobody() -> None:
    there = {model._meta.label for model in our_models()}
    assert there - spoken_of(declared()) == set()
    assert spoken_of(declared()) - there == set()


@pytest.mark.parametrize(
    "forgotten", ["customers.Note", "sales.Order", "foundation.Access"]
)
def test_given_a_table_of_which_nobody_speaks_then_it_is_found(forgotten: str) -> None:
    there = {model._meta.label for model in our_models()}
    others = [one for one in declared() if one.model != forgotten]
    assert there - spoken_of(others) == {forgotten}


@pytest.mark.django_db
def test_nothing_that_a_policy_calls_personal_is_said_to_tell_of_nobody() -> None:
    for policy in all_policies():
        if any(field.privacy is not Privacy.NONE for field in policy.fields.values()):
            labels = {model._meta.label for model in models_of(policy.kind)}
            told = {
                one for one in labels & impersonal() if not one.startswith("identity.")
            }
            assert told == set(), policy.kind


def test_every_table_with_a_key_to_a_customer_is_held() -> None:
    keys = {
        model._meta.label
        for model in our_models()
        for field in model._meta.concrete_fields
        if field.related_model is Customer
    }
    assert keys - {one.model for one in declared()} == set()


def test_every_column_of_what_stays_is_covered_or_said_to_stay() -> None:
    for one in declared():
        if isinstance(one.fate, Covered):
            columns = {
                f.attname for f in apps.get_model(one.model)._meta.concrete_fields
            }
            told = set(one.fate.values) | set(one.fate.stays)
            assert columns - told == set(), one.model
            assert told - columns == set(), one.model
            assert not set(one.fate.values) & set(one.fate.stays), one.model


def test_what_is_declared_is_there() -> None:
    for one in declared():
        columns = {f.attname for f in apps.get_model(one.model)._meta.concrete_fields}
        assert set(one.untold) <= columns | {"pk"}, one.model
        assert str(one.label)
        if isinstance(one.fate, Kept):
            assert one.fate.why


@pytest.fixture
def world(db: None) -> World:
    return World()


def _free(world: World) -> None:
    lift_limit(HOUSE, world.customer, LimitKind.HOLD, at=world.at)


def _ask(world: World) -> Erasure:
    _free(world)
    return request_erasure(HOUSE, world.customer, ASKED, at=world.at)


def _plant(world: World) -> None:
    """Put a canary into every text of every row about the customer."""
    for holding in holdings_of(CUSTOMER_LABEL):
        if isinstance(holding.fate, Kept):
            continue
        stays = holding.fate.stays if isinstance(holding.fate, Covered) else {}
        for field in apps.get_model(holding.model)._meta.concrete_fields:
            if field.attname not in stays and field.attname not in _NO_TEXT:
                _write(holding, field, world)


# Sealed, or a word that the code reads.
_NO_TEXT = {"id_number", "bank_card", "kind", "name_", "journal", "reasons"}


def _write(holding: Holding, field: "models.Field[Any, Any]", world: World) -> None:
    rows = rows_of(holding, all_of(world.customer.pk))
    if isinstance(field, models.JSONField):
        if holding.model != "foundation.LoggedEvent" or field.name == "changes":
            rows.update(**{field.name: {"was": [CANARY, CANARY]}})
    elif isinstance(field, models.CharField | models.TextField) and not field.choices:
        if holding.model == "foundation.LoggedEvent":
            return  # names of events and of colleagues
        text = CANARY[: field.max_length or len(CANARY)]
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                rows.update(**{field.name: text})
        except IntegrityError:
            return  # one of them has a constraint on what may stand there


def _plant_elsewhere(world: World) -> None:
    """Put the signs of the customer where rows have no key to it."""
    Customer.objects.filter(pk=world.customer.pk).update(
        phone="+8613712345678", email=f"{CANARY}@example.cn"
    )
    folder = Path(settings.FILES_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "list.csv").write_text(f"名称,电话\n{CANARY},137-1234-5678\n")
    ImportRun.objects.filter(pk=world.import_run.pk).update(
        path="imports/list.csv",
        preview={"created": 1, "examples": [[CANARY, "13712345678"]]},
    )
    RefusedRow.objects.create(
        run=world.import_run, index=0, number=2, reason="x", params={"v": "13712345678"}
    )
    SavedView.objects.filter(pk=world.view.pk).update(
        query=f"?q=13712345678&where=email.is.{CANARY}%40example.cn"
    )
    page = f"/customers/{world.customer.pk}/"
    notify(world.owner.pk, "%(name)s", {"name": CANARY}, at=world.at, url=page)


def _dump() -> str:
    """Return every row of every table as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        found = []
        for name in names:
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))
            cursor.execute(query)
            found += [f"{name} {row}" for (row,) in cursor.fetchall()]
    return "\n".join(found)


def _found(text: str) -> list[str]:
    return [
        line[:160]
        for line in text.splitlines()
        if CANARY in line or "13712345678" in line
    ]


def test_given_canaries_in_every_column_when_erased_then_none_is_left(
    world: World,
) -> None:
    _plant(world)
    _plant_elsewhere(world)
    assert len(_found(_dump())) > 20
    erasure = _ask(world)
    carry_out(erasure_id=erasure.pk)
    assert _found(_dump()) == []
    assert not list((Path(settings.FILES_ROOT) / "imports").glob("list.csv"))
    erasure.refresh_from_db()
    assert erasure.done_at is not None
    assert erasure.counts["sales.Order:customer_id"] > 0


def test_given_an_erased_customer_then_orders_stand_under_its_number(
    world: World,
) -> None:
    before = Order.objects.filter(customer=world.customer).count()
    carry_out(erasure_id=_ask(world).pk)
    orders = Order.objects.filter(customer=world.customer).select_related("customer")
    assert orders.count() == before
    assert {order.customer.name for order in orders} == {f"#{world.customer.pk}"}
    events = LoggedEvent.objects.filter(party_id=world.customer.pk)
    placed = events.filter(name="sales.OrderPlaced").first()
    assert placed is not None
    assert placed.payload["number"]
    told = events.filter(name="customers.TagAdded").first()
    assert told is None or told.payload == {"erased": True}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_given_an_erased_customer_when_erased_again_then_nothing_happens(
    world: World,
) -> None:
    erasure = _ask(world)
    carry_out(erasure_id=erasure.pk)
    before = _dump()
    carry_out(erasure_id=erasure.pk)
    assert erase_again(all_tombstones(), at=datetime.now(UTC)) == 0
    assert _dump() == before


def test_given_a_legal_hold_when_erased_then_refused(world: World) -> None:
    with pytest.raises(Held):
        request_erasure(HOUSE, world.customer, ASKED, at=world.at)
    erasure = _ask(world)
    world.hold(LimitKind.HOLD)
    with pytest.raises(Held):
        erase_customer(HOUSE, erasure, at=world.at)
    assert Customer.objects.get(pk=world.customer.pk).name == "王芳"


def test_given_a_merged_customer_when_erased_then_both_records_are(
    world: World,
) -> None:
    assert all_of(world.friend.pk) == sorted([world.friend.pk, world.merged.pk])
    erasure = request_erasure(HOUSE, world.friend, ASKED, at=world.at)
    carry_out(erasure_id=erasure.pk)
    both = Customer.objects.filter(pk__in=[world.friend.pk, world.merged.pk])
    assert {one.name for one in both} == {f"#{world.friend.pk}", f"#{world.merged.pk}"}
    assert not Customer.objects.kept().filter(pk__in=both).exists()
    assert not Customer.objects.trashed().filter(pk__in=both).exists()


def test_given_a_crash_before_the_end_when_begun_anew_then_it_comes_to_the_same_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plant(world)
    erasure = _ask(world)

    class Killed(BaseException):
        pass

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("guanxi.customers.commands.erasure.publish", die)
        with pytest.raises(Killed):
            carry_out(erasure_id=erasure.pk)
    # The tombstone is there first: what was asked for is done whatever happens.
    assert world.customer.pk in {one.pk for one in read_tombstones(tombstone_file())}
    assert Customer.objects.get(pk=world.customer.pk).erased_at is None
    carry_out(erasure_id=erasure.pk)
    assert _found(_dump()) == []


def test_given_an_older_backup_then_whoever_was_erased_is_erased_again(
    world: World,
) -> None:
    _free(world)
    with transaction.atomic():
        _plant(world)
        erasure = request_erasure(HOUSE, world.customer, ASKED, at=world.at)
        carry_out(erasure_id=erasure.pk)
        transaction.set_rollback(True)  # the state of the older backup
    _plant(world)
    stones = [one for one in all_tombstones() if one.pk == world.customer.pk]
    assert erase_again(stones, at=datetime.now(UTC)) == 1
    assert _found(_dump()) == []
    again = Erasure.objects.get(customer=world.customer)
    assert (again.reason, again.reference) == ("request", "2026-11/3")
    # Another record that got the number since is somebody else.
    since = "2020-01-01T00:00:00+00:00"
    other = replace(stones[0], pk=world.friend.pk, made_at=since)
    assert erase_again([other], at=datetime.now(UTC)) == 0


def test_a_tombstone_tells_of_nobody(world: World) -> None:
    carry_out(erasure_id=_ask(world).pk)
    text = tombstone_file().read_text()
    assert "王芳" not in text
    assert "13800138000" not in text
