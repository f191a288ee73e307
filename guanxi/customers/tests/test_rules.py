from datetime import date

import pytest

from guanxi.customers.rules import Form, PointKind, State, arcs_to_actual, may_become
from guanxi.customers.rules.duplicate import (
    Likeness,
    Reason,
    duplicate_score,
)
from guanxi.customers.rules.name import core_name, match_name, search_columns
from guanxi.customers.rules.point import (
    InvalidWechat,
    Place,
    normal_point,
    plain_place,
    reach_of,
)
from guanxi.foundation.phones import InvalidPhone

PERSON, COMPANY = Form.PERSON, Form.ORGANIZATION


@pytest.mark.parametrize(
    ("state", "lawful"),
    [
        (State.NON_CUSTOMER, {State.POTENTIAL}),
        (State.POTENTIAL, {State.TARGET, State.ACTUAL, State.NON_CUSTOMER}),
        (State.TARGET, {State.POTENTIAL, State.ACTUAL, State.NON_CUSTOMER}),
        (State.ACTUAL, {State.LOST}),
        (State.LOST, {State.ACTUAL, State.NON_CUSTOMER}),
    ],
)
def test_only_these_steps_are_lawful(state: State, lawful: set[State]) -> None:
    assert {wanted for wanted in State if may_become(state, wanted)} == lawful


@pytest.mark.parametrize(
    ("state", "arcs"),
    [
        (State.ACTUAL, ()),
        (State.POTENTIAL, (State.ACTUAL,)),
        (State.TARGET, (State.ACTUAL,)),
        (State.LOST, (State.ACTUAL,)),
        (State.NON_CUSTOMER, (State.POTENTIAL, State.ACTUAL)),
    ],
)
def test_a_buyer_passes_lawful_arcs_only(state: State, arcs: tuple[State, ...]) -> None:
    assert arcs_to_actual(state) == arcs


@pytest.mark.parametrize(
    ("form", "name", "core"),
    [
        (COMPANY, "上海云杉家居有限公司", "上海云杉家居"),
        (COMPANY, "云杉家居（上海）有限责任公司", "云杉家居上海"),
        (COMPANY, "云杉家居股份有限公司", "云杉家居"),
        (COMPANY, "云杉家居集团有限公司", "云杉家居"),
        (COMPANY, "云杉家居上海分公司", "云杉家居上海分公司"),
        (COMPANY, "Acme Co., Ltd.", "acme"),
        (COMPANY, "\uff21\uff23\uff2d\uff25\u3000Inc", "acme"),
        (COMPANY, "Incorp", "incorp"),
        (COMPANY, "有限公司", "有限公司"),
        (PERSON, "欧阳 明月", "欧阳明月"),
        (PERSON, "O'Neil", "oneil"),
    ],
)
def test_core_name(form: Form, name: str, core: str) -> None:
    assert core_name(form, name) == core


def test_match_name_is_how_the_core_sounds() -> None:
    assert match_name(PERSON, "张伟") == "zhangwei"
    assert match_name(COMPANY, "云杉家居有限公司") == "yunshanjiaju"
    assert match_name(COMPANY, "Acme Ltd") == "acme"


def test_search_columns_hold_names_pinyin_and_pairs() -> None:
    columns = search_columns(
        PERSON,
        "曾小贤",
        external_id="C-7",
        points=[normal_point(PointKind.PHONE, "138 0013 8000")],
    )
    assert columns.search == " 曾小贤 c-7 zengxiaoxian zxx cengxiaoxian cxx 小贤"
    assert columns.search_contact == " 13800138000"
    assert columns.match_name == "zengxiaoxian"
    assert columns.sort_name.startswith("!zeng1曾")


def test_search_columns_of_a_latin_name() -> None:
    columns = search_columns(PERSON, "Ann Lee", short_name="Annie")
    assert columns.search == " ann lee annie"


