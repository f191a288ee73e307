"""Compiled queries answer as queries do, whatever they are asked with."""

import gc
import weakref
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length
from django.test.utils import CaptureQueriesContext

from guanxi.foundation.actor import Actor, Grants
from guanxi.foundation.compiled import asked, asked_by, asked_once
from guanxi.foundation.models import LoggedEvent

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def events() -> list[LoggedEvent]:
    """Four events, an hour apart."""
    return LoggedEvent.objects.bulk_create(
        LoggedEvent(name=name, at=NOON + timedelta(hours=i), subject_id=i or None)
        for i, name in enumerate("甲乙丙丁")
    )


def _later(at: datetime, **more: Any) -> "QuerySet[LoggedEvent]":
    return LoggedEvent.objects.filter(at__gt=at, **more).order_by("-at")


def _measured(pk: int) -> "QuerySet[Any]":
    return LoggedEvent.objects.filter(pk=pk).annotate(letters=Length("name"))


def _letters(pk: int) -> "QuerySet[Any]":
    return _measured(pk).values("name", "letters")


def test_other_values_are_filled_in(events: list[LoggedEvent]) -> None:
    kept: dict[Hashable, Any] = {}
    for event in events:
        found = asked(kept, (), _later, at=event.at, pk__gte=events[2].pk)
        assert found == list(_later(event.at, pk__gte=events[2].pk))
    assert len(kept) == 1


def test_a_missing_value_is_a_query_of_its_own(events: list[LoggedEvent]) -> None:
    kept: dict[Hashable, Any] = {}
    named = {
        subject: asked(kept, (), _later, at=NOON - timedelta(1), subject_id=subject)
        for subject in (1, None, 2)
    }
    assert named == {1: [events[1]], None: [events[0]], 2: [events[2]]}
    assert len(kept) == 2


def test_rows_of_values_and_annotations_come_whole(events: list[LoggedEvent]) -> None:
    for event in events:
        (found,) = asked({}, (), _measured, pk=event.pk)
        assert (found, found.letters) == (event, 1)
        (row,) = asked({}, (), _letters, pk=event.pk)
        assert row == {"name": event.name, "letters": 1}


def test_a_number_too_large_for_its_column_finds_nothing(
    events: list[LoggedEvent],
) -> None:
    kept: dict[Hashable, Any] = {}
    for pk, letters in ((events[0].pk, [1]), (2**63, []), (-(2**70), [])):
        assert [row.letters for row in asked(kept, (), _measured, pk=pk)] == letters
    assert len(kept) == 1


def test_nothing_is_asked_where_nothing_can_be_found(
    events: list[LoggedEvent],
) -> None:
    with CaptureQueriesContext(connection) as questions:
        found = asked(
            {}, (), lambda at: _later(at, pk__in=[]), at=NOON - timedelta(days=1)
        )
    assert (found, len(questions)) == ([], 0)


def test_a_value_that_goes_another_way_is_refused(events: list[LoggedEvent]) -> None:
    def build(place: int) -> "QuerySet[LoggedEvent]":
        return LoggedEvent.objects.filter(pk=F("pk") + 0)[: place % 3 + 1]

    with pytest.raises(ValueError, match="comparison"):
        asked({}, (), build, place=2)


def test_fixed_words_stand_in_the_statement_and_values_do_not(
    events: list[LoggedEvent],
) -> None:
    with CaptureQueriesContext(connection) as questions:
        for name in ("甲", "100%", "'; --"):
            asked({}, (), lambda name: _later(NOON, name=name, kind="order"), name=name)
    kept: dict[Hashable, Any] = {}
    asked(kept, (), lambda name: _later(NOON, name=name, kind="order"), name="甲")
    (compiled,) = kept.values()
    assert "'order'" in compiled.sql
    assert [name for _parameter, name in compiled.parameters] == ["", "name"]
    assert len(questions) == 3


@dataclass
class Person:
    """Somebody with grants, a number and teams."""

    grants: Grants
    actor_id: int | None
    team_ids: frozenset[int] = frozenset()
    team_id: int | None = None
    actor_name: str = ""


def _of(viewer: Actor, *, name: str) -> "QuerySet[LoggedEvent]":
    own = Q(party_id=viewer.actor_id) if viewer.actor_id else Q(pk__in=[])
    teams = Q(subject_id__in=sorted(viewer.team_ids))
    return LoggedEvent.objects.filter(own | teams, name=name).order_by("pk")


def test_those_with_the_same_grants_share_a_query_and_each_sees_his_own() -> None:
    LoggedEvent.objects.bulk_create(
        LoggedEvent(name=name, at=NOON, party_id=party, subject_id=team)
        for name in "甲乙"
        for party in (1, 2, 32_767, 40_000)
        for team in (3, 4, 5)
    )
    grants = Grants()
    people = [
        Person(grants, 1, frozenset({4, 3})),
        Person(grants, 2, frozenset({3, 5})),
        Person(grants, 40_000, frozenset({5, 4})),
        Person(grants, 2),
        Person(grants, None, frozenset({5})),
    ]
    for person in people:
        for name in "甲乙":
            found = asked_by(person, _of, name=name)
            assert found
            assert found == list(_of(person, name=name))
    # Of two teams, of none, and of one without a number.
    assert len(grants.worked_out) == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_does_not_hold_the_connection_of_a_thread() -> None:
    kept: dict[Hashable, Any] = {}
    seen: list[weakref.ref[Any]] = []

    def ask() -> None:
        asked(kept, (), _later, at=NOON)
        seen.append(weakref.ref(connections[connection.alias]))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    gc.collect()
    assert kept
    assert seen[0]() is None


def test_within_one_page_a_question_is_asked_once_and_then_anew(
    events: list[LoggedEvent],
) -> None:
    kept: dict[Hashable, Any] = {}
    with asked_once(), CaptureQueriesContext(connection) as queries:
        first = asked(kept, (), _later, at=events[1].at)
        assert asked(kept, (), _later, at=events[1].at) == first
        assert len(asked(kept, (), _later, at=events[2].at)) == 1
    assert len(queries) == 2
    LoggedEvent.objects.filter(pk=events[3].pk).delete()
    with asked_once():
        assert asked(kept, (), _later, at=events[1].at) == [events[2]]
