# ruff: noqa: RUF001 -- full-width characters are what is tested
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.foundation.emails import (
    InvalidEmail,
    mask_email,
    normalize_email,
    parse_email,
)

ISEMAIL = Path(__file__).parents[4] / "shared/fixtures/corpora/isemail/tests.xml"
ORDINARY = ("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN")
# Ordinary to the corpus, refused here: no dot, top domains of one letter or with a
# hyphen, and one octet more than a mail path can hold.
REFUSED_ORDINARY = {"5", "13", "33", "37"}


@pytest.mark.parametrize(
    ("text", "address", "key"),
    [
        ("Zhang.San@QQ.com", "Zhang.San@qq.com", "zhang.san@qq.com"),
        ("张三 <z@qq.com>", "z@qq.com", "z@qq.com"),
        ("mailto:a+b@b.cn", "a+b@b.cn", "a+b@b.cn"),
        (" ｚ＠ｑｑ．ｃｏｍ\n", "z@qq.com", "z@qq.com"),
        ("z@qq。com", "z@qq.com", "z@qq.com"),
        ("a@bücher.de", "a@xn--bcher-kva.de", "a@xn--bcher-kva.de"),
        (
            "张三@例子.中国",
            "张三@xn--fsqu00a.xn--fiqs8s",
            "张三@xn--fsqu00a.xn--fiqs8s",
        ),
    ],
)
def test_accepted(text: str, address: str, key: str) -> None:
    email = parse_email(text)

    assert (email.address, email.key) == (address, key)
    assert normalize_email(text) == key


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("zhang", "form"),
        ("a@b", "form"),
        ("a b@c.com", "form"),
        ('"a b"@c.com', "form"),
        ("a@[1.2.3.4]", "form"),
        ("a@1.2.3.4", "form"),
        ("a..b@c.com", "form"),
        (".a@c.com", "form"),
        ("a@c.com, b@c.com", "form"),
        ("a@c.com\nBcc: x@y.com", "form"),
        ("a(comment)@c.com", "form"),
        ("a@-c.com", "form"),
        (f"{'a' * 65}@c.com", "too_long"),
        (f"{'张' * 22}@c.com", "too_long"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidEmail) as refusal:
        parse_email(text)

    assert refusal.value.code == code


def _is_accepted(text: str) -> bool:
    try:
        parse_email(text)
    except InvalidEmail:
        return False
    return True


@pytest.mark.skipif(not ISEMAIL.exists(), reason="shared fixtures are not here")
def test_published_corpus_follows_the_policy() -> None:
    wrong = []
    for case in ET.parse(ISEMAIL).iter("test"):
        raw = case.findtext("address") or ""
        text = "".join(chr(ord(c) - 0x2400) if "␀" <= c <= "␟" else c for c in raw)
        if text != text.strip():  # blanks around an address are a slip of the hand
            continue
        is_ordinary = case.findtext("category") in ORDINARY
        if _is_accepted(text) != (
            is_ordinary and case.get("id") not in REFUSED_ORDINARY
        ):
            wrong.append((case.get("id"), text))

    assert wrong == []


@given(st.emails())
def test_ordinary_addresses_keep_their_meaning(text: str) -> None:
    if _is_accepted(text):
        assert parse_email(parse_email(text).address) == parse_email(text)


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    if _is_accepted(text):
        assert normalize_email(normalize_email(text)) == normalize_email(text)


def test_mask_keeps_first_letter_and_domain() -> None:
    assert mask_email("zhang@qq.com") == "z***@qq.com"
    assert mask_email("") == "***"
