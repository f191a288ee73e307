"""What people choose for themselves: language, theme, density and time zone."""

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.identity.tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_preferences_are_kept_for_users_and_in_cookies_for_guests() -> None:
    address = reverse("identity:preferences")
    guest = Client()
    answer = guest.post(address, {"language": "en", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert "Sign in" in guest.get("/accounts/login/").content.decode()
    user = make_user()
    guest.force_login(user)
    guest.post(address, {"theme": "dark", "has_keys": "off", "density": "nonsense"})
    user.refresh_from_db()
    assert (user.theme, user.has_keys, user.density) == ("dark", False, "compact")
    assert guest.cookies["theme"].value == "dark"


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil"],
)
def test_going_back_never_leads_elsewhere(client: Client, elsewhere: str) -> None:
    answer = client.post(reverse("identity:preferences"), {"next": elsewhere})
    assert answer["Location"] == "/"


def test_the_account_page_saves_what_was_chosen(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    facts = {
        "language": "en",
        "time_zone": "Europe/Berlin",
        "theme": "light",
        "density": "comfortable",
    }
    client.post(reverse("identity:account"), facts)
    user.refresh_from_db()
    assert (user.language, user.time_zone, user.density, user.has_keys) == (
        "en",
        "Europe/Berlin",
        "comfortable",
        False,
    )
    assert "Preferences" in client.get(reverse("identity:account")).content.decode()


def test_given_time_zones_then_one_of_the_past_is_offered_only_to_who_has_it(
    client: Client,
) -> None:
    address = reverse("identity:account")
    client.force_login(make_user())
    page = client.get(address).content.decode()
    for name in ("Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "UTC"):
        assert f'value="{name}"' in page
    for name in ("Asia/Chongqing", "US/Pacific", "Etc/GMT+8", "Asia/Calcutta"):
        assert f'value="{name}"' not in page
    client.force_login(make_user(time_zone="Asia/Chongqing"))
    page = client.get(address).content.decode()
    assert '<option value="Asia/Chongqing" selected>' in page
