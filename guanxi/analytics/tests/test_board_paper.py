"""Dashboards, explorations and lists as PDF documents: what one sees, and no more."""

from dataclasses import replace
from datetime import date

import pytest
from django.http import QueryDict
from django.test import Client
from pypdfium2 import PdfDocument

from guanxi.analytics.asked import ExploreForm
from guanxi.analytics.boards.paper import exploration_paper
from guanxi.analytics.pivoted import Cell, Row, pivoted
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


def test_the_columns_of_a_year_stay_on_the_paper(house: dict[str, Customer]) -> None:
    viewer = reader()
    asked = QueryDict(
        "rows=province&columns=month&metrics=revenue&show=of_row"
        "&first_on=2026-01-01&last_on=2026-03-31"
    )
    form = ExploreForm(asked, viewer=viewer, last_on=date(2026, 3, 31))
    assert form.is_valid()
    heads = [(f"2026-{month:02}", "") for month in range(1, 13)]
    cells = [Cell("¥123,456,789.00")] * 13
    found = replace(
        pivoted(viewer, form, asked),
        heads=[*heads, ("合计", "")],
        rows=[Row("浙江省杭州市", "", cells)] * 40,
        whole=cells,
    )
    paper = exploration_paper(viewer, form, found, "各省")
    pages = list(PdfDocument(paper.content))
    words = "".join(page.get_textpage().get_text_range() for page in pages)
    assert all(label in words for label, _url in found.heads)
    assert words.count("¥123,456,789.00") == 41 * 13
    assert str(form.shown_as.label) in words
    for page in pages:
        text, (width, _height) = page.get_textpage(), page.get_size()
        boxes = [text.get_charbox(number) for number in range(text.count_chars())]
        assert all(right <= width - 40 for _left, _bottom, right, _top in boxes)
