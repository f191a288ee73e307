"""Sides that come by themselves: what analysis knows of customers, and fields a house adds."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from guanxi.analytics import exploring
from guanxi.analytics.scoring import forget_scores
from guanxi.analytics.tests.test_explore import (  # noqa: F401 -- a fixture
    RIGHTS,
    SPAN,
    figures,
    house,
    load,
    page,
    reader,
)
from guanxi.customers.models import (
    Customer,
    FieldGroup,
    Segment,
    SegmentMember,
    Traits,
)
from guanxi.customers.rules.bands import BOUNDS, band_words, rank_of_band
from guanxi.customers.rules.field import FieldKind, Names
from guanxi.customers.rules.segment import Sharing
from guanxi.customers.tests.factories import make_field
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.arranged import forget_arranged
from guanxi.foundation.policies import Privacy
from guanxi.identity.tests.factories import NOON, make_role, make_user
from guanxi.sales.models import Order

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
COLORS = [("red", Names("红色", "Red")), ("blue", Names("蓝色", "Blue"))]
House = dict[str, Customer]


@pytest.fixture
def group(house: House) -> FieldGroup:  # noqa: F811 -- the fixture
    return FieldGroup.objects.create(key="taste", name_zh="喜好", name_en="Taste")


def choice(group: FieldGroup, zh: str = "颜色", **more: object) -> str:
    return make_field(group, FieldKind.CHOICE, zh, "Color", choices=COLORS, **more)


def give(customer: Customer, **extra: object) -> None:
    Customer.objects.filter(pk=customer.pk).update(extra=extra)


def test_a_choice_that_the_house_adds_is_a_side_with_the_next_load(
    house: House,  # noqa: F811 -- the fixture
    group: FieldGroup,
    tmp_path: Path,
) -> None:
    color = choice(group)
    viewer = reader()
    assert f'value="{color}"' in page(viewer, f"?{SPAN}&rows=month")
    assert figures(viewer, f"rows={color}&metrics=revenue")[1][0] == "未填写"
    give(house["wang"], **{color: "red"})
    load(tmp_path)
    assert figures(viewer, f"rows={color}&metrics=revenue&metrics=orders") == [
        ["颜色", "销售额", "订单数"],
        ["红色", "1350.00", "2"],
        ["未填写", "900.00", "1"],
        ["合计", "2250.00", "3"],
    ]
    behind = page(viewer, f"behind/?{SPAN}&rows={color}&where={color}:red&of=customers")
    assert "王芳" in behind
    assert "李强" not in behind


def test_two_added_fields_cross_each_other_and_a_narrowing(
    house: House,  # noqa: F811 -- the fixture
    group: FieldGroup,
    tmp_path: Path,
) -> None:
    color, other = choice(group), choice(group, "包装")
    member = make_field(group, FieldKind.BOOLEAN, "会员", "Member")
    give(house["wang"], **{color: "red", other: "blue", member: True})
    give(house["li"], **{color: "blue", other: "blue", member: False})
    load(tmp_path)
    asked = f"rows={color}&columns={other}&metrics=revenue&where={member}:false"
    assert figures(reader(), asked) == [
        ["颜色", "蓝色", "合计"],
        ["蓝色", "900.00", "900.00"],
        ["合计", "900.00", "900.00"],
    ]
    both = figures(reader(), f"rows={member}&columns=tier&metrics=orders")
    assert [row[0] for row in both[1:]] == ["是", "否", "合计"]


def test_numbers_are_bands_and_days_are_years_in_their_order(
    house: House,  # noqa: F811 -- the fixture
    group: FieldGroup,
    tmp_path: Path,
) -> None:
    seats = make_field(group, FieldKind.NUMBER, "座位", "Seats")
    since = make_field(group, FieldKind.DATE, "入会日期", "Since")
    give(house["wang"], **{seats: "1200", since: "2024-02-29"})
    give(house["li"], **{seats: "-7.5", since: "2019-12-31"})
    load(tmp_path)
    told = figures(reader(), f"rows={seats}&metrics=revenue")
    assert [row[0] for row in told[1:]] == [
        "\N{MINUS SIGN}10 – \N{MINUS SIGN}5",
        "1,000–2,000",
        "合计",
    ]
    told = figures(reader(), f"rows={since}&metrics=revenue")
    assert [row[0] for row in told[1:]] == ["2019", "2024", "合计"]


@pytest.mark.parametrize(
    ("key", "told"), [("0", "0"), ("0.05", "0.05–0.1"), ("5", "5–10"), ("7", "7")]
)
def test_a_band_is_called_by_its_bounds(key: str, told: str) -> None:
    assert band_words(key) == told


def test_every_band_has_a_name_and_a_place() -> None:
    keys = [f"{bound:f}" for bound in BOUNDS]
    assert sorted(keys, key=rank_of_band) == keys
    assert len({band_words(key) for key in keys}) == len(keys)


def test_a_field_that_somebody_may_not_read_is_like_one_that_is_not_there(
    house: House,  # noqa: F811 -- the fixture
    group: FieldGroup,
    tmp_path: Path,
) -> None:
    color = choice(group)
    give(house["wang"], **{color: "red"})
    load(tmp_path)
    viewer = reader(Depth.ALL, **{f"customer__{color}": Level.HIDDEN})
    told = page(viewer, f"?{SPAN}&rows={color}")
    assert told.count("选择一个有效的选项") == 1
    assert "红色" not in told
    assert f'value="{color}"' not in told
    nothing = page(viewer, f"?{SPAN}&rows=x_nonsense")
    assert _body(told).replace(color, "x_nonsense") == _body(nothing)
    narrowed = figures(viewer, f"rows=month&metrics=revenue&where={color}:red")
    assert narrowed[-1] == ["合计", "2250.00"]


def _body(text: str) -> str:
    """Return the part of a page that is the answer, without what is new each time."""
    return text[text.index("<main") : text.index("</main>")]


@pytest.mark.parametrize("privacy", [Privacy.PERSONAL, Privacy.SENSITIVE])
def test_what_tells_of_a_person_is_no_side_and_not_in_the_warehouse(
    house: House,  # noqa: F811 -- the fixture
    group: FieldGroup,
    tmp_path: Path,
    privacy: Privacy,
) -> None:
    faith = choice(group, "信仰", privacy=privacy, purpose="贴心服务")
    words = make_field(group, FieldKind.TEXT, "爱好", "Hobby")
    give(house["wang"], **{faith: "red", words: "钓鱼"})
    load(tmp_path)
    assert faith not in exploring.cube().dimensions
    assert words not in exploring.cube().dimensions
    assert pq.read_table(tmp_path / "field_values.parquet").num_rows == 0


def test_what_was_loaded_of_a_field_is_gone_once_it_counts_as_personal(
    house: House,  # noqa: F811 -- the fixture
    group: FieldGroup,
    tmp_path: Path,
) -> None:
    color = choice(group)
    give(house["wang"], **{color: "red"})
    load(tmp_path)
    assert pq.read_table(tmp_path / "field_values.parquet").num_rows == 1
    group.fields.update(privacy=Privacy.PERSONAL)
    forget_arranged()
    assert color not in exploring.cube().dimensions
    load(tmp_path)
    assert pq.read_table(tmp_path / "field_values.parquet").num_rows == 0


def test_values_of_customers_out_of_sight_are_not_told(
    house: House,  # noqa: F811 -- the fixture
    group: FieldGroup,
    tmp_path: Path,
) -> None:
    color = choice(group)
    give(house["li"], **{color: "red"})
    load(tmp_path)
    viewer = reader(Depth.OWN)
    Order.objects.filter(customer=house["li"]).update(owner=viewer)
    told = figures(viewer, f"rows={color}&metrics=orders")
    assert told[1:] == [["未填写", "1"], ["合计", "1"]]


def test_whoever_is_erased_has_no_values_any_more(
    house: House,  # noqa: F811 -- the fixture
    group: FieldGroup,
    tmp_path: Path,
) -> None:
    color = choice(group)
    for one in house.values():
        give(one, **{color: "red"})
    load(tmp_path)
    forget_scores([house["wang"].pk])
    kept = pq.read_table(tmp_path / "field_values.parquet").column("customer_id")
    assert kept.to_pylist() == [house["li"].pk]


def test_what_analysis_knows_of_customers_is_a_side_to_whoever_reads_it(
    house: House,  # noqa: F811 -- the fixture
    tmp_path: Path,
) -> None:
    known = {
        "grade": "a",
        "life_pattern": "early_exit",
        "churn_risk": 100,
        "p_alive": 35,
        "expected_amount": 4700,
    }
    Traits.objects.update_or_create(customer=house["wang"], defaults=known)
    Traits.objects.update_or_create(
        customer=house["li"], defaults={"churn_risk": 5, "expected_amount": 0}
    )
    Customer.objects.filter(pk=house["li"].pk).update(is_key=True)
    load(tmp_path)
    viewer = reader()
    for side, rows in {
        "grade": ["A 级", "未填写"],
        "life_pattern": ["提前退出型", "未填写"],
        "churn_risk": ["0–20%", "80–100%"],
        "p_alive": ["20–40%", "未填写"],
        "expected_amount": ["0", "2,000–5,000"],
        "is_key": ["否", "是"],
    }.items():
        told = figures(viewer, f"rows={side}&metrics=revenue")
        assert [row[0] for row in told[1:-1]] == rows, side
    covered = reader(customer__churn_risk=Level.HIDDEN)
    assert "80–100%" not in page(covered, f"?{SPAN}&rows=churn_risk")
    assert "churn_risk" not in exploring.cube().dimensions_for(covered)
    assert "credit_grade" not in exploring.cube().dimensions  # sensitive


def segment_of(*members: Customer, **facts: object) -> Segment:
    more = {"name": "老友", "sharing": Sharing.ALL} | facts
    made = Segment.objects.create(created_at=NOON, updated_at=NOON, **more)
    SegmentMember.objects.bulk_create(
        SegmentMember(segment=made, customer=one, joined_at=NOON) for one in members
    )
    return made


def test_who_is_in_two_segments_counts_in_both_rows_and_once_in_the_sums(
    house: House,  # noqa: F811 -- the fixture
    tmp_path: Path,
) -> None:
    wang, li = house["wang"], house["li"]
    segment_of(wang, li, name="全部")
    one = segment_of(wang, name="老友")
    gone = segment_of(li, name="已删除", deleted_at=NOON)
    load(tmp_path)
    viewer = reader()
    rows = "rows=segment&metrics=revenue&metrics=orders&metrics=buyers"
    assert figures(viewer, rows)[1:] == [
        ["全部", "2250.00", "3", "2"],
        ["老友", "1350.00", "2", "1"],
        ["合计", "2250.00", "3", "2"],
    ]
    crossed = figures(viewer, "rows=month&columns=segment&metrics=revenue")
    assert crossed[-1] == ["合计", "2250.00", "1350.00", "2250.00"]
    assert "一位客户可以同时属于几个客群" in page(viewer, f"?{SPAN}&{rows}")
    narrowed = f"rows=month&metrics=revenue&where=segment:{one.pk}"
    assert figures(viewer, narrowed)[-1] == ["合计", "1350.00"]
    behind = page(viewer, f"behind/?{SPAN}&{narrowed}&of=customers")
    assert "王芳" in behind
    assert "李强" not in behind
    asked = f"rows=month&metrics=revenue&where=segment:{gone.pk}"
    assert figures(viewer, asked)[-1] == ["合计", "2250.00"]


def test_only_segments_in_sight_are_told(
    house: House,  # noqa: F811 -- the fixture
    tmp_path: Path,
) -> None:
    hidden = segment_of(house["wang"], name="机密", sharing=Sharing.OWN)
    asks = segment_of(house["li"], name="按等级", needs=["customer.tier"])
    load(tmp_path)
    role = dict.fromkeys(RIGHTS, Depth.ALL) | {"segment.read": Depth.OWN}
    viewer = make_user(roles=[make_role(role, {"customer.tier": Level.HIDDEN})])
    assert figures(viewer, "rows=segment&metrics=revenue")[1:] == [
        ["不在你可见的客群中", "2250.00"],
        ["合计", "2250.00"],
    ]
    for one in (hidden, asks):
        asked = f"rows=month&metrics=revenue&where=segment:{one.pk}"
        assert figures(viewer, asked)[-1] == ["合计", "2250.00"]
    del role["segment.read"]
    shut = make_user("周", roles=[make_role(role)])
    assert "segment" not in exploring.cube().dimensions_for(shut)
    assert 'value="segment"' not in page(shut, f"?{SPAN}&rows=segment")
