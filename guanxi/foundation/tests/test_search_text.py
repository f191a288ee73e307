# ruff: noqa: RUF001 -- full-width characters are what is tested
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.foundation.search_text import (
    is_phone_like,
    like_pattern,
    like_patterns,
    search_text,
    span_of,
)


def test_every_field_is_led_by_one_blank() -> None:
    assert search_text("张伟", "", "ＡＢＣ  Co\n", "13800138000") == (
        " 张伟 abc co 13800138000"
    )
    assert search_text() == ""
    assert search_text("\0") == ""


@pytest.mark.parametrize(
    ("query", "patterns"),
    [
        ("张伟", ("% 张伟%",)),
        ("张伟明", ("%张伟明%",)),
        ("zs", ("% zs%",)),
        ("Zhang Yi", ("%zhang%", "%yi%")),
        ("138 0013", ("%1380013%",)),
        ("+86 138-0013", ("%1380013%",)),
        ("2024-00123", ("%2024-00123%",)),
        ("00004", ("%00004%",)),
        ("50%_\\", (r"%50\%\_\\%",)),
        ("", ()),
        ("  ", ()),
    ],
)
def test_patterns(query: str, patterns: tuple[str, ...]) -> None:
    assert like_patterns(query) == patterns


def test_single_word() -> None:
    assert like_pattern("伟") == "% 伟%"
    assert like_pattern("") == "%"


@pytest.mark.parametrize("query", ["138", "(010) 8888", "+86 138-0013", "１３８"])
def test_fragment_of_a_number(query: str) -> None:
    assert is_phone_like(query)


@pytest.mark.parametrize("query", ["12", "A138", "张138", "2024-00123", ""])
def test_not_a_number(query: str) -> None:
    assert not is_phone_like(query)


@given(st.text(), st.text(min_size=1))
def test_what_was_stored_is_found(field: str, other: str) -> None:
    stored = search_text(field, other)
    for pattern in like_patterns(field):
        wanted = (
            pattern[1:-1].replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")
        )
        assert is_phone_like(field) or wanted in stored


@pytest.mark.parametrize("text", ["zhang", "SO-2024", "张", "𠮷"])
def test_what_begins_so_lies_between_first_and_last(text: str) -> None:
    first, last = span_of(text)
    for end in ("", "0", "~", "伟", "𠮷𠮷"):
        assert first.encode() <= (text + end).encode() <= last.encode()
    assert not first <= text[:-1] <= last
    assert not first <= chr(ord(text[-1]) + 1) <= last
