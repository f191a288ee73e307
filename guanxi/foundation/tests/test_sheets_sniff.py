from pathlib import Path

import pytest

from guanxi.foundation.sheets.read import headings, rows
from guanxi.foundation.sheets.sniff import SheetFormat, sniff
from guanxi.foundation.sheets.unreadable import UnreadableSheet

FIXTURES = Path(__file__).parents[4] / "shared/fixtures"
needs_fixtures = pytest.mark.skipif(
    not FIXTURES.exists(), reason="shared fixtures are not here"
)

CHINESE = "姓名,电话,城市\n张伟,13800138000,北京\n欧阳锋,13900139000,上海\n"
TAIWAN = "姓名,電話\n張偉,13800138000\n歐陽鋒,13900139000\n陳美麗,0912345678\n"
WESTERN = "Name,City\nÉmile Zola,Orléans\nJürgen Müller,Köln\nPeña,Málaga\n"


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "gb2312", "gb18030"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        (TAIWAN, "big5", "big5"),
        (WESTERN, "cp1252", "cp1252"),
    ],
)
def test_encoding_is_found_and_reads_the_text(
    tmp_path: Path, text: str, encoding: str, found: str
) -> None:
    path = _written(tmp_path, text.encode(encoding))
    form = sniff(path)

    assert form.encoding == found
    lines = [line.split(",") for line in text.splitlines()]
    assert [headings(path, form), *rows(path, form)] == lines


def test_given_chinese_only_at_the_end_then_its_encoding_is_found(
    tmp_path: Path,
) -> None:
    text = "name,city\n" + "abc,def\n" * 100_000 + "张伟,北京\n"
    path = _written(tmp_path, text.encode("gbk"))

    assert list(rows(path, sniff(path), start=100_000)) == [["张伟", "北京"]]


@pytest.mark.parametrize(
    ("text", "delimiter", "columns"),
    [
        ("a,b\n1,2\n", ",", 2),
        ("a;b\n1,5;2,5\n1,7;2,8\n", ";", 2),
        ("a\tb\n1,5\t2\n", "\t", 2),
        ("a|b|c\n1|2|3\n", "|", 3),
        (" 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118  2 3.5\r\n", " ", 5),
        ("phone\n13800138000\n", ",", 1),
        ("sep=;\na;b\n1;2\n", ";", 2),
        ("milk,bread\nmilk\nbread,butter,milk\n", ",", 3),
    ],
)
def test_delimiter(tmp_path: Path, text: str, delimiter: str, columns: int) -> None:
    form = sniff(_written(tmp_path, text.encode()))

    assert (form.delimiter, form.columns) == (delimiter, columns)


@pytest.mark.parametrize(
    "text",
    [
        CHINESE,
        "name,age\nann,5\nbob,6\n",
        "colour,shape\nred,round\nblue,square\n",
        "编号,状态\nA1,新\n",
    ],
)
def test_headings_are_told(tmp_path: Path, text: str) -> None:
    assert sniff(_written(tmp_path, text.encode())).has_header


@pytest.mark.parametrize(
    "text",
    [
        "张三,13800138000,北京\n李四,13900139000,上海\n",
        "ann,a@b.cn\nbob,b@b.cn\n",
        "2024-01-02,5\n2024-01-03,6\n",
        "milk,bread\nbread,milk\nmilk,eggs\n",
    ],
)
def test_values_in_the_first_row_are_told(tmp_path: Path, text: str) -> None:
    assert not sniff(_written(tmp_path, text.encode())).has_header


def test_given_title_above_the_table_then_it_is_skipped(tmp_path: Path) -> None:
    path = _written(tmp_path, f"2024年名单\n\n{CHINESE}".encode())
    form = sniff(path)

    assert (form.skip, form.first_row) == (2, 4)
    assert headings(path, form) == ["姓名", "电话", "城市"]


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [("1.234,50;2,75", ","), ("1,234.50;2.75", "."), ("1,234;5", "."), ("a;b", ".")],
)
def test_decimal_mark(tmp_path: Path, cells: str, decimal: str) -> None:
    path = _written(tmp_path, f"a;b\n{cells}\n".encode())

    assert sniff(path).decimal == decimal


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not_a_table"),
        (bytes(range(256)) * 40, "not_a_table"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
        ),
        (b"<html><table><tr><td>1</td></tr></table>", "web_page"),
        (b"a," * 2000, "too_many_columns"),
        (b"a," * 1_000_000, "line_too_long"),
        (b"x" * 10_000_000, "line_too_long"),
        (b'a,b\n1,"x\n' + b"1,2\n" * 100_000, "cell_too_long"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = _written(tmp_path, content)
    with pytest.raises(UnreadableSheet) as refusal:
        list(rows(path, sniff(path)))

    assert refusal.value.code == code


@needs_fixtures
def test_real_file_of_blanks_without_headings() -> None:
    path = FIXTURES / "cdnow/CDNOW_sample.txt"
    form = sniff(path)

    assert form == SheetFormat(delimiter=" ", has_header=False, columns=5)
    assert next(rows(path, form)) == ["00004", "0001", "19970101", "2", "29.33"]
    assert sum(1 for _ in rows(path, form)) == 6919


@needs_fixtures
@pytest.mark.parametrize(
    ("name", "delimiter", "has_header", "count"),
    [
        ("crm_maven/accounts.csv", ",", True, 85),
        ("crm_maven/sales_pipeline.csv", ",", True, 8800),
        ("rfm/rfm_data_orders.csv", ",", True, 4906),
        ("bank_marketing/bank.csv", ";", True, 4521),
        ("telco_churn/Telco-Customer-Churn.csv", ",", True, 7043),
        ("groceries/groceries.csv", ",", False, 9835),
        ("groceries/items.csv", ",", True, 169),
        ("febrl/dataset1.csv", ",", True, 1000),
        ("nps/nps.csv", ",", True, 1000),
        ("abt_buy/AbtBuy_Abt.csv", ",", True, 1081),
    ],
)
def test_real_files(
    name: str,
    delimiter: str,
    has_header: bool,  # noqa: FBT001 -- a table
    count: int,
) -> None:
    form = sniff(FIXTURES / name)

    assert (form.delimiter, form.has_header) == (delimiter, has_header)
    assert sum(1 for _ in rows(FIXTURES / name, form)) == count
