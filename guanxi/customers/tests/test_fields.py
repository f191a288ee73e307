"""Fields that a house adds: at every door at once, under one read policy."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from guanxi.customers.commands.customer import change_customer, create_customer
from guanxi.customers.commands.extra import BadExtra
from guanxi.customers.commands.field import (
    BadField,
    add_field,
    add_group,
    change_field,
)
from guanxi.customers.commands.ship_fields import ship_fields
from guanxi.customers.events import CustomerChanged
from guanxi.customers.handlers import arrange_index
from guanxi.customers.models import Customer, CustomField, FieldGroup
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.extra import expression_of
from guanxi.customers.rules.field import FieldKind, Names
from guanxi.customers.tests.factories import make_customer, make_field
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Level, System
from guanxi.foundation.models import ImportRun, LoggedEvent
from guanxi.foundation.policies import Privacy
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
MOTIVES = (("price", Names("求实惠", "Price")), ("brand", Names("追求品牌", "Brand")))


@pytest.fixture
def fields(group: FieldGroup) -> dict[str, str]:
    """One field of each kind, by what it is about."""
    return {
        "hobby": make_field(group, FieldKind.TEXT, "爱好", "Hobby"),
        "story": make_field(group, FieldKind.PARAGRAPH, "经历", "Story"),
        "height": make_field(group, FieldKind.NUMBER, "身高", "Height"),
        "joined": make_field(group, FieldKind.DATE, "入会日期", "Joined on"),
        "smokes": make_field(group, FieldKind.BOOLEAN, "吸烟", "Smokes"),
        "motive": make_field(
            group, FieldKind.CHOICE, "动机", "Motive", choices=MOTIVES
        ),
    }


VALUES = {
    "hobby": "钓鱼",
    "story": "长\n文",
    "height": Decimal("1.85"),
    "joined": date(2024, 2, 29),
    "smokes": False,
    "motive": "brand",
}


@pytest.fixture
def angler(fields: dict[str, str]) -> Customer:
    extra = {fields[name]: value for name, value in VALUES.items()}
    return create_customer(HOUSE, name="王芳", at=NOON, extra=extra)


def test_given_an_administrator_when_a_field_is_added_on_the_page_then_forms_ask_for_it(
    admin: User,
) -> None:
    client = signed_in(admin)
    sent = {"name_zh": "本人信息", "name_en": "About", "form": "person"}
    assert client.post(reverse("customers:new_group"), sent).status_code == 302
    sent = {
        "group": str(FieldGroup.objects.get().pk),
        "kind": "choice",
        "name_zh": "购买动机",
        "name_en": "Motive",
        "choices": "price | 求实惠 | Price\n品牌",
        "privacy": "none",
        "data_type": "descriptive",
        "info_kind": "behavioral",
        "source_channel": "direct",
    }
    assert client.post(reverse("customers:new_field"), sent).status_code == 302

    field = CustomField.objects.get()
    assert field.key == "x_motive"
    assert field.choices == [
        {"key": "price", "zh": "求实惠", "en": "Price"},
        {"key": "pinpai", "zh": "品牌", "en": "品牌"},
    ]
    page = client.get(reverse("customers:new_customer")).content.decode()
    assert "购买动机" in page
    assert '<option value="pinpai">品牌</option>' in page
    assert "购买动机" in client.get(reverse("customers:fields")).content.decode()


def test_given_a_form_when_sent_then_values_stand_on_the_page_and_in_the_log(
    admin: User, fields: dict[str, str]
) -> None:
    client = signed_in(admin)
    typed = {"form": "person", "name": "王芳", "state": "potential"}
    typed |= {
        fields["hobby"]: "钓鱼",
        fields["smokes"]: "False",
        fields["motive"]: "brand",
    }
    response = client.post(reverse("customers:new_customer"), typed)
    assert response.status_code == 302
    found = Customer.objects.get()
    assert found.extra == {"x_hobby": "钓鱼", "x_smokes": False, "x_motive": "brand"}

    page = client.get(reverse("customers:customer", args=[found.pk])).content.decode()
    for words in ("本人信息", "爱好", "钓鱼", "追求品牌"):
        assert words in page
    change_customer(admin, found, version=1, at=NOON, extra={fields["hobby"]: "下棋"})
    log = LoggedEvent.objects.filter(name=CustomerChanged.event_name()).latest("pk")
    assert log.changes == {"x_hobby": ["钓鱼", "下棋"]}


def test_given_an_edit_when_one_field_is_emptied_then_the_others_stay(
    admin: User, angler: Customer, fields: dict[str, str]
) -> None:
    client = signed_in(admin)
    address = reverse("customers:edit_customer", args=[angler.pk])
    form = client.get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    typed = {name: str(value) for name, value in typed.items() if value is not None}
    response = client.post(address, typed | {fields["hobby"]: ""})
    assert response.status_code == 302
    angler.refresh_from_db()
    assert angler.extra == {
        "x_story": "长\n文",
        "x_height": "1.85",
        "x_joined_on": "2024-02-29",
        "x_smokes": False,
        "x_motive": "brand",
    }


@pytest.mark.parametrize(
    ("where", "finds"),
    [
        ("x_hobby.eq.钓鱼", True),
        ("x_hobby.like.鱼", True),
        ("x_hobby.eq.下棋", False),
        ("x_height.gte.1.8", True),
        ("x_height.gt.10", False),
        ("x_joined_on.before.2024-03-01", True),
        ("x_joined_on.after.2024-02-29", False),
        ("x_smokes.eq.false", True),
        ("x_smokes.eq.true", False),
        ("x_motive.in.(brand,price)", True),
        ("x_motive.eq.price", False),
        ("x_hobby.empty", False),
        ("not(x_hobby.filled)", False),
    ],
)
def test_given_a_filter_on_an_added_field_when_listed_then_only_what_fits(
    admin: User, angler: Customer, where: str, *, finds: bool
) -> None:
    response = signed_in(admin).get(reverse("customers:customers"), {"where": where})
    assert response.status_code == 200
    assert ("王芳" in response.content.decode()) is finds


@pytest.mark.parametrize("key", ["x_height", "x_joined_on", "x_hobby"])
def test_given_values_when_sorted_by_them_then_pages_go_on_where_they_ended(
    admin: User, fields: dict[str, str], key: str
) -> None:
    heights = (10, 9, None, 100, 2)
    for number, height in enumerate(heights):
        extra = {
            "x_height": height,
            "x_joined_on": height and date(2000 + height, 1, 1),
            "x_hobby": height and f"{height:03}",
        }
        create_customer(HOUSE, name=f"客户{number}", at=NOON, extra=extra)
    program = Program(token_of(admin, "customer.read", "customer.edit"))
    names: list[str] = []
    after = ""
    while True:
        page = program.get("/customers", sort=key, size=2, after=after).json()
        names += [item["name"] for item in page["items"]]
        if not page["next"]:
            break
        after = page["next"]
    assert names == ["客户4", "客户1", "客户0", "客户3", "客户2"]


def test_given_columns_chosen_when_exported_then_words_and_days_stand_in_the_file(
    admin: User, angler: Customer
) -> None:
    columns = "name,x_motive,x_joined_on,x_height,x_smokes"
    address = reverse("customers:customers")
    response = signed_in(admin).get(address, {"cols": columns, "export": "csv"})
    text = b"".join(response).decode("utf-8-sig")
    assert "王芳,追求品牌,2024-02-29,1.85,否" in text.replace('"', "")


def test_given_a_program_when_it_reads_and_writes_then_extra_holds_them(
    admin: User, angler: Customer
) -> None:
    program = Program(token_of(admin, "customer.read", "customer.edit"))
    (item,) = program.get("/customers").json()["items"]
    assert item["extra"]["x_motive"] == "brand"
    address = f"/customers/{angler.pk}"
    sent = {"version": 1, "extra": {"x_height": 1.9, "x_hobby": None}}
    answer = program.send("PATCH", address, sent)
    assert answer.status_code == 200
    assert answer.json()["extra"]["x_height"] == "1.9"
    assert "x_hobby" not in answer.json()["extra"]
    wrong = program.send(
        "PATCH", address, {"version": 2, "extra": {"x_motive": "gold"}}
    )
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["field"] == "x_motive"


def test_given_a_file_when_imported_then_headings_and_words_are_understood(
    admin: User, fields: dict[str, str]
) -> None:
    client = signed_in(admin)
    text = "姓名,爱好,动机,入会日期,吸烟,身高\n李娜,钓鱼,追求品牌,2024/3/5,是,1.7\n"
    file = SimpleUploadedFile("名单.csv", text.encode())
    client.post(reverse("imports:new"), {"kind": "customers", "file": file})
    run = ImportRun.objects.get()
    from guanxi.foundation.imports import jobs  # noqa: PLC0415 -- beside its use

    jobs.check(run_id=run.pk)
    page = client.get(reverse("imports:run", args=[run.pk])).content.decode()
    assert "追求品牌" in page
    client.post(reverse("imports:start", args=[run.pk]))
    jobs.take_in(run_id=run.pk)
    assert Customer.objects.get().extra == {
        "x_hobby": "钓鱼",
        "x_motive": "brand",
        "x_joined_on": "2024-03-05",
        "x_smokes": True,
        "x_height": "1.7",
    }


def test_given_a_field_out_of_use_when_asked_for_then_it_is_unknown_and_values_stay(
    admin: User, angler: Customer
) -> None:
    field = CustomField.objects.get(key="x_hobby")
    change_field(HOUSE, field, at=NOON, is_active=False)
    page = signed_in(admin).get(reverse("customers:customer", args=[angler.pk]))
    assert "钓鱼" not in page.content.decode()
    with pytest.raises(BadExtra):
        change_customer(admin, angler, version=1, at=NOON, extra={"x_hobby": "下棋"})
    angler.refresh_from_db()
    assert angler.extra["x_hobby"] == "钓鱼"


def test_given_a_required_field_when_it_is_left_out_then_nobody_is_entered(
    admin: User, group: FieldGroup
) -> None:
    make_field(group, FieldKind.TEXT, "车牌", "Plate", is_required=True)
    typed = {"form": "person", "name": "王芳", "state": "potential"}
    page = signed_in(admin).post(reverse("customers:new_customer"), typed)
    assert page.status_code == 422
    assert "plate" in page.context["form"].errors.as_json()
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldKind.TEXT, "长" * 201),
        (FieldKind.NUMBER, "abc"),
        (FieldKind.NUMBER, "NaN"),
        (FieldKind.NUMBER, True),
        (FieldKind.DATE, "2024-02-30"),
        (FieldKind.BOOLEAN, "yes"),
        (FieldKind.CHOICE, "gold"),
        (FieldKind.TEXT, 7),
    ],
)
def test_given_a_value_of_another_kind_when_stored_then_it_is_refused(
    group: FieldGroup, kind: FieldKind, value: object
) -> None:
    choices = MOTIVES if kind is FieldKind.CHOICE else ()
    key = make_field(group, kind, "字段", "Field", choices=choices)
    with pytest.raises(BadExtra):
        create_customer(HOUSE, name="王芳", at=NOON, extra={key: value})


def test_given_a_field_of_organizations_when_a_person_gets_it_then_it_is_refused() -> (
    None
):
    group = add_group(HOUSE, Names("企业", "Company"), form="organization", at=NOON)
    key = make_field(group, FieldKind.TEXT, "主营", "Business")
    with pytest.raises(BadExtra):
        create_customer(HOUSE, name="王芳", at=NOON, extra={key: "家具"})


def test_given_another_process_when_it_sees_the_number_grow_then_it_reads_anew(
    admin: User, group: FieldGroup
) -> None:
    client = signed_in(admin)
    client.get(reverse("customers:customers"))
    assert custom_fields() == ()
    # As another process would: nothing is forgotten here but by the number.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE foundation_arrangement SET number = number + 1")
    CustomField.objects.create(
        group=group, key="x_new", kind="text", name_zh="新字段", name_en="New"
    )
    assert custom_fields() == ()
    page = client.get(reverse("customers:new_customer")).content.decode()
    assert "新字段" in page


def test_given_shipped_fields_when_shipped_twice_then_they_are_there_once() -> None:
    ship_fields(HOUSE)
    count = CustomField.objects.count()
    ship_fields(HOUSE)
    assert CustomField.objects.count() == count == len(custom_fields())
    assert CUSTOMER.fields["x_income"].privacy is Privacy.SENSITIVE
    assert CUSTOMER.fields["x_income"].level is Level.MASKED


def test_given_choices_with_one_key_twice_when_added_then_refused(
    group: FieldGroup,
) -> None:
    twice = (("a", Names("甲", "A")), ("a", Names("乙", "B")))
    with pytest.raises(BadField):
        make_field(group, FieldKind.CHOICE, "选项", "Choice", choices=twice)


@pytest.mark.django_db(transaction=True)
def test_given_a_field_to_sort_by_when_arranged_then_its_index_serves_the_list() -> (
    None
):
    group = add_group(HOUSE, Names("会员", "Member"), form="", at=NOON)
    field = add_field(
        HOUSE,
        group,
        FieldKind.DATE,
        at=NOON,
        names=Names("入会", "Joined"),
        is_indexed=True,
    )
    arrange_index(key=field.key)
    (spec,) = custom_fields()
    statement = (
        "EXPLAIN SELECT id FROM customers_customer WHERE deleted_at IS NULL"
        f" AND {expression_of(spec)} IS NOT NULL ORDER BY {expression_of(spec)}, id"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_sort = off")
        cursor.execute(statement)
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan; RESET enable_sort")
    assert "customer_x_joined" in plan
    change_field(HOUSE, field, at=NOON, is_indexed=False)
    arrange_index(key=field.key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('customer_x_joined')")
        assert cursor.fetchone() == (None,)
    make_customer("王芳")


def test_given_the_house_itself_when_a_field_is_added_then_it_may_write_it(
    group: FieldGroup,
) -> None:
    assert "x_plate" not in CUSTOMER.writable(HOUSE)
    make_field(group, FieldKind.TEXT, "车牌", "Plate")
    assert "x_plate" in CUSTOMER.writable(HOUSE)
