"""The kinds of visit that are measured, each a little different every time."""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import numpy as np
import psycopg

from bench.browser import Answer, Browser
from bench.words import CITIES, Names

HTMX = {"HX-Request": "true"}
LISTS = "/customers/?"
_PANEL = re.compile(r'hx-get="([^"]+)"\s+hx-trigger="load"')
_KINDS = 40

Visit = Callable[[Browser, int], int]


@dataclass(frozen=True)
class Goal:
    """The most that one visit may take: processor time, statements, kilobytes."""

    cpu_ms: float
    queries: int | None = None
    kb: int | None = None


LIST = Goal(18, queries=8, kb=80)
RECORD = Goal(25, queries=15)
SEARCH = Goal(25)
REST = Goal(8)
ENTRY = Goal(20)


@dataclass(frozen=True)
class Page:
    """One kind of visit; a visit returns the bytes that came back."""

    name: str
    visit: Visit
    goal: Goal


def pages(database: "psycopg.Connection[Any]", token: str) -> Sequence[Page]:
    """
    Return what is measured, with names and places that are in the database.

    Programs come with ``token``.
    """
    # Those that measuring itself has entered have no team, and so not everybody sees them.
    count = _one(database, "SELECT max(id) FROM customers_customer WHERE team_id > 0")
    ids = np.random.default_rng(3).integers(1, count + 1, 5000).tolist()
    lists = {
        "list": "",
        "list_filtered_tier": "where=tier.eq.vital",
        "list_filtered_city": "where=city.eq." + quote("上海市"),
        "list_filtered_two": "where=tier.in.(vital,major),city.eq." + quote("三亚市"),
        "list_sorted_name": "sort=name",
        "list_sorted_total": "sort=-order_total",
        "list_sorted_last": "sort=-last_order_on",
        "list_far_down": _far(database, count),
    }
    finds = {
        "search_name": quote_all(_names(2)),
        "search_longer_name": quote_all(_names(3)),
        "search_pinyin": ["zhangwei", "liufang", "wangna", "chenjing", "lixiaodong"],
        "search_initials": ["zw", "lf", "wxd", "cjh", "lyy"],
        "search_phone": _fragments(database),
    }
    return [
        Page("home", _getting(["/"]), RECORD),
        *(Page(n, _getting([LISTS + query]), LIST) for n, query in lists.items()),
        *(
            Page(n, _getting([f"/search/?q={word}" for word in words], HTMX), SEARCH)
            for n, words in finds.items()
        ),
        Page(
            "list_search",
            _getting([f"{LISTS}q={w}" for w in quote_all(_names(2))]),
            LIST,
        ),
        Page("customer", _getting([f"/customers/{pk}/" for pk in ids]), RECORD),
        Page("customer_with_panels", _with_panels(ids), RECORD),
        Page("order", _getting([f"/sales/orders/{pk}/" for pk in ids]), RECORD),
        Page("order_list", _getting(["/sales/orders/?"]), LIST),
        Page("create_customer", _creating(), ENTRY),
        Page(
            "rest_list",
            _getting(["/api/v1/customers"], {"Authorization": f"Bearer {token}"}),
            REST,
        ),
    ]


def quote_all(words: Sequence[str]) -> list[str]:
    """Return ``words`` as an address holds them."""
    return [quote(word) for word in words]


def _getting(paths: Sequence[str], headers: Mapping[str, str] | None = None) -> Visit:
    sent = dict(headers or {})

    def visit(browser: Browser, i: int) -> int:
        answer = browser.get(paths[i % len(paths)], sent)
        _require(answer, 200)
        return len(answer.body)

    return visit


def _with_panels(ids: Sequence[int]) -> Visit:
    """Return the visit of a page and of what it fetches by itself."""

    def visit(browser: Browser, i: int) -> int:
        page = browser.get(f"/customers/{ids[i % len(ids)]}/")
        _require(page, 200)
        size = len(page.body)
        for url in _PANEL.findall(page.text):
            panel = browser.get(url, HTMX)
            _require(panel, 200)
            size += len(panel.body)
        return size

    return visit


def _creating() -> Visit:
    """Return the entry of a new customer with phone and e-mail, duplicates looked for."""
    draw = np.random.default_rng()

    def visit(browser: Browser, i: int) -> int:
        number = int(draw.integers(10**9))
        province, city = CITIES[i % len(CITIES)]
        fields = {
            "form": "person",
            "name": f"{Names(draw).persons(1)[0]}{number:09d}",
            "state": "potential",
            "province": province,
            "city": city,
            "phone-key": "aaaaaa",
            "phone-primary": "aaaaaa",
            "point-aaaaaa-text": f"19{number:09d}",
            "email-key": "bbbbbb",
            "email-primary": "bbbbbb",
            "point-bbbbbb-text": f"new{number}@example.com",
        }
        answer = browser.post("/customers/new/", fields)
        _require(answer, 302)
        return len(answer.body)

    return visit


def _require(answer: Answer, status: int) -> None:
    if answer.status != status:
        raise SystemExit(f"{answer.status} instead of {status}: {answer.text[:2000]}")


def _far(database: "psycopg.Connection[Any]", count: int) -> str:
    """Return the address of a page near the end of the list sorted by name."""
    row = database.execute(
        "SELECT sort_name, id FROM customers_customer WHERE deleted_at IS NULL "
        "ORDER BY sort_name, id OFFSET %s LIMIT 1",
        [count * 99 // 100],
    ).fetchone()
    assert row is not None
    plain = json.dumps(["sort_name", *row], separators=(",", ":"))
    return "sort=name&after=" + base64.urlsafe_b64encode(
        plain.encode()
    ).decode().rstrip("=")


def _names(length: int) -> list[str]:
    drawn = Names(np.random.default_rng(5)).persons(20 * _KINDS)
    return [name for name in drawn if len(name) == length][:_KINDS]


def _fragments(database: "psycopg.Connection[Any]") -> list[str]:
    """Return the last four, and five inner, digits of some telephone numbers."""
    rows = database.execute(
        "SELECT phone FROM customers_customer WHERE id %% 1009 = 1 LIMIT %s", [_KINDS]
    ).fetchall()
    return [phone[-4:] if i % 2 else phone[-8:-3] for i, (phone,) in enumerate(rows)]


def _one(database: "psycopg.Connection[Any]", query: str) -> int:
    row = database.execute(query).fetchone()
    return int(row[0]) if row else 0
