"""Pairs found by the run over the whole base, and what people say about them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from guanxi.customers.commands.duplicate_pair import (
    StoredPairs,
    dismiss_pair,
    reopen_pair,
    store_pairs,
)
from guanxi.customers.commands.merge import merge_customers, undo_merge
from guanxi.customers.models import Customer, DuplicatePair
from guanxi.customers.queries.duplicate_pair import (
    duplicate_pairs,
    open_pair_of,
    reasons_told,
)
from guanxi.customers.tests.factories import make_customer, make_pair
from guanxi.foundation.actor import Level, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
LATER = NOON + timedelta(days=1)


@pytest.fixture
def three(owner: User) -> list[Customer]:
    """Three customers of the owner."""
    facts: Any = {"owner": owner, "team": owner.team}
    return [make_customer(name, **facts) for name in ("张伟", "张卫", "张威")]


def _line(
    one: Customer, other: Customer, *, score: int = 90, marks: str = "a,b"
) -> bytes:
    return f"{one.pk},{other.pk},{score},name phone,{marks}\n".encode()


def _stored(lines: Iterable[bytes]) -> StoredPairs:
    return store_pairs(HOUSE, lines, at=LATER)


def test_given_found_pairs_when_stored_again_then_only_differences_are_written(
    three: list[Customer],
) -> None:
    one, two, three_ = three
    assert _stored([_line(one, two), _line(one, three_)]) == StoredPairs(2, 0, 0)
    assert _stored([_line(one, two), _line(one, three_)]) == StoredPairs(0, 0, 0)
    found = _stored([_line(one, two, score=70), _line(two, three_)])
    assert found == StoredPairs(added=1, changed=1, gone=1)
    scores = DuplicatePair.objects.order_by("one", "other").values_list(
        "score", "reasons"
    )
    assert list(scores) == [(70, ["name", "phone"]), (90, ["name", "phone"])]


def test_given_not_the_same_when_found_again_then_it_waits_for_a_change(
    three: list[Customer], owner: User
) -> None:
    one, two, _other = three
    _stored([_line(one, two)])
    dismiss_pair(owner, two, one, at=LATER)
    assert open_pair_of(owner, one.pk, two.pk) is None
    _stored([_line(one, two, score=80)])
    assert DuplicatePair.objects.get().state == "different"
    _stored([])
    assert DuplicatePair.objects.get().state == "different"
    _stored([_line(one, two, marks="a,c")])
    assert DuplicatePair.objects.get().state == "open"


def test_given_a_decision_when_taken_back_then_the_pair_is_open_and_both_are_told(
    three: list[Customer], owner: User
) -> None:
    one, two, _other = three
    make_pair(one, two)
    decided = dismiss_pair(owner, one, two, at=LATER)
    assert decided is not None
    assert (decided.decided_by_id, decided.decided_at) == (owner.pk, LATER)
    assert dismiss_pair(owner, one, two, at=LATER) is None
    assert reopen_pair(owner, one, two, at=LATER) is not None
    names = LoggedEvent.objects.filter(name__contains="Duplicate").order_by("pk")
    assert [(row.name, row.party_id) for row in names] == [
        ("customers.DuplicateDismissed", one.pk),
        ("customers.DuplicateDismissed", two.pk),
        ("customers.DuplicateReopened", one.pk),
        ("customers.DuplicateReopened", two.pk),
    ]


def test_given_a_merged_pair_when_undone_then_it_is_in_the_queue_again(
    three: list[Customer], owner: User
) -> None:
    one, two, _other = three
    make_pair(one, two)
    merge = merge_customers(owner, one, two, choices={}, at=LATER)
    assert not duplicate_pairs(owner).exists()
    _stored([])
    undo_merge(owner, one, two, merge_id=merge.pk, at=LATER)
    assert duplicate_pairs(owner).count() == 1


def test_given_a_customer_in_the_trash_when_stored_then_there_is_no_such_pair(
    three: list[Customer],
) -> None:
    one, two, _other = three
    Customer.objects.filter(pk=two.pk).update(deleted_at=NOON)
    assert _stored([_line(one, two)]) == StoredPairs(0, 0, 0)


def test_given_one_end_of_another_team_when_listed_then_the_pair_is_not_there(
    three: list[Customer], owner: User, stranger: User
) -> None:
    theirs = make_customer("张伟", owner=stranger, team=stranger.team)
    make_pair(three[0], theirs)
    assert not duplicate_pairs(owner).exists()
    assert not duplicate_pairs(stranger).exists()
    assert duplicate_pairs(HOUSE).exists()


def test_given_a_hidden_field_when_told_then_its_reason_is_left_out(
    three: list[Customer], owner: User
) -> None:
    pair = make_pair(three[0], three[1])
    role = make_role({}, {"customer.phone": Level.HIDDEN})
    assert reasons_told(owner, pair) == ["name", "phone"]
    assert reasons_told(make_user("新人", roles=[role]), pair) == ["name"]


def test_given_who_scores_only_his_own_when_storing_then_it_is_refused(
    three: list[Customer], owner: User
) -> None:
    with pytest.raises(Denied):
        store_pairs(owner, [_line(three[0], three[1])], at=LATER)


def test_given_a_pair_when_looked_at_then_the_page_shows_why_and_takes_the_decision(
    three: list[Customer], owner: User
) -> None:
    pair = make_pair(three[0], three[1])
    client = Client()
    client.force_login(owner)
    assert "张卫" in client.get("/customers/duplicates/").content.decode()
    page = client.get(f"/customers/duplicates/{pair.pk}/", follow=True).content.decode()
    assert "同一位客户的可能性为 90%" in page
    assert "电话相同" in page
    answer = client.post(f"/customers/duplicates/{pair.pk}/dismissal/", follow=True)
    assert f"/customers/duplicates/{pair.pk}/reopening/" in answer.content.decode()
    pair.refresh_from_db()
    assert pair.state == "different"
