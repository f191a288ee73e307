"""What is sealed opens with its key, at its place, and nowhere else."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from guanxi.foundation.sealing.ring import (
    BadRing,
    Ring,
    Unreadable,
    new_key,
    new_ring,
    read_ring,
    ring,
    written_ring,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLACE = "people.number.7"
RING = new_ring(AT)


@given(st.text())
def test_given_any_text_when_sealed_then_it_opens_at_its_place(text: str) -> None:
    assert RING.open(RING.seal(text, PLACE), PLACE) == text


def test_given_same_text_twice_when_sealed_then_nobody_sees_that_it_is_the_same() -> (
    None
):
    one, other = (RING.seal("11010519491231002X", PLACE) for _ in range(2))
    assert one != other
    assert "11010519491231002X" not in one


@pytest.mark.parametrize(
    "place", ["people.number.8", "people.card.7", "firms.number.7", ""]
)
def test_given_value_moved_elsewhere_when_opened_then_it_stays_closed(
    place: str,
) -> None:
    token = RING.seal("11010519491231002X", PLACE)
    with pytest.raises(Unreadable):
        RING.open(token, place)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"),
        lambda token: token[:-30],
        lambda token: token.partition(".")[0] + ".",
        lambda token: token.partition(".")[0] + ".%%%",
    ],
)
def test_given_spoiled_value_when_opened_then_it_is_refused(spoil) -> None:  # type: ignore[no-untyped-def]  # -- one of the functions above
    with pytest.raises(Unreadable):
        RING.open(spoil(RING.seal("11010519491231002X", PLACE)), PLACE)


def test_given_ring_without_the_key_when_opened_then_it_names_the_key() -> None:
    token = RING.seal("x", PLACE)
    with pytest.raises(Unreadable, match=RING.active):
        new_ring(AT).open(token, PLACE)


def test_given_name_of_another_key_when_opened_then_it_stays_closed() -> None:
    other = new_key(AT)
    both = Ring({**RING.keys, other.id: other}, other.id)
    body = RING.seal("x", PLACE).partition(".")[2]
    with pytest.raises(Unreadable):
        both.open(f"{other.id}.{body}", PLACE)


def test_indexes_tell_equality_in_one_column_and_nothing_beyond() -> None:
    index = RING.index("11010519491231002X", "people.number")
    assert index == RING.index("11010519491231002X", "people.number")
    assert index != RING.index("11010519491231002X", "people.card")
    assert index != RING.index("110105194912310021", "people.number")
    assert index != new_ring(AT).index("11010519491231002X", "people.number")


def test_given_two_keys_when_equality_is_asked_then_under_both() -> None:
    other = new_key(AT)
    both = Ring({**RING.keys, other.id: other}, other.id)
    assert both.indexes("x", "a.b") == [
        RING.index("x", "a.b"),
        Ring({other.id: other}, other.id).index("x", "a.b"),
    ]


def test_given_written_ring_when_read_then_it_is_the_same() -> None:
    assert read_ring(written_ring(RING)) == RING


def test_a_ring_shows_no_key_where_it_is_logged() -> None:
    (key,) = RING.keys.values()
    assert repr(key.secret)[2:-1] not in repr(RING)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"active": "gone"},
        {"keys": [{"id": "a"}]},
        {"keys": "nothing"},
    ],
)
def test_given_damaged_ring_when_read_then_it_is_refused(
    change: dict[str, object],
) -> None:
    with pytest.raises(BadRing):
        read_ring(json.dumps(json.loads(written_ring(RING)) | change))


def test_given_no_json_when_read_then_it_is_refused() -> None:
    with pytest.raises(BadRing):
        read_ring("secret")


def test_given_changed_file_when_asked_then_the_new_keys_are_there(
    tmp_path: Path, settings: Settings
) -> None:
    path = tmp_path / "key-ring.json"
    settings.KEY_RING, settings.KEY_RING_FILE = "", str(path)
    with pytest.raises(BadRing):
        ring()
    path.write_text(written_ring(RING))
    assert ring() == RING
    other = new_ring(AT)
    part = tmp_path / "part"
    part.write_text(written_ring(other))
    os.replace(part, path)
    assert ring() == other
