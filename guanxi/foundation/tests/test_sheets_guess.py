from pathlib import Path

import pytest

from guanxi.foundation.sheets.guess import ImportField, guess_columns
from guanxi.foundation.sheets.read import headings, rows
from guanxi.foundation.sheets.sniff import sniff

FIXTURES = Path(__file__).parents[4] / "shared/fixtures"

NAME = ImportField("name", "Name", "text", ("姓名", "名称", "full name"), required=True)
PHONE = ImportField(
    "phone", "Phone", "phone", ("电话", "手机", "手机号", "phone number")
)
EMAIL = ImportField("email", "E-mail", "email", ("邮箱", "电子邮件"))
CITY = ImportField("city", "City", "text", ("城市", "所在城市"))
DAY = ImportField("ordered_on", "Date", "date", ("日期", "下单日期", "下单时间"))
AMOUNT = ImportField("amount", "Amount", "money", ("金额", "revenue"))
NUMBER = ImportField("external_id", "Number", "text", ("编号", "id"))
FIELDS = [NAME, PHONE, EMAIL, CITY, DAY, AMOUNT, NUMBER]


@pytest.mark.parametrize(
    ("found", "mapping"),
    [
        (["姓名", "手机", "邮箱"], {0: "name", 1: "phone", 2: "email"}),
        (["E-Mail", "NAME", "City "], {0: "email", 1: "name", 2: "city"}),
        (
            ["编号", "金额（元）", "下单日期"],
            {0: "external_id", 1: "amount", 2: "ordered_on"},
        ),
        (["电话", "手机"], {0: "phone"}),
        (["Fullname", "phone_no"], {0: "name", 1: "phone"}),
        (["客户手机号码", "客户姓名"], {0: "phone", 1: "name"}),
        (["foo", ""], {}),
        ([], {}),
    ],
)
def test_headings_tell_the_field(found: list[str], mapping: dict[int, str]) -> None:
    assert guess_columns(found, [], FIELDS) == mapping


def test_given_no_headings_then_contents_tell() -> None:
    samples = [
        ["1", "张伟", "13800138000", "z@qq.com", "2024-01-02", "12.50"],
        ["2", "李娜", "010-88886666", "l@qq.com", "2024-01-03", "7.00"],
    ]

    assert guess_columns([], samples, FIELDS) == {
        2: "phone",
        3: "email",
        4: "ordered_on",
        5: "amount",
    }


def test_given_similar_heading_when_cells_are_of_another_kind_then_it_is_left() -> None:
    assert guess_columns(["手机型号"], [["iPhone 15"], ["Mate 60"]], FIELDS) == {}


def test_given_unknown_heading_then_contents_do_not_overrule_it() -> None:
    assert guess_columns(["传真"], [["010-88886666"]], FIELDS) == {}


@pytest.mark.skipif(not FIXTURES.exists(), reason="shared fixtures are not here")
def test_real_files() -> None:
    path = FIXTURES / "cdnow/CDNOW_sample.txt"
    orders = FIXTURES / "rfm/rfm_data_orders.csv"

    assert guess_columns([], list(rows(path, sniff(path)))[:50], FIELDS) == {
        2: "ordered_on",
        4: "amount",
    }
    form = sniff(orders)
    sample = list(rows(orders, form))[:50]
    found = guess_columns(headings(orders, form), sample, FIELDS)
    assert (found[1], found[2], found[5]) == ("ordered_on", "amount", "email")
