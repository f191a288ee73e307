"""Files of contacts and costs: taken in, refused where they must be, and taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from guanxi.customers.commands.erasing import forget_files
from guanxi.customers.commands.investment import change_investment
from guanxi.customers.models import Investment
from guanxi.customers.queries.investment import invested
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied
from guanxi.foundation.imports.forms import PlanForm
from guanxi.foundation.imports.kinds import import_kind
from guanxi.foundation.imports.refused import labels_of, reason_of
from guanxi.foundation.imports.source import path_of
from guanxi.foundation.models import ImportRun, LoggedEvent, RefusedRow
from guanxi.foundation.tests.factories import checked_file, import_file, undo_file
from guanxi.identity.models import User
from guanxi.identity.tests.factories import (
    make_administrator,
    make_role,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
TEXT = (
    "手机,联系时间,联系方式,用途,地点,费用,内容\n"
    "13800138000,2024-05-01 10:00,上门拜访,开发,上海总部,“”,看样品\n"
    "13800138000,2024/5/3,宴请,维护,外滩,￥320.50,\n"
    "13800138000,2024-05-04,,售后,,88,快递费\n"
).replace("“”", "")
RIGHTS = (
    *("customer.read", "investment.read", "investment.create", "investment.import"),
    *("import_run.read", "import_run.create", "import_run.undo"),
)


def _seller(**levels: Level) -> User:
    role = make_role(dict.fromkeys(RIGHTS, Depth.TEAM), levels=levels)
    return make_user("销售", team=make_team("北"), roles=[role])


def reasons(run: ImportRun) -> list[str]:
    labels = labels_of(import_kind(run.kind))
    with translation.override("zh-hans"):
        rows = RefusedRow.objects.filter(run=run).order_by("index")
        return [reason_of(row, labels) for row in rows]


def test_given_a_file_then_contacts_and_costs_stand_at_the_customer() -> None:
    there = make_customer("张伟", phone="+8613800138000")
    run = import_file(HOUSE, "investments", TEXT)
    assert (run.created, run.refused) == (3, 0)
    visit, meal, parcel = Investment.objects.order_by("happened_at")
    assert (visit.mode, visit.aim, visit.place, visit.note) == (
        "visit",
        "acquisition",
        "上海总部",
        "看样品",
    )
    assert (meal.mode, meal.aim, meal.amount) == (
        "meal",
        "retention",
        Decimal("320.50"),
    )
    assert (parcel.mode, parcel.aim, parcel.amount) == ("", "service", Decimal("88.00"))
    known = invested(HOUSE, there)
    assert known.spent is not None
    assert (known.contacts, known.spent.total) == (2, Decimal("408.50"))
    told = LoggedEvent.objects.get(subject_id=visit.pk, kind="investment")
    assert (told.party_id, told.at) == (there.pk, visit.happened_at)


def test_given_the_file_once_more_then_its_rows_are_skipped_or_added_as_chosen() -> (
    None
):
    make_customer("张伟", phone="+8613800138000")
    import_file(HOUSE, "investments", TEXT)
    again = import_file(HOUSE, "investments", TEXT)
    assert (again.created, again.skipped) == (0, 3)
    forced = import_file(HOUSE, "investments", TEXT, options={"on_match": "add"})
    assert (forced.created, Investment.objects.count()) == (3, 6)


def test_given_a_row_twice_in_a_file_then_trial_and_run_agree() -> None:
    make_customer("张伟", phone="+8613800138000")
    text = TEXT + TEXT.splitlines()[1] + "\n"
    run = checked_file(HOUSE, "investments", text)
    figures = {key: run.preview[key] for key in ("created", "skipped")}
    assert figures == {"created": 3, "skipped": 1}
    run = import_file(HOUSE, "investments", text)
    assert (run.created, run.skipped) == (3, 1)


def test_given_rows_that_cannot_be_then_each_is_refused_with_its_reason() -> None:
    make_customer("甲公司", form="organization")
    make_customer("乙公司", form="organization")
    make_customer("乙公司", form="organization")
    tomorrow = f"{now() + timedelta(days=2):%Y-%m-%d}"
    text = (
        "客户名称,日期,方式,费用\n"
        ",2024-05-01,拜访,\n"
        "甲公司,,拜访,\n"
        f"甲公司,{tomorrow},拜访,\n"
        "甲公司,2024-05-01,,\n"
        "甲公司,2024-05-01,拜访,-5\n"
        "甲公司,2024-05-01,拜访,$5\n"
        "丙公司,2024-05-01,拜访,\n"
        "乙公司,2024-05-01,拜访,\n"
        "甲公司,2024-05-01,拜访,\n"
    )
    run = import_file(HOUSE, "investments", text)
    assert (run.created, run.refused) == (1, 8)
    assert reasons(run) == [
        "名称：缺少客户。",
        "时间：缺少日期。",
        "时间：这个时间还没到，请改为计划一个任务。",
        "费用：请填写花了多少钱。",
        "费用：这个金额不对。",
        "费用：费用以 CNY 登记。",
        "名称：你能看到的客户中没有这一位。",
        "名称：有多位客户符合，请确定是哪一位。",
    ]


def test_given_numbers_of_the_house_then_only_customers_in_sight_are_found() -> None:
    seller = _seller()
    mine = make_customer("我的", owner=seller, team=seller.team)
    other = make_customer("别人的")
    text = (
        f"客户序号,日期,方式\n{mine.pk},2024-05-01,电话\n{other.pk},2024-05-01,电话\n"
        "999999999,2024-05-01,电话\n"
    )
    run = import_file(seller, "investments", text)
    assert (run.created, run.refused) == (1, 2)
    first, second = reasons(run)
    assert first == second
    entry = Investment.objects.get()
    assert (entry.customer, entry.made_by) == (mine, seller)


def test_given_external_ids_then_one_out_of_sight_is_told_like_one_that_is_not() -> (
    None
):
    make_customer("别人的", external_id="C1", source="erp")
    text = "客户编号,日期,方式\nC1,2024-05-01,电话\nC2,2024-05-01,电话\n"
    run = import_file(_seller(), "investments", text, options={"source": "erp"})
    first, second = reasons(run)
    assert (run.created, first) == (0, second)


def test_given_a_field_that_may_not_be_written_then_no_column_fills_it() -> None:
    seller = _seller(**{"investment.amount": Level.READ})
    make_customer("张伟", phone="+8613800138000", owner=seller, team=seller.team)
    import_file(seller, "investments", TEXT)
    assert {one.amount for one in Investment.objects.all()} == {Decimal(0)}


def test_given_a_run_when_taken_back_then_what_was_changed_goes_to_the_trash() -> None:
    make_customer("张伟", phone="+8613800138000")
    run = import_file(HOUSE, "investments", TEXT)
    visit = Investment.objects.get(mode="visit")
    change_investment(HOUSE, visit, note="看样品，满意", at=now())
    undone = undo_file(HOUSE, run)
    assert (undone.removed, undone.kept) == (2, 1)
    visit.refresh_from_db()
    assert visit.deleted_at is not None
    assert list(Investment.objects.kept()) == []


def test_given_no_right_to_import_then_denied() -> None:
    role = make_role(dict.fromkeys(set(RIGHTS) - {"investment.import"}, Depth.ALL))
    with pytest.raises(Denied):
        checked_file(make_user("无权", roles=[role]), "investments", TEXT)


def test_given_a_customer_who_is_erased_then_the_file_that_tells_of_him_goes() -> None:
    there = make_customer("张伟", phone="+8613800138000")
    run = import_file(HOUSE, "investments", TEXT)
    assert path_of(run).exists()
    forget_files([there.pk], [])
    assert not path_of(run).exists()


def test_given_the_words_people_use_then_mode_and_aim_are_known() -> None:
    make_customer("甲公司", form="organization")
    text = (
        "客户名称,日期,方式,用途,费用\n"
        "甲公司,2024-05-01,上门拜访,争取,10\n"
        "甲公司,2024-05-02,餐叙,保持,20\n"
        "甲公司,2024-05-03,电话,服务,0\n"
    )
    run = import_file(HOUSE, "investments", text)
    assert (run.created, run.refused) == (3, 0)
    rows = Investment.objects.order_by("happened_at").values_list("mode", "aim")
    assert list(rows) == [
        ("visit", "acquisition"),
        ("meal", "retention"),
        ("phone", "service"),
    ]


def test_given_the_page_as_it_is_then_nothing_keeps_a_browser_from_starting() -> None:
    make_customer("甲公司", form="organization")
    run = checked_file(
        HOUSE, "investments", "客户名称,日期,费用\n甲公司,2024-05-01,10\n"
    )
    boss = make_administrator()
    form = PlanForm(run=run, viewer=boss)
    data = {bound.html_name: bound.value() or "" for bound in form}
    assert "required" not in str(form["option_mode"])
    assert PlanForm(data, run=run, viewer=boss).is_valid()
