"""Commissions: drawn from payments and refunds, approved by others, paid once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth
from guanxi.foundation.errors import Conflict, Denied, NotVisible, Refused
from guanxi.foundation.models import Notice
from guanxi.identity.models import Team, User
from guanxi.identity.tests.factories import make_role, make_team, make_user
from guanxi.sales.commands.commission import (
    PlanTerms,
    adjust_commission,
    approve_commission,
    draw_commissions,
    pay_commission,
    reopen_commission,
    save_commission_plan,
    share_commission,
)
from guanxi.sales.commands.payment import (
    receive_payment,
    refund_order,
    take_back_payment,
)
from guanxi.sales.commands.target import set_targets
from guanxi.sales.models import (
    CommissionLine,
    CommissionPlan,
    CommissionStatement,
    Order,
    Target,
)
from guanxi.sales.queries.commission import PlansOfMonth, statements
from guanxi.sales.rules.commission import Basis, RateTier, StatementState, TierBy
from guanxi.sales.rules.target import MONTHS, Measure
from guanxi.sales.tests.factories import HOUSE, make_order

pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
IN_MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)
IN_APRIL = datetime(2026, 4, 2, 4, tzinfo=UTC)
TIERS = (RateTier(Decimal(0), Decimal(2)), RateTier(Decimal(1000), Decimal(5)))


def _plan(name: str = "销售提成", **more: Any) -> CommissionPlan:
    words: dict[str, Any] = {
        "basis": Basis.RECEIVED,
        "tier_by": TierBy.AMOUNT,
        "is_stepped": True,
        "tiers": TIERS,
        "starts_on": date(2026, 1, 1),
    }
    terms = PlanTerms(name=name, **(words | more))
    return save_commission_plan(
        HOUSE, CommissionPlan(), terms=terms, version=0, at=IN_MARCH
    )


def _seller(team: Team | None = None, *rights: str) -> User:
    role = make_role(dict.fromkeys(("commission.read", *rights), Depth.TEAM_TREE))
    return make_user("周敏", team=team or make_team(), roles=[role])


def _sold(seller: User, amount: str, paid: str = "", at: datetime = IN_MARCH) -> Order:
    party = make_customer(owner=seller, team=seller.team)
    order = make_order(party, amount=amount, at=at)
    if paid:
        receive_payment(HOUSE, order, amount=Decimal(paid), at=at)
    return order


def _drawn(user: User, month: date = MARCH) -> CommissionStatement:
    draw_commissions(HOUSE, month=month, at=IN_APRIL)
    return CommissionStatement.objects.get(user=user, month=month)


def test_a_statement_counts_the_money_that_came_in_by_tiers() -> None:
    _plan()
    seller = _seller()
    _sold(seller, "3000", "800")
    _sold(seller, "3000", "700")
    found = _drawn(seller)
    # 2 percent of 1000 and 5 percent of 500
    assert (found.base, found.total) == (Decimal(1500), Decimal(45))
    lines = CommissionLine.objects.filter(statement=found)
    assert sorted(lines.values_list("amount", flat=True)) == [21, 24]


def test_a_statement_drawn_twice_is_drawn_anew_and_keeps_what_was_adjusted() -> None:
    _plan()
    seller = _seller()
    order = _sold(seller, "3000", "500")
    first = _drawn(seller)
    adjust_commission(
        HOUSE, first, amount=Decimal("6.50"), reason="展会补贴", at=IN_APRIL
    )
    receive_payment(HOUSE, order, amount=Decimal(100), at=IN_MARCH)
    again = _drawn(seller)
    assert again.pk == first.pk
    assert (again.base, again.total) == (Decimal(600), Decimal("18.50"))
    assert CommissionLine.objects.count() == 3


def test_what_is_taken_back_leaves_an_empty_statement() -> None:
    _plan()
    seller = _seller()
    order = _sold(seller, "3000")
    payment = receive_payment(HOUSE, order, amount=Decimal(500), at=IN_MARCH)
    assert _drawn(seller).total == 10
    take_back_payment(HOUSE, order, payment_id=payment.pk, at=IN_MARCH)
    assert _drawn(seller).total == 0
    assert not CommissionLine.objects.exists()


def test_a_refund_takes_back_at_the_rate_its_order_earned() -> None:
    _plan()
    seller = _seller()
    order = _sold(seller, "2000", "2000")
    march = _drawn(seller)
    assert march.total == 70
    approve_commission(HOUSE, march, at=IN_APRIL)
    refund_order(HOUSE, order, amount=Decimal(400), reason="退货", at=IN_APRIL)
    april = _drawn(seller, APRIL)
    assert (april.base, april.total) == (Decimal(-400), Decimal(-14))


def test_colleagues_share_and_the_owner_has_the_rest() -> None:
    _plan()
    seller, mate = _seller(), _seller()
    order = _sold(seller, "1000", "1000")
    share_commission(HOUSE, order, shares={mate: Decimal(30)}, at=IN_MARCH)
    draw_commissions(HOUSE, month=MARCH, at=IN_APRIL)
    totals = dict(CommissionStatement.objects.values_list("user", "total"))
    assert totals == {seller.pk: Decimal(14), mate.pk: Decimal(6)}


@pytest.mark.parametrize("percents", [["60", "50"], ["0"], ["-5"]])
def test_shares_that_make_no_sense_are_refused(percents: list[str]) -> None:
    shares = {_seller(): Decimal(one) for one in percents}
    with pytest.raises(Refused):
        share_commission(HOUSE, make_order(), shares=shares, at=IN_MARCH)


def test_tiers_by_target_follow_what_the_person_was_to_reach() -> None:
    tiers = (RateTier(Decimal(0), Decimal(1)), RateTier(Decimal(100), Decimal(10)))
    _plan(tier_by=TierBy.TARGET, is_stepped=False, tiers=tiers)
    seller = _seller()
    _sold(seller, "3000", "900")
    assert _drawn(seller).total == 9
    set_targets(
        HOUSE,
        Target(user=seller, team=seller.team),
        measure=Measure.REVENUE,
        year=2026,
        months=[Decimal(900)] * MONTHS,
        seen=None,
        at=IN_MARCH,
    )
    assert _drawn(seller).total == 90


def test_the_nearest_plan_is_in_force() -> None:
    above = make_team()
    team = make_team(parent=above)
    seller, mate, other = _seller(team), _seller(team), _seller()
    everybody = _plan("全员")
    of_above = _plan("大区", teams=[above])
    own = _plan("个人", users=[seller])
    _plan("去年", users=[mate], ends_on=date(2026, 2, 28))
    plans = PlansOfMonth(MARCH)
    found = [plans.of(one.pk, one.team_id) for one in (seller, mate, other)]
    assert found == [own, of_above, everybody]


def test_an_approved_statement_stands_and_its_person_is_told() -> None:
    _plan()
    seller, boss = _seller(), make_user(roles=[make_role(is_everything=True)])
    order = _sold(seller, "3000", "500")
    found = approve_commission(boss, _drawn(seller), at=IN_APRIL)
    assert Notice.objects.get(user_id=seller.pk).payload["amount"] == "¥10.00"
    receive_payment(HOUSE, order, amount=Decimal(100), at=IN_MARCH)
    assert _drawn(seller).total == 10
    for act in (approve_commission,):
        with pytest.raises(Refused):
            act(HOUSE, found, at=IN_APRIL)
    with pytest.raises(Refused):
        adjust_commission(HOUSE, found, amount=Decimal(1), reason="补", at=IN_APRIL)
    reopen_commission(boss, found, at=IN_APRIL)
    assert _drawn(seller).total == 12


def test_nobody_approves_his_own_nor_before_the_month_is_over() -> None:
    _plan()
    seller = _seller(None, "commission.approve")
    _sold(seller, "3000", "500")
    found = _drawn(seller)
    with pytest.raises(Refused):
        approve_commission(seller, found, at=IN_APRIL)
    with pytest.raises(Refused):
        approve_commission(HOUSE, found, at=IN_MARCH)
    found.refresh_from_db()
    assert found.state == StatementState.DRAFT


def test_only_what_is_approved_is_paid_out_and_only_once() -> None:
    _plan()
    seller = _seller()
    _sold(seller, "3000", "500")
    found = _drawn(seller)
    with pytest.raises(Refused):
        pay_commission(HOUSE, found, at=IN_APRIL)
    approve_commission(HOUSE, found, at=IN_APRIL)
    pay_commission(HOUSE, found, at=IN_APRIL)
    for act in (pay_commission, reopen_commission):
        with pytest.raises(Refused):
            act(HOUSE, found, at=IN_APRIL)


def test_who_draws_for_a_team_draws_for_nobody_else() -> None:
    _plan()
    team = make_team()
    leader = _seller(team, "commission.draw")
    mate, stranger = _seller(team), _seller()
    for one in (mate, stranger):
        _sold(one, "3000", "500")
    assert draw_commissions(leader, month=MARCH, at=IN_APRIL) == 1
    assert CommissionStatement.objects.get().user_id == mate.pk
    with pytest.raises(Denied):
        draw_commissions(mate, month=MARCH, at=IN_APRIL)


def test_one_sees_statements_within_his_rights() -> None:
    _plan()
    seller, stranger = _seller(), _seller()
    _sold(seller, "3000", "500")
    found = _drawn(seller)
    assert [one.pk for one in statements(seller)] == [found.pk]
    assert not statements(stranger)
    with pytest.raises((Denied, NotVisible)):
        approve_commission(stranger, found, at=IN_APRIL)


def test_a_plan_is_changed_by_who_knows_its_latest() -> None:
    kept = _plan()
    terms = PlanTerms("新", Basis.SHIPPED, TierBy.AMOUNT, False, TIERS, MARCH)
    saved = save_commission_plan(HOUSE, kept, terms=terms, version=1, at=IN_APRIL)
    assert (saved.version, saved.basis) == (2, "shipped")
    with pytest.raises(Conflict):
        save_commission_plan(HOUSE, kept, terms=terms, version=1, at=IN_APRIL)
    with pytest.raises(Refused):
        _plan("新")
    with pytest.raises(Refused):
        _plan("坏", tiers=())
