"""
The two languages: every sentence translated once, and no English on a Chinese page.

That no sentence is missing from the catalogues is what ``guanxi.config.messages --check``
tells, which needs the gettext tools; what is here needs the catalogues alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.test import Client
from django.urls import reverse

from guanxi.config.assets import catalogues
from guanxi.config.messages import problems
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_administrator
from guanxi.sales.tests.factories import make_order

PACKAGE = Path(__file__).resolve().parent.parent / "guanxi"
CATALOGUES = {path.parents[3].name: polib.pofile(str(path)) for path in catalogues()}
# One English word for several Chinese ones: which is meant must be said.
AMBIGUOUS = {
    "Account",
    "Agent",
    "Case",
    "Close",
    "Contact",
    "Draft",
    "Lead",
    "Open",
    "Order",
    "Rate",
}
SHOWN_ATTRIBUTES = {"aria-label", "title", "placeholder", "alt", "data-confirm"}


@pytest.mark.parametrize("room", CATALOGUES)
def test_every_sentence_is_translated_with_its_placeholders(room: str) -> None:
    assert problems(room, CATALOGUES[room], CATALOGUES[room]) == []


def test_every_block_of_a_template_is_trimmed() -> None:
    untrimmed = re.compile(r"{%-?\s*blocktranslate\b(?![^%]*\btrimmed\b)")
    wrong = [
        str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("*.html"))
        if untrimmed.search(path.read_text())
    ]
    assert wrong == []


def test_words_of_several_senses_say_which_is_meant() -> None:
    wrong = [
        f"{room}: {entry.msgid}"
        for room, catalogue in CATALOGUES.items()
        for entry in catalogue
        if entry.msgid in AMBIGUOUS and not entry.msgctxt
    ]
    assert wrong == []


def test_a_sentence_of_several_rooms_has_one_translation() -> None:
    """Django knows one translation of a sentence, whichever room it is from."""
    found: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(dict)
    for room, catalogue in CATALOGUES.items():
        # The command line speaks through a domain of its own.
        if room == "config":
            continue
        for entry in catalogue:
            key = (entry.msgctxt or "", entry.msgid)
            found[key].setdefault(entry.msgstr, set()).add(room)
    wrong = {
        key: {text: sorted(rooms) for text, rooms in texts.items()}
        for key, texts in found.items()
        if len(texts) > 1
    }
    assert wrong == {}


def english() -> set[str]:
    """Return the sentences that read otherwise in Chinese."""
    sentences = {
        entry.msgid
        for catalogue in CATALOGUES.values()
        for entry in catalogue
        if entry.msgstr and entry.msgstr != entry.msgid
    }
    # A language is offered under its own name.
    return sentences - {"English"}


class _Shown(HTMLParser):
    """Collects what a page shows: texts, and attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.depth_unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth_unread += tag in {"script", "style", "code"}
        for name, value in attrs:
            if name in SHOWN_ATTRIBUTES and value:
                self.texts.add(" ".join(value.split()))

    def handle_endtag(self, tag: str) -> None:
        self.depth_unread -= tag in {"script", "style", "code"}

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self.depth_unread:
            self.texts.add(text)


def shown(html: str) -> set[str]:
    parser = _Shown()
    parser.feed(html)
    return parser.texts


@pytest.fixture
def pages(db: None) -> list[str]:
    order = make_order()
    named = [
        "actions:home",
        "actions:messages",
        "actions:tasks",
        "actions:rules",
        "analytics:overview",
        "analytics:thresholds",
        "api_manual",
        "customers:codes",
        "customers:customers",
        "customers:new_customer",
        "customers:trashed",
        "foundation:access",
        "foundation:audit",
        "foundation:notices",
        "foundation:search",
        "identity:account",
        "identity:role_create",
        "identity:provider",
        "identity:roles",
        "identity:security",
        "identity:team_create",
        "identity:teams",
        "identity:token_create",
        "identity:tokens",
        "identity:user_create",
        "identity:users",
        "imports:new",
        "imports:runs",
        "sales:new_order",
        "sales:new_product",
        "sales:orders",
        "sales:products",
        "sales:trashed_orders",
        "sales:trashed_products",
    ]
    return [
        *map(reverse, named),
        reverse("customers:customer", args=[order.customer_id]),
        reverse("customers:edit_customer", args=[order.customer_id]),
        reverse("sales:order", args=[order.pk]),
        reverse("sales:edit_order", args=[order.pk]),
        reverse("foundation:table_filter", args=["customers"]),
        reverse("foundation:table_columns", args=["customers"]),
        reverse("foundation:table_view", args=["customers"]),
    ]


def left_in_english(client: Client, addresses: list[str]) -> Iterator[str]:
    known = english()
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        for text in sorted(shown(response.content.decode()) & known):
            yield f"{address}: {text}"


def test_given_chinese_when_pages_are_opened_then_nothing_is_left_in_english(
    client: Client, pages: list[str]
) -> None:
    administrator: User = make_administrator(language="zh-hans")
    client.force_login(administrator)
    assert list(left_in_english(client, pages)) == []


@pytest.mark.django_db
def test_given_a_visitor_when_the_way_in_is_opened_then_it_is_chinese(
    client: Client,
) -> None:
    named = ["account_login", "account_reset_password"]
    assert list(left_in_english(client, [reverse(name) for name in named])) == []
