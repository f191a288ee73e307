"""PDF documents: what stands in them, and what they never look up."""

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from xml.etree.ElementTree import Element, fromstring

import pypdfium2
import pytest

from guanxi.foundation.actor import System
from guanxi.foundation.paper import pdf
from guanxi.foundation.paper.pdf import NoPaper, paper_problem, written_pdf
from guanxi.foundation.paper.pictures import picture
from guanxi.foundation.paper.table import MOST_ROWS, table_paper
from guanxi.foundation.sheets.write import Cell

HOUSE = System("tests")
SVG = "{http://www.w3.org/2000/svg}"


def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in document]


def drawn(option: Mapping[str, object]) -> Element:
    address = picture(option)
    assert address.startswith("data:image/svg+xml;base64,")
    return fromstring(b64decode(address.partition(",")[2]))


def texts(svg: Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text")]


def test_this_machine_writes_paper() -> None:
    assert not paper_problem()


def test_a_table_breaks_over_pages_with_its_heads_and_says_who_had_it_made() -> None:
    rows: list[Sequence[Cell]] = [
        ["王芳", 3, Decimal("1234.50"), date(2026, 3, 2), None]
    ] * 80
    heads = ["名称", "订单数", "金额", "日期", "备注"]
    paper = table_paper(HOUSE, "客户", heads, rows, about=["等级 是 重要客户"])
    found = pages(paper.content)
    assert paper.rows == 80
    assert len(found) > 1
    assert all("订单数" in page and "tests" in page for page in found)
    assert "等级 是 重要客户" in found[0]
    assert "1,234.50" in found[0]
    assert f"1 / {len(found)}" in found[0]


def test_more_rows_than_anybody_reads_are_left_out_and_it_is_said() -> None:
    paper = table_paper(
        HOUSE, "客户", ["名称"], ([str(n)] for n in range(MOST_ROWS + 9))
    )
    assert paper.rows == MOST_ROWS
    assert f"{MOST_ROWS} 行" in pages(paper.content)[-1]
    empty = table_paper(HOUSE, "客户", ["名称"], [])
    assert "没有符合条件的内容" in pages(empty.content)[0]


def test_words_of_others_are_words_and_no_markup() -> None:
    paper = table_paper(
        HOUSE, "<b>客户</b>", ["名称"], [["<img src='file:///etc/passwd'>"]]
    )
    (page,) = pages(paper.content)
    assert "<b>客户</b>" in page
    assert "<img src=" in page


@contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_nothing_is_looked_up_not_even_what_a_page_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with listener() as (address, asked):
        page = (
            f"<html><link rel=stylesheet href='{address}/a.css'><body>"
            f"<img src='{address}/b.png'><img src='file:///etc/hostname'>"
            f"<p style='background:url({address}/c)'>文字</p></body></html>"
        )
        monkeypatch.setattr(pdf, "render_to_string", lambda *_words: page)
        found = pages(written_pdf(HOUSE, "", {}))
    assert "文字" in found[0]
    assert asked == []


def test_where_paper_cannot_be_written_it_is_said_how_to_mend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "paper_problem", lambda: "apt install …")
    with pytest.raises(NoPaper, match="apt install"):
        table_paper(HOUSE, "客户", ["名称"], [])


def test_bars_stand_as_high_as_their_values_beside_what_they_are_compared_with() -> (
    None
):
    svg = drawn(
        {
            "xAxis": {"data": ["一月", "二月"]},
            "series": [
                {"type": "bar", "name": "销售额", "data": [{"value": 100}, 50]},
                {"type": "bar", "name": "之前", "data": [25, None], "look": "before"},
            ],
        }
    )
    heights = [float(one.get("height", "0")) for one in svg.iter(f"{SVG}rect")]
    assert heights[0] == pytest.approx(2 * heights[1], rel=0.01)
    assert heights[0] == pytest.approx(4 * heights[2], rel=0.01)
    assert heights[3] == 0
    assert {"一月", "二月", "销售额", "之前", "0", "100"} <= set(texts(svg))


def test_stacked_bars_add_up_and_values_below_nothing_hang_down() -> None:
    option = {
        "xAxis": {"data": ["一"]},
        "series": [
            {"type": "bar", "name": "a", "data": [60], "stack": "all"},
            {"type": "bar", "name": "b", "data": [40], "stack": "all"},
        ],
    }
    first, second = drawn(option).iter(f"{SVG}rect")
    assert float(second.get("y", "0")) + float(second.get("height", "0")) == (
        pytest.approx(float(first.get("y", "0")), abs=0.1)
    )
    svg = drawn(
        {
            "xAxis": {"data": ["一"]},
            "series": [{"type": "bar", "name": "a", "data": [-30]}],
        }
    )
    assert any(text.startswith("\N{MINUS SIGN}") for text in texts(svg))
    (bar,) = svg.iter(f"{SVG}rect")
    assert float(bar.get("height", "0")) > 10


def test_a_line_breaks_where_nothing_is_known() -> None:
    svg = drawn(
        {
            "xAxis": {"data": ["一", "二", "三", "四"]},
            "series": [
                {"type": "line", "name": "a", "data": [1, None, 3, 4]},
                {
                    "type": "line",
                    "name": "low",
                    "data": [1] * 4,
                    "lineStyle": {"opacity": 0},
                },
            ],
        }
    )
    (path,) = (one.get("d", "") for one in svg.iter(f"{SVG}path"))
    assert path.count("M") == 2
    assert path.count("L") == 1


def test_a_ring_tells_shares_and_one_part_is_a_whole_circle() -> None:
    data = [{"name": "网店", "value": 30000}, {"name": "门店", "value": 10000}]
    svg = drawn({"series": [{"type": "pie", "data": data}]})
    assert "网店  75.0%  3万" in texts(svg)
    (alone,) = drawn({"series": [{"type": "pie", "data": data[:1]}]}).iter(f"{SVG}path")
    assert "A92 92 0 1 1" in alone.get("d", "")


def test_squares_are_the_deeper_the_higher() -> None:
    svg = drawn(
        {
            "xAxis": {"data": ["一", "二"]},
            "yAxis": {"data": ["a"]},
            "series": [
                {
                    "type": "heatmap",
                    "data": [{"value": [0, 0, 5]}, {"value": [1, 0, 10]}],
                }
            ],
        }
    )
    light, deep = (
        float(one.get("fill-opacity", "0")) for one in svg.iter(f"{SVG}rect")
    )
    assert light < deep


def test_what_cannot_be_drawn_is_left_out() -> None:
    assert picture({"series": [{"type": "sankey", "data": []}]}) == ""
    assert picture({}) == ""
    assert picture({"xAxis": {"data": []}, "series": [{"type": "bar", "data": []}]})
