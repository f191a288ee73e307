"""The laws of identity, without a database."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from guanxi.foundation.actor import Depth, Grants, Level, System
from guanxi.identity.events import SignInSecured
from guanxi.identity.rules.grants import covers, merge_grants, within_scopes
from guanxi.identity.rules.token import new_token_text, parse_token
from guanxi.identity.rules.user import is_repetitive, normalize_username

OWN = Grants(depths={"customer.edit": Depth.OWN})
ALL = Grants(depths={"customer.edit": Depth.ALL})
EVERYTHING = Grants(everything=True)


def test_given_two_roles_when_merged_then_the_more_permissive_counts() -> None:
    merged = merge_grants(
        [
            (False, {"customer.edit": 1, "order.read": 5}, {"customer.phone": 1}),
            (False, {"customer.edit": 3}, {"customer.phone": 2, "customer.email": 0}),
        ]
    )
    assert merged.depth("customer.edit") is Depth.TEAM_TREE
    assert merged.depth("order.read") is Depth.ALL
    assert merged.depth("order.edit") is Depth.NONE
    assert merged.level("customer.phone", Level.WRITE) is Level.READ


def test_given_a_level_named_by_one_role_only_when_merged_then_it_still_hides() -> None:
    merged = merge_grants([(False, {}, {"customer.email": 0}), (False, {}, {})])
    assert merged.level("customer.email", Level.WRITE) is Level.HIDDEN


def test_no_roles_allow_nothing() -> None:
    assert merge_grants([]) == Grants()


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        (EVERYTHING, EVERYTHING, True),
        (EVERYTHING, ALL, True),
        (ALL, EVERYTHING, False),
        (ALL, OWN, True),
        (OWN, ALL, False),
        (OWN, OWN, True),
        (OWN, Grants(), True),
        (Grants(), Grants(depths={"customer.edit": Depth.NONE}), True),
    ],
)
def test_covers(wide: Grants, narrow: Grants, *, expected: bool) -> None:
    assert covers(wide, narrow, {}) is expected


def test_given_a_masked_field_when_the_other_sees_it_clear_then_not_covered() -> None:
    masked = Grants(depths=ALL.depths, levels={"customer.phone": Level.MASKED})
    assert not covers(masked, ALL, {"customer.phone": Level.WRITE})
    assert covers(ALL, masked, {"customer.phone": Level.WRITE})
    assert covers(masked, ALL, {"customer.phone": Level.MASKED})


def test_scopes_narrow_but_never_widen() -> None:
    narrowed = within_scopes(OWN, ["customer.edit", "order.read"], [])
    assert narrowed.depth("customer.edit") is Depth.OWN
    assert narrowed.depth("order.read") is Depth.NONE


def test_given_everything_when_scoped_then_all_fields_stay_open() -> None:
    narrowed = within_scopes(EVERYTHING, ["customer.read"], ["customer.phone"])
    assert not narrowed.everything
    assert narrowed.depth("customer.read") is Depth.ALL
    assert narrowed.depth("customer.edit") is Depth.NONE
    assert narrowed.level("customer.phone", Level.MASKED) is Level.WRITE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Zhang.San ", "zhang.san"),
        ("张三", "张三"),
        ("\uff3aHAO\uff11", "zhao1"),
        ("a", ""),
        ("zhang@example.com", ""),
        ("zhang san", ""),
        ("x" * 61, ""),
    ],
)
def test_normalize_username(typed: str, kept: str) -> None:
    assert normalize_username(typed) == kept


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("111111", True),
        ("aaaaaaaaaaaa", True),
        ("ababababab", True),
        ("1231231231", True),
        ("123412341234", False),
        ("four-green-Teapots", False),
        ("1", False),
    ],
)
def test_is_repetitive(password: str, *, expected: bool) -> None:
    assert is_repetitive(password) is expected


def test_a_token_carries_mark_secret_and_checksum() -> None:
    token = new_token_text()
    assert token.text.startswith("gx_")
    assert len(token.text) == 52
    assert token.prefix == token.text[:12]
    assert len(token.digest) == 64
    assert parse_token(token.text) == token
    assert new_token_text() != token


@pytest.mark.parametrize("text", ["", "gx_", "gx_" + "0" * 49, "Bearer x", "gx_é" * 20])
def test_given_no_token_when_parsed_then_none(text: str) -> None:
    assert parse_token(text) is None


def test_given_one_wrong_character_when_parsed_then_none() -> None:
    text = new_token_text().text
    wrong = "b" if text[20] == "a" else "a"
    assert parse_token(text[:20] + wrong + text[21:]) is None


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh-hans", "li.lei 更改了两步验证：移除了通行密钥"),
        ("en", "li.lei changed the two-factor sign-in: removed a passkey"),
    ],
)
def test_changes_of_second_factors_are_told_in_words(language: str, told: str) -> None:
    noon = datetime(2026, 3, 2, 4, tzinfo=UTC)
    event = SignInSecured(
        user_id=1, username="li.lei", change="webauthn_removed", at=noon
    )
    with translation.override(language):
        assert event.told_to(System("test")) == told
