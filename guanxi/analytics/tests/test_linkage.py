"""Names taken apart, and customers that are likely one."""

import pyarrow as pa
import pytest

from guanxi.analytics.linkage.features import name_parts
from guanxi.analytics.linkage.link import linked
from guanxi.analytics.linkage.model import COMPANIES, PERSONS
from guanxi.analytics.linkage.parties import RAW
from guanxi.customers.rules.duplicate import Reason


def _raw(*rows: dict[str, str]) -> pa.Table:
    columns = {
        name: [row.get(name, "") for row in rows] for name in RAW if name != "id"
    }
    form = [row.get("form", "person") for row in rows]
    return pa.table(
        {"id": pa.array(range(1, len(rows) + 1), pa.int64()), **columns}
    ).set_column(1, "form", pa.array(form, pa.string()))


def _pairs(*rows: dict[str, str]) -> list[tuple[int, int, set[str]]]:
    found = linked(_raw(*rows)).pairs.to_pylist()
    return [(p["one_id"], p["other_id"], set(p["reasons"].split())) for p in found]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("张伟", "张卫", "sound"),
        ("张伟", "伟张", "tokens"),
        ("张伟", "Wei Zhang", "tokens"),
        ("欧阳娜", "欧阳 娜", "core"),
        ("北京小米科技有限公司", "北京小米科技股份有限公司", "core"),
        ("北京小米科技有限公司", "小米", "brand"),
        ("小米科技（北京）有限公司", "北京小米科技有限公司", "brand"),
        ("深圳观澜文化传媒有限公司", "观澜文化", "brand"),
    ],
)
def test_spellings_that_meet(one: str, other: str, same: str) -> None:
    form = "organization" if len(one) > 4 and "公司" in one else "person"
    parts = [name_parts(form, name) for name in (one, other)]
    assert getattr(parts[0], same) == getattr(parts[1], same) != ""


def test_given_a_branch_then_it_is_a_place_of_its_own() -> None:
    branch = name_parts("organization", "中国建筑有限公司北京分公司")
    assert (branch.core, branch.branch) == ("中国建筑", "北京分公司")
    assert name_parts("organization", "中国建筑有限公司").branch == ""


def test_given_old_and_new_phones_then_a_shared_one_is_found_with_its_reasons() -> None:
    base = {"city": "上海", "birth_on": "1990-03-07"}
    found = _pairs(
        {**base, "name": "张伟", "phones": "+8613800138000"},
        {**base, "name": "张卫", "phones": "+8613900139000 +8613800138000"},
        {"name": "李强", "phones": "+8613700137000", "city": "北京"},
    )
    assert found == [(1, 2, {"sound", "phone", "birth_on", "city"})]


def test_given_namesakes_of_one_town_then_they_are_two() -> None:
    base = {"name": "张伟", "city": "上海"}
    assert (
        _pairs(
            {**base, "phones": "+8613800138000", "birth_on": "1990-03-07"},
            {**base, "phones": "+8613900139000", "birth_on": "1971-11-20"},
        )
        == []
    )


def test_given_a_company_and_its_branch_then_they_are_two() -> None:
    base = {"form": "organization", "city": "北京", "phones": "+861088886666"}
    names = ("华建工程有限公司", "华建工程股份有限公司", "华建工程有限公司朝阳分公司")
    found = _pairs(*({**base, "name": name} for name in names))
    assert [(one, other) for one, other, _why in found] == [(1, 2)]


def test_given_all_the_same_but_the_branch_then_they_are_two() -> None:
    base = {
        "form": "organization",
        "phones": "+861088886666",
        "emails": "info@huajian.example",
        "id_number": "91110000100006666X",
        "street": "建国路1号",
        "city": "北京",
    }
    names = ("华建工程有限公司", "华建工程有限公司朝阳分公司")
    assert _pairs(*({**base, "name": name} for name in names)) == []


@pytest.mark.parametrize(
    ("one", "other", "is_pair"),
    [
        ("李国强", "王秀兰", False),  # a couple
        ("李国强", "李晓燕", False),  # father and daughter
        ("李国强", "开心果", True),  # a nickname
        ("李国强", "李先生", True),
        ("李国强", "李国墙", True),
    ],
)
def test_given_one_household_then_full_names_that_differ_are_two(
    one: str, other: str, *, is_pair: bool
) -> None:
    base = {"phones": "+8613800138000", "street": "人民路8号", "city": "上海"}
    assert bool(_pairs({**base, "name": one}, {**base, "name": other})) is is_pair


def test_given_another_name_but_one_id_number_then_they_are_one() -> None:
    base = {"phones": "+8613800138000", "id_number": "11010519491231002X"}
    assert _pairs({**base, "name": "李国强"}, {**base, "name": "王建军"})


def test_given_nobody_or_one_then_there_is_no_pair() -> None:
    assert linked(_raw()).pairs.num_rows == 0
    assert _pairs({"name": "张伟"}) == []


def test_given_an_empty_name_and_odd_texts_then_nothing_breaks() -> None:
    odd = ("", "·", "𠮷野家", "O'Brien", "\uff21\uff22\uff23", "\u202e张", "1=1; DROP")
    assert isinstance(_pairs(*({"name": name} for name in odd)), list)


def test_given_many_who_share_a_phone_and_nothing_else_then_none_is_a_pair() -> None:
    given = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
    rows = [
        {
            "name": f"{surname}{given[i % 20]}{given[(i // 20 + j * 7) % 20]}",
            "phones": f"+86138{i:08}",
            "birth_on": f"{1950 + (i * 7 + j * 31) % 50}-0{1 + i % 9}-1{(i + j * 3) % 9}",
            "street": f"{'人民解放'[j]}路{i}号",
        }
        for i in range(300)
        for j, surname in enumerate("王陈")
    ]
    assert _pairs(*rows) == []


def test_every_reason_has_words() -> None:

    told = {level.reason for c in (*PERSONS, *COMPANIES) for level in c.levels}
    assert told - {""} <= set(Reason.values)
