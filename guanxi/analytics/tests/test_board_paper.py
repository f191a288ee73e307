"""Dashboards, explorations and lists as PDF documents: what one sees, and no more."""

import pytest
from django.test import Client
from pypdfium2 import PdfDocument

from guanxi.analytics.tests.test_explore import RIGHTS, reader
from guanxi.analytics.tests.test_explore import house as house
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer
from guanxi.foundation.actor import Depth
from guanxi.foundation.models import Access
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
BOARD = "/insight/dashboards/sales/export/?as=pdf&span=year"
EXPLORE = (
    "/insight/explore/export/?rows=month&metrics=revenue&as=pdf"
    "&first_on=2025-01-01&last_on=2026-12-31"
)


def text_of(viewer: User, address: str) -> str:
    client = Client()
    client.force_login(viewer)
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:200]
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfDocument(b"".join(answer))
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def test_a_dashboard_on_paper_has_figures_and_tables(
    house: dict[str, Customer],
) -> None:
    told = text_of(reader(), BOARD)
    assert "销售总览" in told
    assert "¥2,250" in told
    assert "2026年1月1日至" in told
    row = Access.objects.get(act="export")
    assert row.rows > 0


def test_a_narrowed_dashboard_says_what_it_was_narrowed_to(
    house: dict[str, Customer],
) -> None:
    told = text_of(reader(), f"{BOARD}&where=province:浙江")
    assert "省份: 浙江" in told


def test_paper_tells_nothing_of_who_is_behind_a_wall(
    house: dict[str, Customer],
) -> None:
    viewer = reader()
    rights = {**dict.fromkeys(RIGHTS, Depth.ALL), "wall.edit": Depth.ALL}
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, house["li"], to=viewer, reason="亲属", at=NOON)
    for address in (BOARD, EXPLORE):
        told = text_of(viewer, address)
        assert "1,350" in told
        assert "2,250" not in told
    assert "李" not in text_of(viewer, "/customers/?export=pdf")


def test_an_exploration_on_paper_has_its_sums(house: dict[str, Customer]) -> None:
    told = text_of(reader(), EXPLORE)
    assert "销售额" in told
    assert "2,250.00" in told


def test_a_list_on_paper_says_how_it_is_filtered(house: dict[str, Customer]) -> None:
    told = text_of(reader(), "/customers/?where=name.like.李&export=pdf")
    assert "李" in told
    assert "王芳" not in told
    assert "名称" in told


def test_who_may_not_export_gets_no_paper(house: dict[str, Customer]) -> None:
    rights = ("customer.read", "order.read", "analysis.read", "product.read")
    client = Client()
    client.force_login(
        make_user("孙", roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    )
    for address in (BOARD, EXPLORE, "/customers/?export=pdf"):
        assert client.get(address).status_code == 403
