"""Who changes the log of who saw what is found out, and the first row he changed is named."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import Settings

from guanxi.config import key_ring
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.access_log import chain, seal, verify
from guanxi.foundation.actor import System
from guanxi.foundation.audit import record_access
from guanxi.foundation.models import (
    Access,
    AccessCheck,
    AccessStretch,
    AccessWaiting,
    LoggedEvent,
)
from guanxi.foundation.sealing import rotation
from guanxi.foundation.sealing.ring import read_ring, ring, written_ring
from guanxi.foundation.wiring import room
from guanxi.identity.tests.factories import make_administrator

HOUSE = System("tests")
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
LATER = NOON + timedelta(days=40)

pytestmark = pytest.mark.django_db


def saw(*pks: int, at: datetime = NOON, reason: str = "") -> int:
    """Write a row of the log; return its number."""
    fields = ["phone", "name"]
    record_access(
        HOUSE, "view", "customer", fields=fields, pks=pks, at=at, reason=reason
    )
    return Access.objects.latest("pk").pk


def by_hand(statement: str, *values: int) -> None:
    """Write in the database as somebody does who knows what keeps him off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL guanxi.access_log = 'open'")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL guanxi.access_log = ''")


@pytest.fixture
def chained() -> list[int]:
    """Six rows in two stretches."""
    first = [saw(1), saw(2, 3, reason="来电核对"), saw(4)]
    seal.seal(NOON)
    second = [saw(5), saw(6), saw(7)]
    seal.seal(NOON)
    return first + second


@pytest.fixture
def head_file(settings: Settings, tmp_path: Path) -> Path:
    """Keep the end of the chain in a data folder."""
    path = tmp_path / "head.json"
    settings.ACCESS_HEAD_FILE = str(path)
    return path


def test_given_rows_when_sealed_then_each_covers_the_one_before_and_all_holds(
    chained: list[int],
) -> None:
    first, second = AccessStretch.objects.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert first.access_ids + second.access_ids == chained
    assert bytes(second.before) == bytes(first.digest) == bytes(first.digests[2])
    rows = [chain.noted(row) for row in Access.objects.order_by("pk")[:2]]
    one = chain.link(chain.BEGINNING, chained[0], rows[0])
    assert bytes(first.digests[1]) == chain.link(one, chained[1], rows[1])
    assert not AccessWaiting.objects.exists()
    assert verify.verify() == verify.Verdict(6, 2, number=2)


@pytest.mark.parametrize("position", [0, 2, 3, 5])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE foundation_access SET reason = '别的' WHERE id = %s",
        "UPDATE foundation_access SET actor_name = '别人' WHERE id = %s",
        "UPDATE foundation_access SET at = at + interval '1 microsecond' WHERE id = %s",
        "UPDATE foundation_access SET subject_ids = '{9,8}' WHERE id = %s",
        "UPDATE foundation_access SET fields = '[]' WHERE id = %s",
        "UPDATE foundation_access SET rows = 0 WHERE id = %s",
        "DELETE FROM foundation_access WHERE id = %s",
    ],
)
def test_given_row_changed_or_deleted_then_it_is_named(
    chained: list[int], position: int, change: str
) -> None:
    by_hand(change, chained[position])
    by_hand(change, chained[5])

    found = verify.verify()

    assert (found.flaw, found.row) == ("row", chained[position])
    assert str(chained[position]) in found.told


def test_given_two_rows_that_changed_places_then_the_first_is_named(
    chained: list[int],
) -> None:
    by_hand("UPDATE foundation_access SET id = 0 WHERE id = %s", chained[1])
    by_hand(
        "UPDATE foundation_access SET id = %s WHERE id = %s", chained[1], chained[4]
    )
    by_hand("UPDATE foundation_access SET id = %s WHERE id = 0", chained[4])
    assert verify.verify().row == chained[1]


_COPY = """
    INSERT INTO foundation_access (at, actor_id, actor_name, act, kind, subject_id,
        subject_ids, fields, rows, reason)
    SELECT at, actor_id, '别人', act, kind, subject_id, subject_ids, fields, rows, reason
    FROM foundation_access WHERE id = %s RETURNING id
"""


def test_given_row_put_in_then_it_is_named_whether_or_not_it_was_queued(
    chained: list[int],
) -> None:
    by_hand(_COPY, chained[2])
    false = Access.objects.latest("pk").pk
    assert verify.verify().flaw == "stranger"
    assert verify.verify().row == false

    by_hand("INSERT INTO foundation_accesswaiting VALUES (%s, 'a.test.b')", false)
    assert (verify.verify().flaw, verify.verify().row) == ("row", false)
    seal.seal(LATER)
    assert (verify.verify().flaw, verify.verify().row) == ("row", false)


def test_given_row_changed_before_it_was_sealed_then_it_is_named() -> None:
    _first, second, third = saw(1), saw(2), saw(3)
    by_hand("DELETE FROM foundation_access WHERE id = %s", third)
    by_hand("UPDATE foundation_access SET subject_id = 9 WHERE id = %s", second)
    assert verify.verify().row == second
    seal.seal(NOON)
    assert AccessStretch.objects.get().doubtful == [second, third]
    assert verify.verify().row == second


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM foundation_accessstretch WHERE number = 1",
        "UPDATE foundation_accessstretch SET doubtful = '{1}' WHERE number = 2",
        "UPDATE foundation_accessstretch SET number = 7 WHERE number = 2",
        "UPDATE foundation_accessstretch SET cut_at = now() WHERE number = 1",
        "UPDATE foundation_accessstretch SET digests = digests[1:2] WHERE number = 1",
        "UPDATE foundation_accessstretch SET signature = 'test.' WHERE number = 2",
    ],
)
def test_given_stretch_changed_then_it_is_found(
    chained: list[int], change: str
) -> None:
    by_hand(change)
    assert verify.verify().flaw == "stretch"


