"""The way in: password, second factor, throttle, imposed passwords, sessions."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from guanxi.foundation.actor import Depth, System
from guanxi.foundation.clock import now
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.commands.user import (
    deactivate_user,
    reset_two_factor,
)
from guanxi.identity.models import User
from guanxi.identity.tests.factories import PASSWORD, make_role, make_user
from guanxi.identity.tests.gate import NEW, SECRET, is_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


def code_now(secret: str = SECRET) -> str:
    counter = next(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counter)))


@pytest.mark.parametrize("login", ["li.lei", "LI.LEI", "lilei@example.com"])
def test_given_username_or_mail_when_the_password_fits_then_in(
    client: Client, person: User, login: str
) -> None:
    answer = sign_in(client, login)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)
    logged = LoggedEvent.objects.get(name="identity.SignedIn")
    assert (logged.actor_id, logged.payload["ip"]) == (person.pk, "127.0.0.1")


def test_given_a_wrong_password_then_out_and_only_a_known_name_is_logged(
    client: Client, person: User
) -> None:
    assert "用户名或密码不正确" in sign_in(client, "li.lei", "wrong").content.decode()
    sign_in(client, "my-secret-typed-here", "wrong")
    assert not is_in(client)
    names = LoggedEvent.objects.filter(name="identity.SignInRefused").order_by("pk")
    assert [event.payload["username"] for event in names] == ["li.lei", "–"]


def test_given_five_wrong_passwords_when_the_right_one_comes_then_still_refused(
    client: Client, person: User
) -> None:
    for _attempt in range(5):
        sign_in(client, "li.lei", "wrong")
    answer = sign_in(client, "li.lei")
    assert "错误次数过多" in answer.content.decode()
    assert not is_in(client)


def test_given_thirty_sign_ins_a_minute_then_429(client: Client, person: User) -> None:
    for number in range(30):
        sign_in(client, f"nobody{number}", "wrong")
    answer = sign_in(client, "li.lei")
    assert answer.status_code == 429
    assert "尝试过于频繁" in answer.content.decode()


def test_given_a_deactivated_user_then_out(client: Client, person: User) -> None:
    sign_in(client, "li.lei")
    deactivate_user(System("test"), person, at=now())
    assert not is_in(client)
    assert sign_in(client, "li.lei")["Location"] == reverse("account_inactive")
    assert not is_in(client)


def test_nobody_signs_up(client: Client) -> None:
    page = client.get(reverse("account_signup")).content.decode()
    assert "不开放注册" in page
    assert '<form method="post" class="ui-form"' not in page


def test_given_an_imposed_password_then_a_new_one_comes_before_everything(
    client: Client,
) -> None:
    make_user(username="new", password=PASSWORD, must_change_password=True)
    assert sign_in(client, "new")["Location"] == reverse("identity:new_password")
    assert not is_in(client)
    page = reverse("identity:new_password")
    same = client.post(page, {"password": "1111111111", "again": "1111111111"})
    assert same.status_code == 422
    assert not is_in(client)
    client.post(page, {"password": NEW, "again": NEW})
    assert is_in(client)
    assert sign_in(Client(), "new", NEW)["Location"] == "/"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh-hans", "密码至少需要 10 个字符。"),
        ("en", "The password needs at least 10 characters."),
    ],
)
def test_a_short_password_is_refused_in_the_readers_language(
    client: Client, language: str, told: str
) -> None:
    make_user(username="new", password=PASSWORD, must_change_password=True)
    client.post(reverse("identity:preferences"), {"language": language})
    sign_in(client, "new")
    short = {"password": "teapot", "again": "teapot"}
    page = client.post(reverse("identity:new_password"), short).content.decode()
    assert told in page
    assert "too short" not in page


def test_given_no_sign_in_under_way_then_no_new_password_page(client: Client) -> None:
    answer = client.get(reverse("identity:new_password"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("account_login"))


def test_given_an_app_when_signing_in_then_the_code_is_asked_once(
    client: Client, person: User
) -> None:
    TOTP.activate(person, SECRET)
    assert sign_in(client, "li.lei")["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    page = reverse("mfa_authenticate")
    assert client.get(page).status_code == 200
    assert "验证码不正确" in client.post(page, {"code": "000000"}).content.decode()
    code = code_now()
    client.post(page, {"code": code})
    assert is_in(client)
    again = Client()
    sign_in(again, "li.lei")
    again.post(page, {"code": code})
    assert not is_in(again)


def test_the_secret_is_kept_encrypted(person: User) -> None:
    TOTP.activate(person, SECRET)
    assert SECRET not in str(Authenticator.objects.get().data)


def test_given_pages_only_when_setting_an_app_up_then_it_protects(
    client: Client,
    person: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sign_in(client, "li.lei")
    asked = client.get(reverse("mfa_activate_totp"))
    assert client.get(asked["Location"]).status_code == 200
    client.post(asked["Location"], {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'data-copy="([A-Z2-7]{32})"', page)
    assert secret is not None
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code_now(secret[1])})
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200
    assert client.get(reverse("mfa_index")).status_code == 200
    assert sign_in(Client(), "li.lei")["Location"] == reverse("mfa_authenticate")
    secured = LoggedEvent.objects.filter(name="identity.SignInSecured")
    assert "totp_activated" in [event.payload["change"] for event in secured]


def test_given_an_address_nobody_confirmed_then_a_second_factor_can_be_set_up(
    client: Client, person: User
) -> None:
    EmailAddress.objects.create(user=person, email=person.email, verified=False)
    sign_in(client, "li.lei")
    asked = client.get(reverse("mfa_activate_totp"))
    client.post(asked["Location"], {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_given_a_recovery_code_then_it_opens_once(client: Client, person: User) -> None:
    TOTP.activate(person, SECRET)
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for browser, opens in ((client, True), (Client(), False)):
        sign_in(browser, "li.lei")
        browser.post(reverse("mfa_authenticate"), {"code": code})
        assert is_in(browser) is opens


def test_given_lost_factors_when_reset_then_the_password_is_enough(
    client: Client, person: User
) -> None:
    TOTP.activate(person, SECRET)
    reset_two_factor(System("test"), person, at=now())
    assert sign_in(client, "li.lei")["Location"] == "/"


def test_the_passkey_scripts_carry_the_nonce_of_the_page(client: Client) -> None:
    answer = client.get(reverse("account_login"))
    nonce = re.search(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
    assert nonce is not None
    scripts = re.findall(
        r"<script (?!type=\"application/json\")([^>]*)>", answer.content.decode()
    )
    assert len(scripts) > 3
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert " style=" not in answer.content.decode()


def test_a_passkey_challenge_is_given_to_anybody_and_accepts_no_nonsense(
    client: Client,
) -> None:
    page = reverse("mfa_login_webauthn")
    asked = client.get(page, headers={"accept": "application/json"})
    assert "challenge" in asked.json()["request_options"]["publicKey"]
    client.post(page, {"credential": "{}"})
    assert not is_in(client)


def test_given_a_forgotten_password_then_the_mail_leads_home_and_in(
    client: Client, person: User
) -> None:
    sign_in(client, "li.lei")
    guest = Client(headers={"host": "127.0.0.1"})
    guest.post(reverse("account_reset_password"), {"email": "LiLei@example.com"})
    [message] = mail.outbox
    assert message.subject == "重置“关系”的登录密码"
    link = re.search(r"http://localhost:8000(/\S+)", str(message.body))
    assert link is not None
    form = guest.get(link[1], follow=True).redirect_chain[-1][0]
    guest.post(form, {"password1": NEW, "password2": NEW})
    assert not is_in(client)
    assert sign_in(Client(), "li.lei", NEW)["Location"] == "/"
    assert "此链接已失效" in guest.get(link[1], follow=True).content.decode()


def test_given_an_unknown_address_then_the_answer_is_the_same_and_no_mail_goes(
    client: Client, person: User
) -> None:
    page = reverse("account_reset_password")
    known = client.post(page, {"email": "lilei@example.com"}, follow=True)
    mail.outbox.clear()
    unknown = client.post(page, {"email": "nobody@example.com"}, follow=True)
    assert plain(unknown) == plain(known)
    assert mail.outbox == []


def plain(answer: object) -> str:
    page = answer.content.decode()  # type: ignore[attr-defined]  # -- a response
    return re.sub(r'(nonce|value)="[^"]*"|x-csrftoken": "\w+"', "", page)


def test_given_a_role_lost_then_the_next_request_feels_it(client: Client) -> None:
    role = make_role({"team.read": Depth.ALL})
    user = make_user(username="zhou", password=PASSWORD, roles=[role])
    sign_in(client, "zhou")
    assert client.get(reverse("identity:teams")).status_code == 200
    user.roles.clear()
    User.objects.filter(pk=user.pk).renew_rights()
    assert client.get(reverse("identity:teams")).status_code == 403


def test_given_nobody_signed_in_yet_then_the_way_in_says_where_the_login_stands(
    client: Client,
) -> None:
    user = make_user("陈晨", password=PASSWORD)
    page = reverse("account_login")
    assert "first-login.txt" in client.get(page).content.decode()
    user.last_login = now()
    user.save()
    assert "first-login.txt" not in client.get(page).content.decode()


def test_who_has_a_passkey_is_offered_it_by_its_name_to_confirm(person: User) -> None:
    client = Client()
    sign_in(client, "li.lei")
    RecoveryCodes.activate(person)
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "笔记本"}
    )

    page = client.get(reverse("account_reauthenticate")).content.decode()

    assert "使用通行密钥" in page
    assert "使用验证码或恢复码" in page