@pytest.mark.parametrize(
    ("kind", "text", "value", "shown", "extension"),
    [
        (PointKind.PHONE, "+86 138-0013-8000", "+8613800138000", "138 0013 8000", ""),
        (
            PointKind.PHONE,
            "01088886666转801",
            "+861088886666",
            "010-8888 6666-801",
            "801",
        ),
        (
            PointKind.EMAIL,
            "Wei.Zhang@QQ.com",
            "wei.zhang@qq.com",
            "Wei.Zhang@qq.com",
            "",
        ),
        (PointKind.WECHAT, " Zhang_Wei-88 ", "zhang_wei-88", "Zhang_Wei-88", ""),
    ],
)
def test_points_are_normalized(
    kind: PointKind, text: str, value: str, shown: str, extension: str
) -> None:
    point = normal_point(kind, text)
    assert (point.value, point.shown, point.extension) == (value, shown, extension)


def test_wrong_points_are_refused() -> None:
    with pytest.raises(InvalidPhone):
        normal_point(PointKind.PHONE, "12")
    with pytest.raises(InvalidWechat):
        normal_point(PointKind.WECHAT, "张伟")


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        ("13800138000", (PointKind.PHONE, "+8613800138000")),
        ("A@Example.com", (PointKind.EMAIL, "a@example.com")),
        ("138001", None),
        ("a@", None),
    ],
)
def test_only_a_whole_number_or_address_is_a_reach(
    text: str, reach: tuple[PointKind, str] | None
) -> None:
    assert reach_of(text) == reach


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("上海市", "上海"),
        ("广东省", "广东"),
        ("广西壮族自治区", "广西"),
        ("内蒙古自治区", "内蒙古"),
        ("香港特别行政区", "香港"),
        ("津市", "津市"),
        (" 杭州 ", "杭州"),
    ],
)
def test_plain_place(name: str, plain: str) -> None:
    assert plain_place(name) == plain


def test_a_place_is_something_or_nothing() -> None:
    assert not Place()
    assert Place(postcode="200030")
    assert Place(city="上海市")
    assert Place("上海市", "上海市").plain() == Place("上海", "上海")


PHONE = frozenset({("phone", "+8613800138000")})


@pytest.mark.parametrize(
    ("other", "points", "reasons"),
    [
        (Likeness(PERSON, "李娜", points=PHONE), 60, (Reason.PHONE,)),
        (Likeness(PERSON, "张伟"), 30, (Reason.NAME,)),
        (Likeness(PERSON, "张伟", "上海"), 50, (Reason.NAME, Reason.CITY)),
        (Likeness(PERSON, "章薇", "上海"), 40, (Reason.SOUND, Reason.CITY)),
        (Likeness(PERSON, "章薇"), 20, (Reason.SOUND,)),
        (Likeness(PERSON, "李娜", "上海"), 0, ()),
        (
            Likeness(PERSON, "张伟", birth_on=date(1985, 5, 17)),
            60,
            (Reason.NAME, Reason.BIRTH_ON),
        ),
        (
            Likeness(PERSON, "张伟", "上海", PHONE, "C1", "X1"),
            100,
            (
                Reason.EXTERNAL_ID,
                Reason.ID_NUMBER,
                Reason.PHONE,
                Reason.NAME,
                Reason.CITY,
            ),
        ),
        (
            Likeness(PERSON, "张伟", "上海", id_number="X2"),
            0,
            (Reason.NAME, Reason.CITY),
        ),
        (
            Likeness(PERSON, "张伟", points=PHONE, birth_on=date(1990, 1, 1)),
            30,
            (Reason.PHONE, Reason.NAME),
        ),
    ],
)
def test_duplicate_score(
    other: Likeness, points: int, reasons: tuple[Reason, ...]
) -> None:
    one = Likeness(PERSON, "张伟", "上海", PHONE, "C1", "X1", date(1985, 5, 17))
    score = duplicate_score(one, other)
    assert (score.points, score.reasons) == (points, reasons)
    assert score.is_likely is (points >= 40)


def test_the_name_of_a_company_is_its_own() -> None:
    one = Likeness(COMPANY, "上海云杉家居有限公司")
    other = Likeness(COMPANY, "上海云杉家居")
    assert duplicate_score(one, other).points == 70


def test_parties_without_names_share_none() -> None:
    assert duplicate_score(Likeness(PERSON, ""), Likeness(PERSON, "")).points == 0
    assert duplicate_score(Likeness(PERSON, "a"), Likeness(PERSON, "b")).points == 0
