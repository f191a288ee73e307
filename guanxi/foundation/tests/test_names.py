from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.foundation.names import mask_name, pinyin_forms, sort_key, split_name

COMPANIES = Path(__file__).parents[4] / "shared/fixtures/cn_names/company_short_28w.txt"


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("张伟", ("张", "伟")),
        ("欧阳娜娜", ("欧阳", "娜娜")),
        ("尉遲恭", ("尉遲", "恭")),
        ("欧阳", ("欧阳", "")),
        ("张 三", ("张", "三")),
        ("阿凡提·买买提", ("", "阿凡提·买买提")),
        ("John Smith", ("Smith", "John")),
        ("O'Neil, Tom", ("O'Neil", "Tom")),
        ("𠮷田", ("𠮷", "田")),
        ("", ("", "")),
    ],
)
def test_surname_and_given_name(full: str, parts: tuple[str, str]) -> None:
    assert split_name(full) == parts


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("张伟", "zhangwei", "zw"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("曾小贤", "zengxiaoxian", "zxx"),
        ("仇和", "qiuhe", "qh"),
        ("解晓东", "xiexiaodong", "xxd"),
        ("查良镛", "zhaliangyong", "zly"),
        ("朴树", "piaoshu", "ps"),
        ("区志强", "ouzhiqiang", "ozq"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("万俟卨", "moqixie", "mqx"),
        ("吕布", "lvbu", "lb"),
        ("重庆长安汽车", "chongqingchanganqiche", "cqcaqc"),
        ("长沙银行", "changshayinhang", "csyh"),
        ("厦门音乐学院", "xiamenyinyuexueyuan", "xmyyxy"),
        ("IBM中国", "ibmzhongguo", "ibmzg"),
    ],
)
def test_best_reading(name: str, full: str, initials: str) -> None:
    forms = pinyin_forms(name)

    assert (forms.full, forms.initials) == (full, initials)
    assert forms.all[:2] == (full, initials)


@pytest.mark.parametrize(
    ("name", "found_by"),
    [
        ("单雄信", {"shanxiongxin", "sxx", "danxiongxin", "dxx"}),
        ("朱乐", {"zhule", "zl", "zhuyue", "zy"}),
        ("单县食品公司", {"danxianshipingongsi", "shanxianshipingongsi"}),
        ("吕布", {"lvbu", "lyubu", "lubu", "lb"}),
    ],
)
def test_other_readings_are_kept_for_search(name: str, found_by: set[str]) -> None:
    assert found_by <= set(pinyin_forms(name).all)


def test_many_readings_do_not_multiply_without_end() -> None:
    assert len(pinyin_forms("行长乐朝曾解单查任行长乐朝曾解单查任").all) <= 16


@pytest.mark.parametrize("text", ["", " ", "\0", "👍", "Acme", "12", "----"])
def test_text_without_chinese_has_no_pinyin(text: str) -> None:
    assert pinyin_forms(text).all == ()


def test_directory_order() -> None:
    names = [
        "张三",
        "Acme",
        "安妮",
        "李伟",
        "黎明",
        "吕布",
        "路遥",
        "阿宝",
        "zoe",
        "李三",
    ]
    names += ["7天", "㛃", "𠮷野", "Émile", "重庆", "程序"]

    assert sorted(names, key=sort_key) == [
        "阿宝", "安妮", "程序", "重庆", "㛃", "黎明", "李三", "李伟", "路遥", "吕布",
        "张三", "𠮷野", "7天", "Acme", "Émile", "zoe",
    ]  # fmt: skip


def test_given_one_surname_then_blanks_and_case_do_not_matter_for_order() -> None:
    assert sort_key("张 三") == sort_key("张三")
    assert sort_key("ACME") == sort_key("acme")


def test_key_is_never_empty_for_a_visible_name_and_fits_an_index() -> None:
    assert sort_key("👍") == "👍"
    assert len(sort_key("装" * 1000).encode()) < 2700


@given(st.text())
def test_any_text_has_forms_and_a_storable_key(text: str) -> None:
    pinyin_forms(text)
    assert "\0" not in sort_key(text) + mask_name(text)


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("张伟", "张*"),
        ("张伟明", "张**"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳", "欧*"),
        ("张", "*"),
        ("John Smith", "J*** S***"),
        ("", ""),
    ],
)
def test_mask_keeps_the_surname_only(full: str, masked: str) -> None:
    assert mask_name(full) == masked


@pytest.mark.skipif(not COMPANIES.exists(), reason="shared fixtures are not here")
def test_real_company_names_are_read_quickly() -> None:
    names = COMPANIES.read_text("utf-8-sig").split("\n")[3:20_003]
    pinyin_forms("重庆")  # fills the table of words
    begun = process_time()
    unread = [name for name in names if sort_key(name) and not pinyin_forms(name).full]

    assert process_time() - begun < 20_000 * 200e-6  # usually 15 µs; machines differ
    assert len(unread) < 20
