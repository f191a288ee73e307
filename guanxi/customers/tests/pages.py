"""The pages of customers, as tests visit them."""

import json
import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.customers.models import Customer
from guanxi.identity.models import User

KEY = "0a1b2c"


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def undo_of(client: Client) -> str:
    """Return the address that takes the last bulk action back."""
    kept = client.session["bulk_before"]
    return reverse("foundation:table_undo", args=[kept["table"], kept["token"]])


def text_of(response: object) -> str:
    """Return what a page says, without its tags."""
    html = response.content.decode()  # type: ignore[attr-defined]  # -- the test client's response
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def typed(**more: str) -> dict[str, str]:
    """Return the form of a new person as a browser sends it."""
    return {
        "form": "person",
        "state": "potential",
        "name": "李娜",
        "phone-key": KEY,
        f"point-{KEY}-text": "139 1111 2222",
        f"point-{KEY}-label": "手机",
        "phone-primary": KEY,
        **more,
    }


def page(name: str, *args: object) -> str:
    return reverse(f"customers:{name}", args=args)


def cost_of(client: Client, url: str) -> int:
    """Return how many queries a page asks, the second time it is opened."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in asked.captured_queries)


def opened(client: Client, customer: Customer) -> dict[str, str]:
    """Return what the edit form would send if nothing was touched."""
    form = client.get(page("edit_customer", customer.pk)).context["form"]
    base = json.loads(form.initial["base"])
    sent = {name: value for name, value in base.items() if value}
    points = client.get(page("edit_customer", customer.pk)).context["points"]
    for row in points.rows:
        sent[f"{row.kind}-key"] = row.key
        sent[f"point-{row.key}-text"] = row.initial["text"]
        sent[f"point-{row.key}-label"] = row.initial["label"]
        if row.is_primary:
            sent[f"{row.kind}-primary"] = row.key
    return {
        **sent,
        "version": str(form.initial["version"]),
        "base": form.initial["base"],
        "points-base": points.base,
    }
