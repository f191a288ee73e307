"""Rows in bulk: what is written is read back, whatever it holds."""

from datetime import UTC, datetime
from enum import StrEnum

import pytest
from django.db import connection

from guanxi.foundation.bulk import array, copy_rows, reserve_ids
from guanxi.foundation.models import LoggedEvent

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


class Word(StrEnum):
    """A text that is not exactly a ``str``."""

    BROKEN = "a\tb\\c"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["张伟", "", "a\tb", "a\nb\r\nc", r"C:\New", r"\N", r"\.", "\\", "\u2028", Word.BROKEN],
)  # fmt: skip
def test_given_any_text_when_copied_then_it_is_read_back(text: str) -> None:
    rows = [(text, None, 7), ("plain", 3, None)]

    copy_rows(
        LoggedEvent,
        ("actor_name", "party_id", "subject_id"),
        rows,
        {"name": "test", "at": NOON, "kind": text, "payload": "{}", "changes": "{}"},
    )

    kept = LoggedEvent.objects.order_by("id").values_list(
        "actor_name", "party_id", "subject_id", "kind", "at"
    )
    assert list(kept) == [
        (str(text), None, 7, str(text), NOON),
        ("plain", 3, None, str(text), NOON),
    ]


@pytest.mark.django_db
def test_given_ids_reserved_then_they_rise_and_nobody_else_gets_them() -> None:
    first, second = reserve_ids(LoggedEvent, 3), reserve_ids(LoggedEvent, 2)
    event = LoggedEvent.objects.create(name="test", at=NOON)

    assert reserve_ids(LoggedEvent, 0) == []
    assert first == list(range(first[0], first[0] + 3))
    assert second == [first[-1] + 1, first[-1] + 2]
    assert event.pk == second[-1] + 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "texts",
    [[], ["张伟"], ["", "NULL", "{}", "a,b"], ['say "hi"', "b"], ["C:\\New", "\\", '"'], ["a\nb", "'"]],
)  # fmt: skip
def test_given_any_texts_when_sent_as_an_array_then_the_database_reads_them(
    texts: list[str],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [array(texts)])
        assert cursor.fetchone() == (texts,)


@pytest.mark.django_db
def test_given_ids_when_sent_as_an_array_then_they_are_numbers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 7 = ANY(%s), 8 = ANY(%s)", [array([5, 7]), array({5, 7})]
        )
        assert cursor.fetchone() == (True, False)
