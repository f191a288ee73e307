"""What people may import: their own, the fields they may write, and with the right."""

import pytest
from django.db import transaction
from django.utils import translation

from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import Denied
from guanxi.foundation.imports import commands
from guanxi.foundation.imports.kinds import import_kind
from guanxi.foundation.imports.refused import labels_of, reason_of
from guanxi.foundation.models import ImportRun, RefusedRow
from guanxi.foundation.tests.factories import (
    checked_file,
    import_file,
)
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_role, make_team, make_user

pytestmark = pytest.mark.django_db
PEOPLE = """客户编号,姓名,手机,邮箱,省份,城市,标签
A1,张伟,138 0013 8000,ZhangWei@Example.com,上海市,上海市,VIP；老客
A2,李娜,+86 13900139000,,浙江省,杭州,
A3,王磊,010-88886666转801,,北京市,北京,VIP
"""


def reasons(run: ImportRun) -> list[tuple[int, str]]:
    labels = labels_of(import_kind(run.kind))
    with translation.override("zh-hans"):
        return [
            (row.number, reason_of(row, labels))
            for row in RefusedRow.objects.filter(run=run).order_by("index")
        ]


SELLER = {
    **dict.fromkeys(("customer.create", "customer.edit", "customer.import"), Depth.OWN),
    **dict.fromkeys(("import_run.read", "import_run.create"), Depth.OWN),
}
TWO_PEOPLE = "姓名,手机\n张伟,13800138000\n李娜,13900139000\n"


def seller_who_sees(depth: Depth) -> User:
    """Return who imports what is to be his own, and sees customers to ``depth``."""
    return make_user(
        roles=[make_role({**SELLER, "customer.read": depth})], team=make_team()
    )


def test_people_import_their_own_and_may_not_change_what_is_of_others() -> None:
    seller = seller_who_sees(Depth.ALL)
    make_customer("张伟", phone="13800138000", team=make_team())
    run = import_file(seller, "customers", TWO_PEOPLE, options={"on_match": "update"})
    assert (run.created, run.updated, run.refused) == (1, 0, 1)
    assert reasons(run) == [(2, "电话：已有这位客户，而你无权修改。")]
    made = Customer.objects.get(name="李娜")
    assert (made.owner_id, made.team_id) == (seller.pk, seller.team_id)


@pytest.mark.parametrize("on_match", ["update", "skip", "ask"])
@pytest.mark.parametrize("match", ["phone", "name", "email", "credit_code"])
def test_given_customer_out_of_sight_when_imported_then_it_is_as_if_there_was_none(
    match: str, on_match: str
) -> None:
    file = (
        "类型,名称,手机,邮箱,统一社会信用代码\n"
        "组织,木屿公司,13800138000,a@example.cn,91350100M000100Y43\n"
    )
    options = {"on_match": on_match, "match": match}
    told = []
    for is_there in (False, True):
        seller = seller_who_sees(Depth.OWN)
        with transaction.atomic():
            if is_there:
                make_customer(
                    "木屿公司",
                    form="organization",
                    phone="13800138000",
                    email="a@example.cn",
                    credit_code="91350100M000100Y43",
                    team=make_team(),
                )
            run = import_file(seller, "customers", file, options=options)
            told.append((run.created, run.updated, run.skipped, reasons(run)))
            transaction.set_rollback(True)
    assert told[0] == told[1] == (1, 0, 0, [])


def test_a_field_that_may_not_be_written_cannot_be_mapped() -> None:
    role = make_role(
        dict.fromkeys(
            ("customer.import", "import_run.create", "import_run.read"), Depth.OWN
        ),
        {"customer.phone": Level.MASKED},
    )
    clerk = make_user(roles=[role])
    run = checked_file(clerk, "customers", "姓名,手机\n张伟,13800138000\n")
    assert run.columns == {"0": "name"}
    with pytest.raises(commands.BadMapping):
        commands.apply_choices(
            clerk, run, commands.Choices(columns={"0": "name", "1": "phone"})
        )


def test_without_the_right_no_file_is_taken() -> None:
    role = make_role({"import_run.create": Depth.OWN, "customer.read": Depth.ALL})
    with pytest.raises(Denied):
        checked_file(make_user(roles=[role]), "customers", PEOPLE)
    assert not ImportRun.objects.exists()
