"""Notes: changed with their history, put away and back, pinned, and whom they call upon."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.customers.commands.note import (
    add_note,
    change_note,
    pin_note,
    restore_note,
    trash_note,
)
from guanxi.customers.models import Customer, Note
from guanxi.customers.queries.note import mentionable, versions_of
from guanxi.customers.queries.note import note as note_of
from guanxi.customers.queries.timeline import choices_of, timeline
from guanxi.customers.rules.mention import called, possible_names
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.models import Notice
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_role, make_user
from tests.callers import Program, token_of

READER = {"customer.read": Depth.ALL, "user.read": Depth.ALL}


@pytest.fixture
def at() -> datetime:
    return now()


@pytest.fixture
def customer(owner: User) -> Customer:
    return make_customer("王芳", owner=owner, team=owner.team)


@pytest.fixture
def writer(customer: Customer) -> User:
    """Whoever sees all colleagues and writes on all customers."""
    grants = {**READER, "customer.edit": Depth.ALL}
    return make_user("作者", roles=[make_role(grants)])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("请@张伟看一下", {"张伟"}),
        ("@张伟明 明天去", {"张伟明"}),
        ("@张伟 @li 一起", {"张伟", "li"}),
        ("邮箱 a@b.cn", set()),
        ("@", set()),
        ("无人", set()),
    ],
)
def test_a_call_is_the_longest_name_that_fits(text: str, wanted: set[str]) -> None:
    assert called(text, {"张伟", "张伟明", "li"}) == wanted


def test_possible_names_are_bounded() -> None:
    assert possible_names("@" + "长" * 100_000)[-1] == "长" * 30
    assert len(possible_names("@甲 " * 100)) == 1


def test_given_an_own_note_when_changed_then_the_history_keeps_what_it_said(
    writer: User, customer: Customer, at: datetime
) -> None:
    note = add_note(writer, customer, "下周回访", at=at)
    change_note(writer, customer, note.pk, "下月回访", at=at + timedelta(hours=1))
    note.refresh_from_db()
    assert (note.text, note.edited_at) == ("下月回访", at + timedelta(hours=1))
    assert [one.text for one in versions_of(note)] == ["下周回访"]
    change_note(writer, customer, note.pk, "下月回访", at=at + timedelta(hours=2))
    assert len(versions_of(note)) == 1


def test_given_the_note_of_another_when_changed_or_put_away_then_denied(
    writer: User, owner: User, customer: Customer, at: datetime
) -> None:
    note = add_note(owner, customer, "下周回访", at=at)
    with pytest.raises(Denied):
        change_note(writer, customer, note.pk, "不回访", at=at)
    with pytest.raises(Denied):
        trash_note(writer, customer, note.pk, at=at)
    note.refresh_from_db()
    assert (note.text, note.trashed_at) == ("下周回访", None)


def test_given_a_note_in_the_trash_when_restored_then_the_timeline_has_it_again(
    writer: User, customer: Customer, at: datetime
) -> None:
    note = add_note(writer, customer, "下周回访", at=at)
    trash_note(writer, customer, note.pk, at=at)
    told = [item.body for item in timeline(writer, customer).items]
    assert "下周回访" not in told
    with pytest.raises(NotVisible):
        note_of(writer, customer, note.pk)
    restore_note(writer, customer, note.pk, at=at)
    assert "下周回访" in [item.body for item in timeline(writer, customer).items]


def test_given_a_pinned_note_then_it_stands_above_until_unpinned(
    writer: User, owner: User, customer: Customer, at: datetime
) -> None:
    note = add_note(owner, customer, "只收现金", at=at)
    pin_note(writer, customer, note.pk, is_pinned=True, at=at)
    assert [item.body for item in timeline(writer, customer).pinned] == ["只收现金"]
    assert timeline(writer, customer, only="notes").pinned == ()
    pin_note(writer, customer, note.pk, is_pinned=False, at=at)
    assert timeline(writer, customer).pinned == []


def test_given_a_call_then_only_who_may_read_the_note_is_told_and_once(
    writer: User, customer: Customer, at: datetime
) -> None:
    reader = make_user("张伟", roles=[make_role(READER)])
    blind = make_user(
        "李强", roles=[make_role(READER, {"customer.note": Level.HIDDEN})]
    )
    stranger = make_user("赵敏", roles=[make_role({"customer.read": Depth.OWN})])
    gone = make_user("孙丽", roles=[make_role(READER)], is_active=False)
    text = "请@张伟和@李强 还有@赵敏 @孙丽 @作者 看一下"
    note = add_note(writer, customer, text, at=at)
    assert [notice.user_id for notice in Notice.objects.all()] == [reader.pk]
    told = Notice.objects.get()
    assert told.url == reverse("customers:customer", args=[customer.pk])
    assert "王芳" not in str(told.payload)
    change_note(writer, customer, note.pk, f"{text}，急", at=at)
    assert Notice.objects.count() == 1
    offered = mentionable(writer, customer, "", most=20)
    assert {reader.pk, writer.pk} <= {user.pk for user in offered}
    assert not {blind.pk, stranger.pk, gone.pk} & {user.pk for user in offered}


def test_given_a_choice_then_the_timeline_tells_of_it_alone(
    writer: User, customer: Customer, at: datetime
) -> None:
    add_note(writer, customer, "下周回访", at=at)
    shown = timeline(writer, customer, only="notes")
    assert [item.body for item in shown.items] == ["下周回访"]
    assert timeline(writer, customer, only="files").items == []
    assert timeline(writer, customer, only="no-such").only == ""
    assert "notes" in dict(choices_of(writer))


def test_the_page_links_addresses_and_escapes_the_rest(
    writer: User, customer: Customer, at: datetime
) -> None:
    add_note(
        writer,
        customer,
        "<b>见</b> https://example.cn/a?b=1 javascript:alert(1)",
        at=at,
    )
    client = Client()
    client.force_login(writer)
    page = client.get(reverse("customers:timeline", args=[customer.pk])).text
    assert '<a href="https://example.cn/a?b=1" rel="nofollow">' in page
    assert "&lt;b&gt;见&lt;/b&gt;" in page
    assert 'href="javascript' not in page
    assert Note.objects.get().text.startswith("<b>")


def test_given_a_program_when_it_changes_its_note_then_the_history_keeps_the_old(
    writer: User, customer: Customer
) -> None:
    program = Program(token_of(writer))
    made = program.post(f"/customers/{customer.pk}/notes", {"text": "下周回访"})
    place = made["Location"].removeprefix("/api/v1")
    assert program.get(place).json() == made.json()
    changed = program.send("PUT", place, {"text": "下月回访"}).json()
    assert (changed["text"], changed["author"]) == ("下月回访", writer.pk)
    note = Note.objects.get()
    assert [one.text for one in versions_of(note)] == ["下周回访"]
    assert program.send("DELETE", place).status_code == 204
    assert program.get(place).status_code == 404
    assert program.post(f"{place}/restoration").json()["text"] == "下月回访"


def test_given_the_note_of_another_then_a_program_reads_it_and_changes_nothing(
    writer: User, owner: User, customer: Customer, at: datetime
) -> None:
    note = add_note(owner, customer, "只收现金", at=at)
    program = Program(token_of(writer))
    place = f"/customers/{customer.pk}/notes/{note.pk}"
    assert program.get(place).json()["text"] == "只收现金"
    assert program.send("PUT", place, {"text": "改了"}).status_code == 403
    assert program.send("DELETE", place).status_code == 403
    blind = make_role(READER, {"customer.note": Level.HIDDEN})
    reader = make_user("看不到", roles=[blind])
    assert Program(token_of(reader)).get(place).status_code == 404
    note.refresh_from_db()
    assert (note.text, note.trashed_at) == ("只收现金", None)
