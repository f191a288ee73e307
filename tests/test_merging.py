"""What a merge of two customers must not forget, in rooms there are and rooms to come."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import (
    CheckConstraint,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    UniqueConstraint,
)

from guanxi.customers.commands.merge import merge_customers, undo_merge
from guanxi.customers.models import Customer
from guanxi.customers.rules.merge import COLUMNS, COMPUTED, KEPT
from guanxi.foundation.actor import System
from guanxi.foundation.merging.references import forbids_pair, references_to
from guanxi.foundation.rooms import collected
from tests.world import World

HOUSE = System("tests")


def our_models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("guanxi."):
            yield model


def columns() -> Iterator[tuple[str, type[Model], "Field[object, object]"]]:
    for model in our_models():
        for field in model._meta.concrete_fields:
            yield f"{model._meta.label}.{field.attname}", model, field


def remaining() -> set[str]:
    return {f"{one.model}.{one.column}" for one in collected("remains")}


def test_every_key_to_a_customer_follows_or_is_said_to_remain() -> None:
    keys = {
        name
        for name, _model, field in columns()
        if isinstance(field, ForeignKey) and field.related_model is Customer
    }
    known = {one.label for one in references_to(Customer)} | remaining()
    assert keys - known == set()
    assert "sales.Order.customer_id" in keys


def test_every_number_that_is_no_key_is_mentioned_or_said_to_remain() -> None:
    numbers = {
        name
        for name, _model, field in columns()
        if isinstance(field, IntegerField) and not isinstance(field, ForeignKey)
        if field.attname.endswith("_id") and not field.attname.endswith("run_id")
    }
    mentioned = {f"{one.model}.{one.column}" for one in collected("mentions")}
    assert numbers - mentioned - remaining() == set()


def test_what_is_declared_is_there() -> None:
    for one in [*collected("mentions"), *collected("remains")]:
        model = apps.get_model(one.model)
        assert one.column in {f.attname for f in model._meta.concrete_fields}
    assert all(
        field.name in {f.name for f in apps.get_model(one.model)._meta.concrete_fields}
        for one in collected("mentions")
        for field in [apps.get_model(one.model)._meta.get_field(k) for k in one.when]
    )


def test_what_must_be_unique_can_be_settled() -> None:
    """A merge reads unique constraints of columns; one of expressions needs its own way."""
    unsettled = [
        constraint.name
        for reference in references_to(Customer)
        for constraint in reference.model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and constraint.expressions
    ]
    assert unsettled == []


def test_what_two_customers_must_not_share_is_understood() -> None:
    """Where a check speaks of two keys to customers, a merge must know what it forbids."""
    for model in our_models():
        keys = [one.column for one in references_to(Customer) if one.model is model]
        checks = [c for c in model._meta.constraints if isinstance(c, CheckConstraint)]
        names = {f.attname: f.name for f in model._meta.concrete_fields}
        spoken = [
            c for c in checks if sum(names[k] in str(c.condition) for k in keys) > 1
        ]
        if spoken:
            assert forbids_pair(model, keys[0], keys[1]), model


def test_no_customer_points_at_another_but_through_a_relation() -> None:
    own = [
        f.name for f in Customer._meta.concrete_fields if f.related_model is Customer
    ]
    assert own == []


def test_every_column_of_a_customer_is_chosen_computed_or_kept() -> None:
    chosen = {column for both in COLUMNS.values() for column in both}
    told = chosen | COMPUTED | KEPT
    there = {field.attname for field in Customer._meta.concrete_fields}
    assert there - told == set()
    assert told - there == set()


@pytest.mark.django_db
def test_given_a_house_when_merged_then_nothing_speaks_of_the_other_until_undone() -> (
    None
):
    world = World()
    at = datetime.now(UTC)
    before = _picture()
    spoken = _speaking(world.customer.pk)
    assert {"sales.Order.customer_id", "actions.Task.customer_id"} < spoken
    assert {
        "actions.ActionMessage.customer_id",
        "customers.Relation.source_id",
    } < spoken
    pair = (world.friend, world.customer)
    merge = merge_customers(HOUSE, *pair, choices={}, at=at)
    # But the merge itself, which says where the old address leads.
    assert _speaking(world.customer.pk) == {"customers.Merge.gone_id"}
    undo_merge(HOUSE, *pair, merge_id=merge.pk, at=at)
    assert _picture() == before


def _speaking(pk: int) -> set[str]:
    return {
        one.label
        for one in references_to(Customer)
        if one.model._base_manager.filter(**one.when, **{one.column: pk}).exists()
    }


def _picture() -> dict[str, list[str]]:
    """Return every row that a merge may touch, but for versions and what it announced."""
    models = {one.model for one in references_to(Customer)} | {Customer}
    picture = {}
    with connection.cursor() as cursor:
        for model in models - {apps.get_model("customers.Merge")}:
            cursor.execute(
                "SELECT * FROM (SELECT (to_jsonb(t) - 'version')::text AS row"
                f" FROM {model._meta.db_table} t) r"
                " WHERE row NOT LIKE '%%customers.%%Merge%%' ORDER BY row"
            )
            picture[model._meta.label] = [text for (text,) in cursor.fetchall()]
    return picture
