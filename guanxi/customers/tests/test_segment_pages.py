"""Segments on pages: the builder, lists that filter by one, its removal."""

from collections.abc import Callable

from django.test import Client

from guanxi.customers.commands.segment import (
    change_segment,
    create_segment,
)
from guanxi.customers.models import (
    Customer,
    Segment,
)
from guanxi.customers.queries.consent import house_day
from guanxi.customers.rules.segment import (
    Sharing,
    written_definition,
)
from guanxi.customers.tests.segment_scene import AT, segment_facts
from guanxi.foundation.clock import now
from guanxi.foundation.tables.where import parse
from guanxi.identity.models import User


def test_given_the_builder_then_each_step_is_shown_and_saved(
    manager: User, team: Callable[..., Customer], client: Client
) -> None:
    team("甲", city="上海")
    client.force_login(manager)
    page = client.get("/customers/segments/new/")
    assert page.status_code == 200
    posted = {
        "node": ["0", "1"],
        "joint_0": "and",
        "up_1": "0",
        "key_1": "city",
        "was_1": "city",
        "operator_1": "eq",
        "value_1": "上海",
    }
    more = client.post("/customers/segments/new/", {**posted, "act": "group:0"})
    assert more.content.decode().count('name="node"') == 4
    assert "甲" in more.content.decode()
    fewer = client.post("/customers/segments/new/", {**posted, "act": "remove:1"})
    assert 'value="undo"' in fewer.content.decode()
    preview = client.post("/customers/segments/preview/", posted)
    assert "<strong>1</strong>" in preview.content.decode()
    facts = {"name": "上海", "membership": "dynamic", "sharing": "own"}
    saved = client.post("/customers/segments/new/", {**posted, **facts})
    made = Segment.objects.get()
    assert saved["location"] == f"/customers/segments/{made.pk}/"
    assert made.definition == written_definition(parse("city.eq.上海"))
    assert client.get(f"/customers/segments/{made.pk}/").status_code == 200


def test_given_a_removal_then_undo_brings_it_back(
    manager: User, client: Client
) -> None:
    client.force_login(manager)
    kept = '{"version": 1, "all": [{"field": "city", "is": "eq", "values": ["上海"]}]}'
    page = client.post(
        "/customers/segments/new/",
        {"node": ["0"], "joint_0": "and", "undo": kept, "act": "undo"},
    )
    assert 'value="上海"' in page.content.decode()


def test_given_a_wrong_value_then_the_page_says_it_at_its_condition(
    manager: User, client: Client
) -> None:
    client.force_login(manager)
    posted = {
        "node": ["0", "1"],
        "joint_0": "and",
        "up_1": "0",
        "key_1": "order_count",
        "operator_1": "gte",
        "value_1": "很多",
        "name": "多",
        "membership": "dynamic",
        "sharing": "own",
    }
    page = client.post("/customers/segments/new/", posted)
    assert page.status_code == 422
    assert "“很多”" in page.content.decode()
    assert not Segment.objects.exists()


def test_given_a_segment_then_lists_filter_by_it_for_those_who_see_it(
    manager: User, mate: User, team: Callable[..., Customer], client: Client
) -> None:
    team("甲", city="上海")
    team("乙", city="北京")
    made = create_segment(manager, segment_facts(sharing=Sharing.TEAM), at=AT)
    address = f"/customers/?where=segment.in.({made.pk})"
    for person in (manager, mate):
        client.force_login(person)
        text = client.get(address).content.decode()
        assert "甲" in text
        assert "乙" not in text
    change_segment(manager, made, segment_facts(sharing=Sharing.OWN), at=AT)
    assert client.get(address).status_code == 400


def test_given_a_field_just_chosen_then_what_the_page_proposes_is_counted(
    manager: User, client: Client, team: Callable[..., Customer]
) -> None:
    team("寿星", birth_on=house_day(now()))
    client.force_login(manager)
    posted = {
        "node": ["0", "1"],
        "joint_0": "and",
        "up_1": "0",
        "key_1": "birthday",
        "was_1": "city",
        "operator_1": "eq",
        "act": "redraw",
    }
    page = client.post("/customers/segments/new/", posted).content.decode()
    assert "寿星" in page
    assert "<strong>1</strong>" in page
