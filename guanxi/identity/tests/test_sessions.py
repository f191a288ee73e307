"""Sessions: where one is signed in, and how they end."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from guanxi.foundation.actor import System
from guanxi.foundation.clock import now
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.commands.user import reset_password
from guanxi.identity.models import User
from guanxi.identity.tasks import forget_sessions
from guanxi.identity.tests.factories import PASSWORD, make_user
from guanxi.identity.tests.gate import NEW, is_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


def test_given_a_changed_password_then_other_devices_are_out(
    client: Client, person: User
) -> None:
    other = Client()
    sign_in(client, "li.lei")
    sign_in(other, "li.lei")
    answer = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), answer)
    assert is_in(client)
    assert not is_in(other)
    assert LoggedEvent.objects.filter(name="identity.PasswordChanged").count() == 1


def test_given_a_reset_password_then_all_devices_are_out(
    client: Client, person: User
) -> None:
    sign_in(client, "li.lei")
    reset_password(System("test"), person, password=NEW, at=now())
    assert not is_in(client)
    again = sign_in(client, "li.lei", NEW)
    assert again["Location"] == reverse("identity:new_password")


def test_given_two_devices_when_one_is_revoked_then_it_is_out(
    client: Client, person: User
) -> None:
    other = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140"})
    sign_in(client, "li.lei")
    sign_in(other, "li.lei")
    page = client.get(reverse("identity:security")).content.decode()
    assert "Firefox · Windows" in page
    ends = re.findall(r'action="(/settings/sessions/\d+/end/)"', page)
    assert len(ends) == 1
    client.post(ends[0])
    assert is_in(client)
    assert not is_in(other)


def test_given_several_devices_when_all_others_end_then_only_this_stays(
    client: Client, person: User
) -> None:
    others = [Client(), Client()]
    for browser in (client, *others):
        sign_in(browser, "li.lei")
    client.post(reverse("identity:sessions_end"))
    assert is_in(client)
    assert [is_in(other) for other in others] == [False, False]


def test_given_a_session_that_outlived_its_user_when_used_then_it_opens_nothing(
    client: Client, person: User
) -> None:
    sign_in(client, "li.lei")
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert not is_in(client)


def test_nobody_ends_the_session_of_another(client: Client, person: User) -> None:
    sign_in(client, "li.lei")
    make_user(username="han.mei", password=PASSWORD)
    thief = Client()
    sign_in(thief, "han.mei")
    page = client.get(reverse("identity:security"))
    [session] = page.context["sessions"]
    answer = thief.post(reverse("identity:session_end", args=[session.pk]))
    assert answer.status_code == 404
    assert is_in(client)


def test_signing_in_changes_the_session_key(client: Client, person: User) -> None:
    client.get(reverse("account_login"))
    before = client.session.session_key
    sign_in(client, "li.lei")
    assert client.session.session_key != before


def test_given_twelve_hours_then_the_session_is_over(
    client: Client, person: User
) -> None:
    sign_in(client, "li.lei")
    age = client.session.get_expiry_date() - now()
    assert timedelta(hours=11, minutes=59) < age <= timedelta(hours=12)


@pytest.mark.parametrize(
    ("limit", "waits", "stays"),
    [
        (30, (29,), True),
        (30, (31,), False),
        (30, (20, 20, 20), True),
        (0, (600,), True),
    ],
)
def test_who_asks_for_nothing_too_long_has_to_sign_in_again(
    person: User,
    monkeypatch: pytest.MonkeyPatch,
    limit: int,
    waits: tuple[int, ...],
    *,
    stays: bool,
) -> None:
    client, at = Client(), now()
    client.force_login(person)
    with override_settings(IDLE_MINUTES=limit):
        for minutes in (0, *waits):
            at += timedelta(minutes=minutes)
            monkeypatch.setattr("guanxi.foundation.middleware.now", lambda at=at: at)
            is_still_in = is_in(client)
    assert is_still_in is stays


def test_by_night_sessions_that_are_over_go_and_the_living_stay(person: User) -> None:
    over, living = Client(), Client()
    for client in (over, living):
        sign_in(client, "li.lei")
    gone = over.session.session_key
    yesterday = now() - timedelta(days=2)
    Session.objects.filter(pk=gone).update(expire_date=yesterday)
    UserSession.objects.filter(session_key=gone).update(last_seen_at=yesterday)

    forget_sessions(now())

    kept = living.session.session_key
    assert list(Session.objects.values_list("pk", flat=True)) == [kept]
    listed = UserSession.objects.values_list("session_key", flat=True)
    assert list(listed) == [kept]
    assert living.get(reverse("identity:account")).status_code == 200
    assert over.get(reverse("identity:account")).status_code == 302
