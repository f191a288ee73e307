"""The filter language: what is read, what is written, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.foundation.tables.where import (
    NOTHING,
    BadFilter,
    Condition,
    Group,
    Node,
    parse,
    without,
    written_top,
)

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ONE = st.builds(Condition, NAMES, st.just("eq"), st.tuples(TEXTS))
NONE = st.builds(Condition, NAMES, st.just("empty"), st.just(()))
MANY = st.builds(
    Condition,
    NAMES,
    st.just("in"),
    st.lists(TEXTS, min_size=1, max_size=4).map(tuple),
)


def _group(members: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(members, min_size=1, max_size=3).map(tuple)
    return st.builds(Group, st.sampled_from(["and", "or", "not"]), some)


NODES = st.recursive(ONE | NONE | MANY, _group, max_leaves=8)
FILTERS = st.builds(
    Group, st.just("and"), st.lists(NODES, min_size=1, max_size=3).map(tuple)
)


def _depth(node: Node) -> int:
    if isinstance(node, Condition):
        return 0
    return 1 + max(_depth(member) for member in node.members)


@given(FILTERS)
def test_a_written_filter_is_read_back(where: Group) -> None:
    if _depth(where) > 5:
        with pytest.raises(BadFilter):
            parse(written_top(where))
    else:
        assert parse(written_top(where)) == where


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        where = parse(text)
    except BadFilter:
        return
    assert parse(written_top(where)) == where


def test_a_filter_is_read_as_postgrest_writes_it() -> None:
    where = parse(
        "tier.in.(vital,major),or(city.eq.上海,city.like.北京),"
        "last_order_on.before.2026-01-01,owner.empty"
    )
    assert where == Group(
        "and",
        (
            Condition("tier", "in", ("vital", "major")),
            Group(
                "or",
                (
                    Condition("city", "eq", ("上海",)),
                    Condition("city", "like", ("北京",)),
                ),
            ),
            Condition("last_order_on", "before", ("2026-01-01",)),
            Condition("owner", "empty", ()),
        ),
    )


def test_values_may_hold_every_sign_when_quoted() -> None:
    where = parse(r'name.eq."a,b(c)\"d\\e.f"')
    assert where.members == (Condition("name", "eq", ('a,b(c)"d\\e.f',)),)


def test_an_empty_text_filters_nothing() -> None:
    assert parse("  ") == NOTHING
    assert written_top(NOTHING) == ""


def test_a_member_can_be_taken_out() -> None:
    where = parse("a.eq.1,b.eq.2")
    assert written_top(without(where, where.members[0])) == "b.eq.2"


@pytest.mark.parametrize(
    "text",
    [
        "city",
        "city.",
        "city.eq.上海,",
        "city.in.(a",
        'city.eq."a',
        "or(a.eq.1",
        "or()",
        "a.eq.1)",
        "a b.eq.1",
        "or(and(or(and(or(a.eq.1)))))",
        ",".join(["a.eq.1"] * 51),
        "a.eq." + "x" * 12_000,
        "a.eq." + "京" * 1_400,
    ],
)
def test_what_is_malformed_or_too_large_is_refused(text: str) -> None:
    with pytest.raises(BadFilter) as refusal:
        parse(text)
    assert refusal.value.code == "bad_filter"
