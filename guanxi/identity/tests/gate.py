"""The way in, as tests go it."""

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from guanxi.identity.tests.factories import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW = "seven-blue-Kettles"


def sign_in(client: Client, login: str, password: str = PASSWORD) -> HttpResponse:
    answer = {"login": login, "password": password}
    return client.post(reverse("account_login"), answer)  # type: ignore[return-value]  # -- a response all the same


def is_in(client: Client) -> bool:
    return client.get(reverse("identity:security")).status_code == 200