def test_given_rows_rewritten_with_digests_but_no_key_then_it_is_found(
    chained: list[int],
) -> None:
    """Anybody can compute digests; nobody can sign them without the key."""
    by_hand("DELETE FROM foundation_access WHERE id = %s", chained[5])
    by_hand(
        "UPDATE foundation_accessstretch SET access_ids = access_ids[1:2],"
        " digests = digests[1:2], digest = digests[2] WHERE number = 2"
    )
    assert (verify.verify().flaw, verify.verify().number) == ("stretch", 2)


def test_given_end_taken_away_then_the_data_folder_knows_it(
    head_file: Path, chained: list[int]
) -> None:
    assert verify.verify().flaw == ""
    by_hand("DELETE FROM foundation_access WHERE id >= %s", chained[3])
    by_hand("DELETE FROM foundation_accessstretch WHERE number = 2")
    assert (verify.verify().flaw, verify.verify().number) == ("end", 2)
    # What is written from now on does not hide it.
    saw(8)
    seal.seal(NOON)
    assert verify.verify().flaw == "end"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE foundation_access SET reason = ''",
        "DELETE FROM foundation_access",
        "UPDATE foundation_accessstretch SET doubtful = '{}'",
        "DELETE FROM foundation_accessstretch",
    ],
)
def test_the_application_changes_nothing_by_accident(
    chained: list[int], statement: str
) -> None:
    with (
        pytest.raises(DatabaseError, match="only ever added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Access.objects.count() == 6


def test_given_old_stretches_when_cut_then_whole_ones_go_and_the_rest_hangs_on() -> (
    None
):
    saw(1)
    saw(2)
    seal.seal(NOON)
    saw(3, at=NOON)
    saw(4, at=LATER)
    seal.seal(LATER)
    saw(5, at=LATER)
    seal.seal(LATER)

    seal.cut(NOON + timedelta(days=1), LATER)

    assert Access.objects.count() == 3
    anchor = AccessStretch.objects.earliest("number")
    assert (anchor.number, anchor.access_ids, anchor.cut_at) == (1, [], LATER)
    assert verify.verify() == verify.Verdict(3, 3, number=3)
    seal.cut(LATER + timedelta(days=1), LATER)
    assert not Access.objects.exists()
    assert AccessStretch.objects.get().number == 3
    saw(6)
    seal.seal(LATER)
    assert verify.verify().flaw == ""


def test_given_stretch_that_was_changed_then_it_is_not_cut_off(
    chained: list[int],
) -> None:
    by_hand("UPDATE foundation_access SET rows = 0 WHERE id = %s", chained[0])
    seal.cut(LATER, LATER)
    assert Access.objects.count() == 6
    assert verify.verify().row == chained[0]


def test_given_new_key_then_stretches_are_signed_anew_and_the_old_one_may_go(
    chained: list[int], settings: Settings
) -> None:
    grown = key_ring.with_new_key(ring(), at=LATER)
    settings.KEY_RING = written_ring(grown)
    assert rotation.uses() == {"test": 2}
    assert rotation.turn_over(ring()) == 2
    assert rotation.uses() == {grown.active: 2}
    only = replace(grown, keys={grown.active: grown.keys[grown.active]})
    settings.KEY_RING = written_ring(only)
    assert read_ring(settings.KEY_RING).active == grown.active
    assert verify.verify().flaw == ""


def test_given_check_that_finds_a_flaw_then_it_is_announced_once(
    chained: list[int],
) -> None:
    verify.check(NOON)
    assert not LoggedEvent.objects.exists()
    by_hand("DELETE FROM foundation_access WHERE id = %s", chained[1])

    verify.check(LATER)
    verify.check(LATER)

    assert LoggedEvent.objects.get().name == "foundation.AccessLogBroken"
    assert AccessCheck.objects.latest("pk").row == chained[1]
    assert verify.since_last_check().row == chained[1]


def test_given_full_check_then_the_doctor_looks_only_at_what_is_newer(
    chained: list[int],
) -> None:
    verify.check(NOON)
    saw(8)
    seal.seal(LATER)
    assert verify.since_last_check().rows == 1
    assert verify.waiting_since() is None
    saw(9, at=LATER)
    assert verify.waiting_since() == LATER


def test_the_clock_seals_and_checks() -> None:
    called = {function for due in room.clock.values() for function in due}
    assert {seal.seal, verify.check} <= called


@pytest.fixture
def shut_log(transactional_db: None) -> Iterator[None]:
    """Make the log unwritable, as a full disk does."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_accesswaiting RENAME TO away")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE away RENAME TO foundation_accesswaiting")


def test_given_log_that_cannot_be_written_then_nothing_protected_is_shown(
    shut_log: None,
) -> None:
    customer = make_customer("王芳", phone="13800138000")
    client = Client()
    client.force_login(make_administrator())
    for address in (
        "/customers/",
        f"/customers/{customer.pk}/",
        "/customers/?export=csv",
    ):
        answer = client.get(address)
        told = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 400
        assert "13800138000" not in told.decode()
        assert "138 0013 8000" not in told.decode()
    assert not Access.objects.exists()
