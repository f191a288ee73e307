"""Announced facts: written with the change, and each effect happens once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from guanxi.foundation import events
from guanxi.foundation.events import Event, deliver, deliver_all, publish, publish_all
from guanxi.foundation.models import LoggedEvent, Notice
from guanxi.foundation.notices import notify
from guanxi.identity.tests.factories import make_user

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class BellRung(Event):
    """Somebody rang."""

    user_id: int


def ring(event: BellRung) -> None:
    """Leave an effect that can be counted."""
    notify(event.user_id, "Ring", {}, at=event.at)


def cheer(event: BellRung) -> None:
    """Leave another one."""
    notify(event.user_id, "Hurray", {}, at=event.at)


class Mood:
    """A handler that fails for one user as long as it is bad."""

    def __init__(self) -> None:
        self.fails_for = 0
        self.__name__ = "grumble"

    def __call__(self, event: BellRung) -> None:
        """Write, then perhaps fail: what was written must go with the failure."""
        notify(event.user_id, "Grumble", {}, at=event.at)
        if event.user_id == self.fails_for:
            raise ConnectionError


@pytest.fixture
def heard_by(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., None]:
    """Give a function that lets handlers hear of rung bells."""
    return lambda *handlers: monkeypatch.setitem(
        events._handlers, BellRung.event_name(), list(handlers)
    )


def _rung(user_id: int) -> BellRung:
    return BellRung(user_id=user_id, at=NOON)


def _queued() -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs ORDER BY id")
        return [json.loads(args) for (args,) in cursor.fetchall()]


def _notices(user_id: int) -> list[str]:
    found = Notice.objects.filter(user_id=user_id)
    return [notice.name for notice in found.order_by("pk")]


def test_a_fact_and_its_deliveries_are_written_together(
    heard_by: Callable[..., None],
) -> None:
    heard_by(ring, cheer)
    row = publish(_rung(7))
    assert row.payload == {"user_id": 7}
    assert _queued() == [
        {"event_id": row.pk, "handler": "foundation.ring"},
        {"event_id": row.pk, "handler": "foundation.cheer"},
    ]


def test_given_a_change_that_fails_then_nothing_was_announced(
    heard_by: Callable[..., None],
) -> None:
    def ring_and_fail() -> None:
        with transaction.atomic():
            publish(_rung(7))
            raise ConnectionError

    heard_by(ring)
    with pytest.raises(ConnectionError):
        ring_and_fail()
    assert not LoggedEvent.objects.filter(name=BellRung.event_name()).exists()
    assert _queued() == []


def test_given_a_delivery_twice_then_its_effect_happens_once(
    heard_by: Callable[..., None],
) -> None:
    heard_by(ring, cheer)
    user = make_user()
    row = publish(_rung(user.pk))
    for _time in range(2):
        deliver(event_id=row.pk, handler="foundation.ring")
    assert _notices(user.pk) == ["Ring"]


def test_given_a_handler_that_fails_then_it_leaves_nothing_and_may_try_again(
    heard_by: Callable[..., None],
) -> None:
    mood, user = Mood(), make_user()
    heard_by(mood)
    row = publish(_rung(user.pk))
    mood.fails_for = user.pk
    with pytest.raises(ConnectionError):
        deliver(event_id=row.pk, handler="foundation.grumble")
    assert _notices(user.pk) == []

    mood.fails_for = 0
    deliver(event_id=row.pk, handler="foundation.grumble")
    assert _notices(user.pk) == ["Grumble"]


def test_given_one_of_many_that_fails_then_the_others_are_delivered(
    heard_by: Callable[..., None],
) -> None:
    mood, (first, second) = Mood(), (make_user(), make_user())
    heard_by(mood, cheer)
    publish_all([_rung(first.pk), _rung(second.pk)])
    ((job),) = _queued()
    pks = job["event_ids"]
    assert isinstance(pks, list)
    mood.fails_for = first.pk
    with pytest.raises(ConnectionError):
        deliver_all(event_ids=pks)
    assert _notices(first.pk) == ["Hurray"]
    assert _notices(second.pk) == ["Grumble", "Hurray"]

    mood.fails_for = 0
    deliver_all(event_ids=pks)
    assert _notices(first.pk) == ["Hurray", "Grumble"]
    assert _notices(second.pk) == ["Grumble", "Hurray"]
