"""Dashboards: who has which, what a tile shows whom, and how they are put together."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from python_calamine import CalamineWorkbook

from guanxi.analytics.boards.span import Days, Span, days_of, earlier, moved_on
from guanxi.analytics.boards.tile import Tile, TileKind, moved
from guanxi.analytics.models import Dashboard
from guanxi.analytics.tests.factories import make_board
from guanxi.analytics.tests.test_explore import RIGHTS, buy, load, reader
from guanxi.analytics.tests.test_explore import house as house
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_team, make_user
from guanxi.sales.models import Order
from guanxi.sales.tests.factories import make_product

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
WALLS = ("customer.read", "wall.edit", "wall.read", "user.read")
SPAN = "span=own&first_on=2026-01-01&last_on=2026-03-31"


def sharer() -> User:
    depths = {**dict.fromkeys(RIGHTS, Depth.ALL), "view.share": Depth.OWN}
    return make_user("赵", roles=[make_role(depths)])


def visitor(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def page(viewer: User, path: str) -> str:
    answer = visitor(viewer).get(f"/insight/dashboards/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def shown(viewer: User, path: str) -> str:
    """Return the words of a page without its marks."""
    text = re.sub(r"<[^>]+>", " ", page(viewer, path))
    return " ".join(text.split())


def tiles(kept: Dashboard) -> list[str]:
    kept.refresh_from_db()
    return [one["query"] for one in kept.tiles]


def test_a_figure_is_compared_with_the_span_before(house: dict[str, Customer]) -> None:
    march = "span=own&first_on=2026-03-01&last_on=2026-03-31"
    told = shown(reader(), f"sales/tiles/0/?{march}&against=before")
    assert "¥1,050" in told
    assert "–" in told  # nothing was sold in February
    january = "span=own&first_on=2026-01-01&last_on=2026-01-31"
    assert "¥1,200" in shown(reader(), f"sales/tiles/0/?{january}")
    both = "sales/tiles/0/?span=own&first_on=2026-02-02&last_on=2026-04-05"
    assert "−12.5%" in shown(reader(), f"{both}&against=before")
    assert "%" not in shown(reader(), f"{both}&against=nothing")


def test_every_tile_of_every_shipped_dashboard_answers(
    house: dict[str, Customer],
) -> None:
    viewer = reader(product__cost=Level.READ)
    for key in ("sales", "teams", "customers", "profit", "rhythm"):
        count = page(viewer, f"{key}/?{SPAN}").count("board-tile ")
        assert count > 5
        for number in range(count):
            told = page(viewer, f"{key}/tiles/{number}/?{SPAN}")
            assert "ui-none" not in told, (key, number)


def test_a_click_narrows_the_whole_page(house: dict[str, Customer]) -> None:
    viewer = reader()
    bars = page(viewer, f"sales/tiles/7/?{SPAN}")  # by province
    found = re.search(
        r"(/insight/dashboards/sales/\?[^&]*[^\"]*where=province[^&\\]*)", bars
    )
    assert found
    narrowed = f"{SPAN}&where=province:浙江省"
    assert "浙江省" in shown(viewer, f"sales/?{narrowed}")
    assert "¥1,350" in shown(viewer, f"sales/tiles/0/?{narrowed}")


def test_whoever_is_walled_off_sees_other_figures_at_once(
    house: dict[str, Customer],
) -> None:
    viewer = reader()
    assert "¥2,250" in shown(viewer, f"sales/tiles/0/?{SPAN}")
    boss = make_user("墙", roles=[make_role(dict.fromkeys(WALLS, Depth.ALL))])
    set_wall(boss, house["li"], to=viewer, reason="亲属", at=NOON)
    assert "¥1,350" in shown(viewer, f"sales/tiles/0/?{SPAN}")


def test_all_tiles_of_a_page_show_one_moment_and_nobody_elses(
    house: dict[str, Customer],
) -> None:
    viewer, other = reader(Depth.TEAM), reader(Depth.TEAM)
    User.objects.filter(pk=viewer.pk).update(team=make_team("华东"))
    viewer = User.objects.get(pk=viewer.pk)
    Order.objects.update(team=viewer.team, owner=None)
    mark = re.search(r'"X-Moment": "([^"]+)"', page(viewer, f"sales/?{SPAN}"))
    assert mark

    def told(who: User) -> str:
        client = visitor(who)
        address = f"/insight/dashboards/sales/tiles/0/?{SPAN}"
        return client.get(address, headers={"X-Moment": mark[1]}).content.decode()

    assert "¥2,250" in told(viewer)
    Order.objects.update(team=None)
    assert "¥2,250" in told(viewer)
    assert "¥2,250" not in shown(viewer, f"sales/tiles/0/?{SPAN}")
    assert "¥2,250" not in told(other)


def test_what_costs_is_not_offered_to_whoever_may_not_read_it(
    house: dict[str, Customer],
) -> None:
    assert "利润分析" in shown(reader(product__cost=Level.READ), "sales/")
    viewer = reader(product__cost=Level.HIDDEN)
    assert "利润分析" not in shown(viewer, "sales/")
    assert visitor(viewer).get("/insight/dashboards/profit/").status_code == 404


def test_a_tile_closed_to_the_viewer_says_so(house: dict[str, Customer]) -> None:
    kept = make_board(
        sharer(),
        is_shared=True,
        tiles=[
            {
                "kind": "bar",
                "query": "rows=tier&metrics=profit",
                "width": "6",
                "title": "",
            }
        ],
    )
    viewer = reader(product__cost=Level.HIDDEN)
    assert "你无权查看" in shown(viewer, f"{kept.pk}/tiles/0/?{SPAN}")


def test_before_the_first_analysis_the_page_says_so(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path
    assert "首次分析完成后" in shown(reader(), "sales/")


def test_a_dashboard_is_private_until_it_is_shared(house: dict[str, Customer]) -> None:
    owner, other = sharer(), reader()
    kept = make_board(owner)
    assert visitor(other).get(f"/insight/dashboards/{kept.pk}/").status_code == 404
    answer = visitor(owner).post(
        f"/insight/dashboards/{kept.pk}/edit/",
        {"name": "例会", "is_shared": "on", "version": "1"},
    )
    assert answer.status_code == 302
    assert "例会" in shown(other, f"{kept.pk}/")
    refused = visitor(other).post(
        f"/insight/dashboards/{kept.pk}/edit/", {"name": "我的"}
    )
    assert refused.status_code == 404


def test_who_may_not_share_keeps_it_to_himself(house: dict[str, Customer]) -> None:
    viewer = reader()
    data = {"name": "我的", "is_shared": "on"}
    assert visitor(viewer).post("/insight/dashboards/new/", data).status_code == 302
    assert not Dashboard.objects.get().is_shared


def test_a_shipped_dashboard_is_copied_and_changed(house: dict[str, Customer]) -> None:
    viewer = reader()
    client = visitor(viewer)
    client.post("/insight/dashboards/new/?copy=sales", {"name": "我的总览"})
    kept = Dashboard.objects.get()
    assert len(kept.tiles) == 10
    client.post(
        f"/insight/dashboards/{kept.pk}/tiles/4/move/",
        {"to": "earlier", "version": "1"},
    )
    assert tiles(kept)[3] == "rows=month&metrics=revenue"
    client.post(f"/insight/dashboards/{kept.pk}/tiles/3/remove/", {"version": "2"})
    assert "rows=month&metrics=revenue" not in tiles(kept)
    undo = re.search(
        r'action="(/insight/dashboards/\d+/undo/[^"]+)"',
        client.get(f"/insight/dashboards/{kept.pk}/?arrange=1").content.decode(),
    )
    assert undo
    client.post(undo[1])
    assert tiles(kept)[3] == "rows=month&metrics=revenue"


def test_what_was_changed_elsewhere_is_not_overwritten(
    house: dict[str, Customer],
) -> None:
    viewer = reader()
    kept = make_board(viewer, version=7)
    client = visitor(viewer)
    client.post(f"/insight/dashboards/{kept.pk}/tiles/0/remove/", {"version": "6"})
    assert len(tiles(kept)) == 2
    assert (
        "刚在别处被修改"
        in client.get(f"/insight/dashboards/{kept.pk}/").content.decode()
    )


def test_what_is_explored_is_added_to_a_dashboard(house: dict[str, Customer]) -> None:
    viewer = reader()
    kept = make_board(viewer)
    days = "first_on=2026-01-01&last_on=2026-03-31"
    asked = f"rows=city&metrics=orders&{days}&show=of_all&where=channel:shop"
    data = {"board": str(kept.pk), "title": "各市", "kind": "table", "width": "12"}
    answer = visitor(viewer).post(f"/insight/dashboards/tiles/?{asked}", data)
    assert answer.status_code == 302
    assert tiles(kept)[-1] == "rows=city&metrics=orders&where=channel%3Ashop"


def test_the_file_has_a_sheet_for_each_tile(house: dict[str, Customer]) -> None:
    viewer = reader()
    answer = visitor(viewer).get(f"/insight/dashboards/customers/export/?{SPAN}")
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer)))
    assert book.sheet_names[0] == "指标"
    assert len(set(book.sheet_names)) == len(book.sheet_names) == 8
    rows = book.get_sheet_by_name("销售额 · 省份 × 客户等级").to_python()
    assert [rows[1][0], rows[1][-1]] == ["浙江省", 1350]


def test_the_page_asks_the_same_with_one_tile_and_with_many(
    house: dict[str, Customer],
) -> None:
    viewer = reader()
    one, many = make_board(viewer), make_board(viewer, "二")
    many.tiles = many.tiles * 10
    many.save()
    counts = []
    for kept in (one, many):
        page(viewer, f"{kept.pk}/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(viewer, f"{kept.pk}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_answer_is_kept_until_the_facts_change(
    house: dict[str, Customer], tmp_path: Path
) -> None:
    viewer = reader()
    assert "¥2,250" in shown(viewer, f"sales/tiles/0/?{SPAN}")
    buy(house["wang"], date(2026, 3, 12), (make_product("茶几", price="10"), "1", "10"))
    load(tmp_path)
    assert " 4 " in shown(viewer, f"sales/tiles/1/?{SPAN}")


@pytest.mark.parametrize(
    ("span", "wanted"),
    [
        (Span.MONTH, Days(date(2026, 5, 1), date(2026, 5, 31))),
        (Span.LAST_MONTH, Days(date(2026, 4, 1), date(2026, 4, 30))),
        (Span.QUARTER, Days(date(2026, 4, 1), date(2026, 5, 31))),
        (Span.YEAR, Days(date(2026, 1, 1), date(2026, 5, 31))),
        (Span.LAST_YEAR, Days(date(2025, 1, 1), date(2025, 12, 31))),
        (Span.YEAR_LONG, Days(date(2025, 6, 1), date(2026, 5, 31))),
    ],
)
def test_named_spans(span: Span, wanted: Days) -> None:
    assert days_of(span, date(2026, 5, 31)) == wanted


def test_a_whole_month_is_compared_with_a_whole_month() -> None:
    march = Days(date(2026, 3, 1), date(2026, 3, 31))
    assert march.months_earlier(1) == Days(date(2026, 2, 1), date(2026, 2, 28))
    part = Days(date(2026, 3, 1), date(2026, 3, 30))
    assert part.months_earlier(1) == Days(date(2026, 2, 1), date(2026, 2, 28))
    assert march.right_before() == Days(date(2026, 1, 29), date(2026, 2, 28))
    assert earlier(date(2024, 2, 29), 12) == date(2023, 2, 28)


def test_times_of_before_stand_at_those_of_now() -> None:
    before, now = date(2025, 1, 1), date(2026, 1, 1)
    assert moved_on(date(2025, 3, 1), before, now, "month") == date(2026, 3, 1)
    assert moved_on(date(2025, 3, 3), before, now, "week") == date(2026, 3, 2)
    assert moved_on(date(2025, 3, 3), before, now, "day") == date(2026, 3, 3)


def order(found: Iterable[Tile]) -> str:
    return "".join(one.query for one in found)


def letters() -> Iterator[Tile]:
    return (Tile(TileKind.BAR, one) for one in "abc")


def test_a_tile_moves_no_further_than_to_the_end() -> None:
    assert order(moved(list(letters()), 0, -1)) == "abc"
    assert order(moved(list(letters()), 0, 1)) == "bac"
    assert order(moved(list(letters()), 2, 5)) == "abc"
