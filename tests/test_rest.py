"""The door for programs: who may call, how refusals read, and that twice is once."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.utils.translation import override
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from guanxi.config import rest
from guanxi.customers.models import ContactPoint, Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rest.customer import WHOLE
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import TooOften
from guanxi.foundation.models import Access, Answered
from guanxi.foundation.rest.repeat import forget_answers
from guanxi.foundation.rest.throttle import take
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_role,
    make_team,
    make_user,
)
from guanxi.sales.tests.factories import make_order, make_product
from tests.callers import API, Program, token_of

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"
ALL = dict.fromkeys(
    (
        "customer.read",
        "customer.create",
        "customer.edit",
        "customer.delete",
        "customer.restore",
        "order.read",
        "order.create",
        "order.pay",
        "product.read",
        "product.create",
        "user.read",
    ),
    Depth.ALL,
)

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


@pytest.fixture
def writer(db: None) -> User:
    return make_user("李娜", roles=[make_role(ALL)], team=make_team())


@pytest.fixture
def program(writer: User) -> Program:
    return Program(token_of(writer))


def body(response: "Response") -> Any:
    return json.loads(response.content)


@pytest.mark.django_db
def test_given_no_token_when_asked_then_401_as_a_problem() -> None:
    response = Client().get(f"{API}/customers")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"] == "Bearer"
    assert body(response)["code"] == "not_signed_in"


@pytest.mark.django_db
def test_given_wrong_tokens_when_too_many_then_the_address_waits() -> None:
    program = Program("gx_" + "0" * 49)
    statuses = [program.get("/customers").status_code for _n in range(21)]
    assert statuses == [401] * 20 + [429]


def test_given_session_when_writing_without_csrf_token_then_403(writer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)
    assert client.get(f"{API}/customers").status_code == 200
    response = client.post(f"{API}/customers", "{}", content_type="application/json")
    assert (response.status_code, body(response)["code"]) == (403, "csrf")
    assert not Customer.objects.exists()


def test_given_narrow_scope_when_writing_then_403_names_the_right(
    writer: User,
) -> None:
    program = Program(token_of(writer, "customer.read"))
    response = program.post("/customers", {"name": "张伟"})
    assert response.status_code == 403
    assert body(response)["detail"] == "The right “customer.create” is needed."


def test_given_chinese_caller_when_refused_then_the_sentence_is_chinese(
    writer: User,
) -> None:
    program = Program(token_of(writer, "customer.read"), language="zh-CN,zh;q=0.9")
    response = program.post("/customers", {"name": "张伟"})
    assert body(response)["detail"] == "需要“customer.create”权限。"
    assert response["Content-Language"] == "zh-hans"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/customers/999999", 404, "not_found"),
        ("DELETE", "/customers", 405, "wrong_method"),
        ("GET", "/customers?where=nonsense", 400, "bad_filter"),
        ("GET", "/customers?sort=id_number", 400, "bad_filter"),
        ("GET", "/customers?size=201", 400, "invalid"),
        ("GET", "/customers?after=x", 400, "bad_filter"),
    ],
)
def test_given_bad_request_when_asked_then_a_problem(
    program: Program, method: str, path: str, status: int, code: str
) -> None:
    response = program.send(method, path)
    assert (response.status_code, body(response)["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"


LISTED = ("customer", "order", "product", "action_message", "task", "import_run")


@pytest.mark.parametrize(
    "path", ["customers", "orders", "products", "action-messages", "tasks", "imports"]
)
def test_given_misspelt_parameter_when_listed_then_it_is_named(
    db: None, path: str
) -> None:
    admin = make_administrator()
    key = token_of(admin, *(f"{kind}.read" for kind in LISTED))
    program = Program(key)
    assert program.get(f"/{path}", size=1).status_code == 200
    response = program.get(f"/{path}", wher="city.eq.北京", size=1)
    assert (response.status_code, body(response)["errors"]) == (
        400,
        [
            {
                "field": "wher",
                "message": "There is no such parameter; there are: "
                "where, q, sort, after, size.",
            }
        ],
    )
    chinese = Program(key, language="zh-CN").get(f"/{path}", wher="")
    assert body(chinese)["errors"][0]["message"].startswith(
        "没有这个参数；可用的有：where、"
    )


def test_given_broken_json_when_posted_then_400(program: Program) -> None:
    response = program.client.post(
        f"{API}/customers", b"{", content_type="application/json"
    )
    assert response.status_code == 400


def test_given_wrong_values_when_posted_then_each_is_named(program: Program) -> None:
    data = {"form": "robot", "employees": "many", "points": [{"kind": "phone"}]}
    errors = body(program.post("/customers", data))["errors"]
    assert [one["field"] for one in errors] == [
        "form",
        "employees",
        "points.0.value",
        "name",
    ]
    assert errors[0]["message"] == ("One of these is needed: 'person', 'organization'.")


def test_given_customers_when_paged_then_each_comes_once(program: Program) -> None:
    for hour in range(5):
        make_customer(f"客户{hour}", at=NOON + timedelta(hours=hour))
    names, after = [], ""
    while True:
        page = body(program.get("/customers", size=2, after=after))
        names += [one["name"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert names == ["客户4", "客户3", "客户2", "客户1", "客户0"]


def test_given_filter_and_sort_when_listed_then_as_the_page_of_people(
    program: Program,
) -> None:
    make_customer("王芳", city="北京", traits={"order_total": 10, "tier": "vital"})
    make_customer("李强", city="北京", traits={"order_total": 30})
    make_customer("赵敏", city="上海", traits={"order_total": 20})
    page = body(program.get("/customers", where="city.eq.北京", sort="-order_total"))
    found = [(one["name"], one["order_total"], one["tier"]) for one in page["items"]]
    assert found == [("李强", "30.00", ""), ("王芳", "10.00", "vital")]


def test_given_caller_in_another_zone_when_filtered_by_a_day_then_by_his_own(
    program: Program, writer: User
) -> None:
    evening = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)  # the 20th in Shanghai
    make_customer("李娜", at=evening)
    asked = {"where": "created_at.eq.2026-11-19"}
    assert body(program.get("/customers", **asked))["items"] == []

    User.objects.filter(pk=writer.pk).update(time_zone="America/New_York")

    (found,) = body(program.get("/customers", **asked))["items"]
    assert found["name"] == "李娜"


def test_given_many_customers_when_listed_then_few_queries(
    program: Program, django_assert_max_num_queries: Any
) -> None:
    for _n in range(5):
        make_customer().tags.set([])
    program.get("/customers")
    with django_assert_max_num_queries(3):
        program.get("/customers")


def test_given_new_customer_when_posted_then_made_normalized_and_found(
    program: Program, writer: User
) -> None:
    data = {
        "name": "欧阳娜娜",
        "points": [{"kind": "phone", "value": "138 0013 8000"}],
        "address": {"province": "上海市", "city": "上海市", "street": "南京路 1 号"},
        "tags": ["重点"],
        "annual_revenue": "12.50",
    }
    response = program.post("/customers", data)
    assert response.status_code == 201
    record = body(program.get(f"/customers/{body(response)['id']}"))
    assert response["Location"] == f"/api/v1/customers/{record['id']}"
    assert record["phone"] == "+8613800138000"
    assert (record["city"], record["street"]) == ("上海", "南京路 1 号")
    assert (record["owner"], record["tags"]) == (writer.pk, ["重点"])
    assert record["annual_revenue"] == "12.50"
    assert record["points"][0]["value"] == "138 0013 8000"


def test_given_change_when_patched_then_only_what_is_given_changes(
    program: Program,
) -> None:
    old = make_customer("王芳", city="北京", industry="教育")
    change = {"version": old.version, "industry": "零售"}
    response = program.send("PATCH", f"/customers/{old.pk}", change)
    record = body(response)
    assert response.status_code == 200
    assert (record["industry"], record["city"]) == ("零售", "北京")
    assert record["version"] == old.version + 1


def test_given_a_version_that_never_was_when_patched_then_409(program: Program) -> None:
    customer = make_customer("华东医疗器械")
    path = f"/customers/{customer.pk}"
    answer = program.send("PATCH", path, {"version": 999, "industry": "零售"})
    assert answer.status_code == 409
    assert "no version 999" in answer.json()["detail"]
    customer.refresh_from_db()
    assert customer.industry == ""


def test_given_overlapping_change_when_patched_then_409(program: Program) -> None:
    old = make_customer("王芳")
    for industry, status in (("零售", 200), ("教育", 409)):
        change = {"version": old.version, "industry": industry}
        response = program.send("PATCH", f"/customers/{old.pk}", change)
        assert response.status_code == status


def test_given_trash_when_deleted_and_restored_then_gone_and_back(
    program: Program,
) -> None:
    path = f"/customers/{make_customer().pk}"
    assert program.send("DELETE", path).status_code == 204
    assert program.get(path).status_code == 404
    assert program.post(f"{path}/restoration").status_code == 200
    assert program.get(path).status_code == 200


def test_given_masked_and_hidden_fields_when_read_then_covered_and_left_out(
    db: None,
) -> None:
    levels = {
        "customer.phone": Level.MASKED,
        "customer.email": Level.HIDDEN,
        "customer.owner": Level.HIDDEN,
        "customer.id_number": Level.HIDDEN,
    }
    clerk = make_user(roles=[make_role({"customer.read": Depth.ALL}, levels)])
    pk = make_customer("王芳", phone="13800138000", email="a@b.cn").pk
    for kind, value in (("phone", "+8613900139000"), ("email", "c@d.cn")):
        ContactPoint.objects.create(customer_id=pk, kind=kind, value=value, shown=value)
    program = Program(token_of(clerk))
    points = body(program.get(f"/customers/{pk}"))["points"]
    assert "9000" in json.dumps(points)
    assert "0013" not in json.dumps(points)
    assert "c@d.cn" not in json.dumps(points)
    for record in (
        body(program.get(f"/customers/{pk}")),
        body(program.get("/customers"))["items"][0],
    ):
        assert record["phone"] == "138****8000"
        assert not {"email", "owner", "owner_name", "id_number"} & record.keys()
        assert "a@b.cn" not in json.dumps(record)
    assert program.get("/customers", where="phone.has.138").status_code == 400


def test_given_field_one_may_not_write_when_patched_then_like_an_unknown_one(
    db: None,
) -> None:
    depths = {"customer.read": Depth.ALL, "customer.edit": Depth.ALL}
    levels = {"customer.note": Level.READ}
    clerk = make_user(roles=[make_role(depths, levels)])
    program = Program(token_of(clerk))
    old = make_customer("王芳")
    told = []
    for name in ("note", "nonsense"):
        change = {"version": old.version, name: "秘密"}
        response = program.send("PATCH", f"/customers/{old.pk}", change)
        assert response.status_code == 400
        told.append(response.content.decode().replace(name, "?"))
    assert told[0] == told[1]
    old.refresh_from_db()
    assert old.note == ""


@pytest.mark.parametrize(
    "name", ["id", "search", "deleted_at", "created_by", "import_run_id", "tier"]
)
def test_given_columns_nobody_writes_when_posted_then_refused(
    program: Program, name: str
) -> None:
    response = program.post("/customers", {"name": "张伟", name: 1})
    assert response.status_code == 400
    assert body(response)["errors"][0]["field"] == name


def test_given_id_number_in_clear_when_read_then_it_goes_on_record(
    program: Program, writer: User
) -> None:
    pk = make_customer("王芳", id_number="11010519491231002X").pk
    assert body(program.get(f"/customers/{pk}"))["id_number"] == "11010519491231002X"
    seen = Access.objects.get()
    assert (seen.act, seen.subject_id, seen.actor_id) == ("view", pk, writer.pk)
    assert seen.fields == ["id_number"]


def test_given_clear_phones_when_listed_then_the_page_goes_on_record(
    program: Program, writer: User
) -> None:
    pks = {make_customer(f"客户{n}", phone=f"1380013800{n}").pk for n in (1, 2)}
    make_customer("无号")
    assert len(body(program.get("/customers"))["items"]) == 3
    seen = Access.objects.get()
    assert (seen.act, seen.rows, seen.actor_id) == ("view", 2, writer.pk)
    assert (seen.fields, set(seen.subject_ids)) == (["phone"], pks)


def test_given_key_when_posted_twice_then_made_once_and_answered_the_same(
    program: Program,
) -> None:
    first = program.post("/customers", {"name": "张伟"}, key="k1")
    again = program.post("/customers", {"name": "张伟"}, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Location"] == first["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert Customer.objects.count() == 1


def test_given_key_when_used_for_another_request_then_422(program: Program) -> None:
    program.post("/customers", {"name": "张伟"}, key="k1")
    response = program.post("/customers", {"name": "王芳"}, key="k1")
    assert (response.status_code, body(response)["code"]) == (422, "key_reused")
    assert Customer.objects.count() == 1


def test_given_another_token_of_the_same_person_then_it_is_not_told_the_answer(
    program: Program, writer: User
) -> None:
    program.post("/customers", {"name": "张伟"}, key="k1")
    narrow = Program(token_of(writer, "order.read"))
    response = narrow.post("/customers", {"name": "张伟"}, key="k1")
    assert (response.status_code, body(response)["code"]) == (422, "key_reused")


def test_given_another_person_with_the_same_key_then_it_is_a_request_of_its_own(
    program: Program,
) -> None:
    program.post("/customers", {"name": "张伟"}, key="k1")
    other = make_user(roles=[make_role(ALL)], team=make_team())
    response = Program(token_of(other)).post("/customers", {"name": "王芳"}, key="k1")
    assert response.status_code == 201
    assert "Idempotency-Replayed" not in response


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "张{}伟"),
        ("points.0.label", [{"kind": "phone", "value": "13800138000", "label": "{}"}]),
        ("tags.1", ["重点", "{}"]),
        ("address.street", {"street": "{}"}),
    ],
)
def test_given_a_text_no_database_holds_when_posted_then_its_place_is_told(
    program: Program, sign: str, field: str, value: object
) -> None:
    sent = json.loads(json.dumps(value).replace("{}", json.dumps(sign)[1:-1]))
    response = program.post("/customers", {"name": "张伟", field.split(".")[0]: sent})
    assert response.status_code == 400
    assert [wrong["field"] for wrong in body(response)["errors"]] == [field]
    assert not Customer.objects.exists()


def test_given_refusal_when_sent_again_with_its_key_then_tried_anew(
    program: Program,
) -> None:
    bad = {"name": "张伟", "points": [{"kind": "phone", "value": "1"}]}
    assert program.post("/customers", bad, key="k1").status_code == 400
    assert not Answered.objects.exists()
    assert program.post("/customers", {"name": "张伟"}, key="k1").status_code == 201


def test_given_same_key_of_another_user_when_posted_then_both_are_made(
    program: Program,
) -> None:
    other = Program(token_of(make_user(roles=[make_role(ALL)])))
    program.post("/customers", {"name": "张伟"}, key="k1")
    assert other.post("/customers", {"name": "张伟"}, key="k1").status_code == 201
    assert Customer.objects.count() == 2


def test_given_old_answers_when_a_day_has_passed_then_forgotten(
    program: Program,
) -> None:
    program.post("/customers", {"name": "张伟"}, key="k1")
    forget_answers(datetime.now(UTC) + timedelta(hours=23))
    assert Answered.objects.count() == 1
    forget_answers(datetime.now(UTC) + timedelta(hours=25))
    assert not Answered.objects.exists()


@pytest.mark.django_db
def test_given_full_bucket_when_emptied_then_refused_until_a_share_has_passed() -> None:
    for _n in range(6):
        take("test", 6, at=NOON)
    with pytest.raises(TooOften) as refused:
        take("test", 6, at=NOON)
    assert refused.value.wait == 10
    take("test", 6, at=NOON + timedelta(seconds=10))
    with pytest.raises(TooOften):
        take("test", 6, at=NOON + timedelta(seconds=11))


@pytest.mark.parametrize(
    ("path", "sent", "wanted"),
    [
        ("/customers", "application/x-www-form-urlencoded", "application/json"),
        ("/customers", "text/plain", "application/json"),
        ("/imports", "application/json", "multipart/form-data"),
    ],
)
def test_given_a_body_of_another_type_then_415_names_the_right_one(
    program: Program, path: str, sent: str, wanted: str
) -> None:
    body = b'{"form": "person", "name": "\xe5\xbc\xa0"}'
    answer = program.client.generic("POST", f"{API}{path}", body, content_type=sent)
    assert answer.status_code == 415
    assert answer["Content-Type"] == "application/problem+json"
    told = json.loads(answer.content)
    assert told["code"] == "wrong_type"
    assert f"Content-Type: {wanted}" in told["detail"]


def test_given_a_body_that_is_broken_json_then_400(program: Program) -> None:
    answer = program.client.generic(
        "POST", f"{API}/customers", b"{", content_type="application/json; charset=utf-8"
    )
    assert answer.status_code == 400
    assert body(answer)["detail"] == "The body is not valid JSON."


def test_given_a_database_that_stopped_then_503_says_when_to_come_again(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_given: object) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(rest, "actor_for_token", stopped)
    answer = program.send("POST", "/customers", {"name": "张伟"}, key="k1")
    assert (answer.status_code, body(answer)["code"]) == (503, "unavailable")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "5"


def test_given_limit_when_called_too_often_then_429_with_retry_after(
    program: Program, settings: Any
) -> None:
    settings.API_PER_MINUTE = 2
    responses = [program.get("/customers") for _n in range(3)]
    assert [r.status_code for r in responses] == [200, 200, 429]
    assert 1 <= int(responses[2]["Retry-After"]) <= 30


def test_given_order_with_product_when_posted_then_priced_and_paid(
    program: Program,
) -> None:
    buyer, chair = make_customer(), make_product(price="99.90", code="C-1")
    lines = [
        {"product": chair.pk, "quantity": "2"},
        {"product_code": "C-1", "discount": "9.90"},
        {"name": "运费", "unit_price": "12"},
    ]
    made = program.post("/orders", {"customer": buyer.pk, "lines": lines})
    assert made.status_code == 201
    record = body(made)
    assert (record["total"], record["payment_state"]) == ("301.80", "unpaid")
    assert [line["amount"] for line in record["lines"]] == ["199.80", "90.00", "12.00"]
    paid = program.post(f"/orders/{record['id']}/payments", {"amount": "301.80"})
    assert body(paid)["payment_state"] == "paid"


def test_given_unknown_product_when_ordered_then_the_line_is_named(
    program: Program,
) -> None:
    lines = [{"name": "运费", "unit_price": "1"}, {"product": 999999}]
    data = {"customer": make_customer().pk, "lines": lines}
    response = program.post("/orders", data)
    assert response.status_code == 400
    assert body(response)["errors"] == [
        {"field": "lines.1.product", "message": "There is no such product."}
    ]


def test_given_order_when_listed_by_customer_then_found(program: Program) -> None:
    order = make_order(make_customer("王芳"))
    make_order()
    page = body(program.get("/orders", where=f"customer_id.eq.{order.customer_id}"))
    assert [(one["number"], one["customer"]) for one in page["items"]] == [
        (order.number, "王芳")
    ]


def test_given_hidden_cost_when_products_are_read_then_it_is_left_out(
    program: Program,
) -> None:
    pk = make_product(cost=Decimal("1.00")).pk
    assert "cost" not in body(program.get(f"/products/{pk}"))
    data = {"code": "X", "name": "椅子", "cost": "2"}
    assert program.post("/products", data).status_code == 400


@pytest.mark.django_db
def test_every_value_of_a_customer_stands_under_its_policy() -> None:
    open_to_all = {
        name
        for name, source in WHOLE.sources.items()
        if not source.field and not source.is_bundle
    }
    assert open_to_all == {"id", "version"}
    fields = {s.field for s in WHOLE.sources.values() if s.field}
    assert fields <= CUSTOMER.fields.keys()


def test_the_document_is_current() -> None:
    """Write it anew with ``make openapi`` after a change of the interface."""
    assert json.loads(DOCUMENT.read_text()) == json.loads(rest.document())


def test_the_document_is_valid_openapi() -> None:
    assert OPENAPI_31_VALIDATOR.is_valid(json.loads(rest.document()))


def test_the_document_tells_refusals_and_keys_of_every_operation() -> None:
    document = json.loads(rest.document())
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert {"401", "403", "429", "503"} <= operation["responses"].keys(), path
            names = {one["name"] for one in operation["parameters"]}
            assert ("Idempotency-Key" in names) is (method == "post"), path
    throttled = document["components"]["responses"]["throttled"]
    assert throttled["headers"].keys() == {"Retry-After"}


def test_given_manual_when_opened_in_chinese_then_it_names_every_operation(
    client: Client, writer: User
) -> None:
    client.force_login(writer)
    with override("zh-hans"):
        page = client.get("/help/api/").content.decode()
    for path in json.loads(rest.document())["paths"]:
        assert path in page
    assert "列出客户" in page


def test_given_file_when_uploaded_then_its_run_can_be_followed_and_discarded(
    db: None,
) -> None:
    rights = ("import_run.read", "import_run.create", "customer.import")
    clerk = make_user(roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    program = Program(token_of(clerk))
    file = SimpleUploadedFile("客户.csv", "名称\n张伟\n".encode())
    made = program.client.post(f"{API}/imports", {"kind": "customers", "file": file})
    assert made.status_code == 201
    path = made["Location"].removeprefix(API)
    run = body(program.get(path))
    assert (run["name"], run["state"], run["kind"]) == (
        "客户.csv",
        "checking",
        "customers",
    )
    assert program.post(f"{path}/start").status_code == 400
    assert [one["id"] for one in body(program.get("/imports"))["items"]] == [run["id"]]
    assert program.send("DELETE", path).status_code == 204
    assert program.get(path).status_code == 404


def test_given_key_when_a_file_is_uploaded_twice_then_there_is_one_run(
    db: None,
) -> None:
    rights = ("import_run.read", "import_run.create", "customer.import")
    clerk = make_user(roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    program = Program(token_of(clerk))
    answers = [
        program.client.post(
            f"{API}/imports",
            {"kind": "customers", "file": SimpleUploadedFile("a.csv", content)},
            headers={"idempotency-key": "k1"},
        )
        for content in (b"name\nA\n", b"name\nA\n", b"name\nB\n")
    ]
    assert [one.status_code for one in answers] == [201, 201, 422]
    assert answers[0].content == answers[1].content


def test_the_filters_of_the_manual_are_understood(program: Program) -> None:
    manual = (DOCUMENT.parent / "user" / "rest.md").read_text()
    examples = re.findall(r"`(\w+\.\w+\.[^`]+)`|'where=([^']+)'", manual)
    filters = [one or other for one, other in examples]
    assert len(filters) == 2
    for where in filters:
        assert program.get("/customers", where=where).status_code == 200, where
