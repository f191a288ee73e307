"""The pages of sales, as tests visit them."""

import re
from typing import Protocol

from django.test import Client

from guanxi.identity.models import User


class Page(Protocol):
    """What a client gets."""

    content: bytes


def browser(user: User, language: str = "zh-hans") -> Client:
    """Return a client signed in as ``user``, whose pages are in ``language``."""
    client = Client(headers={"accept-language": language})
    client.cookies["django_language"] = language
    client.force_login(user)
    return client


def text_of(page: Page) -> str:
    """Return the words of a page without its tags, blanks single."""
    content = page.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))


LINE = {
    "line": "abc123",
    "abc123-name": "沙发",
    "abc123-quantity": "2",
    "abc123-unit_price": "10.50",
    "channel": "store",
}
