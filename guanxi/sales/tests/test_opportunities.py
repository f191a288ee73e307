"""Opportunities: through their stages to their end, and what stages ask for."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import Conflict, Denied, NotVisible, Refused
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.tests.factories import NOON, make_role, make_team, make_user
from guanxi.sales.commands.opportunity import (
    assign_opportunity,
    change_opportunity,
    create_opportunity,
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
    restore_opportunity,
    trash_opportunity,
    win_opportunity,
)
from guanxi.sales.commands.owner import follow_owner
from guanxi.sales.commands.pipeline import (
    StageTerms,
    move_stage,
    remove_stage,
    save_stage,
    ship_stages,
)
from guanxi.sales.models import Opportunity, Pipeline, Stage, StageMove
from guanxi.sales.queries.opportunity import (
    CARDS,
    board,
    find_opportunities,
    opportunities,
    opportunity,
    outlook,
    outlook_by_owner,
    stages,
)
from guanxi.sales.rules.opportunity import (
    LostReason,
    OpportunityState,
    chance,
    is_overdue,
    is_stale,
    weighted,
)
from guanxi.sales.tests.factories import HOUSE, make_opportunity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_stages")]
TODAY = NOON.date()


@pytest.fixture
def _stages() -> None:
    ship_stages(HOUSE)


def _stage(key: str) -> Stage:
    return Stage.objects.get(key=key)


def _moved(found: Opportunity, key: str) -> Opportunity:
    return move_opportunity(HOUSE, found, stage_id=_stage(key).pk, at=NOON)


def test_the_chance_is_its_own_or_the_stages_and_sure_at_the_end() -> None:
    assert chance(OpportunityState.OPEN, None, 25) == 25
    assert chance(OpportunityState.OPEN, 0, 25) == 0
    assert chance(OpportunityState.WON, 40, 25) == 100
    assert chance(OpportunityState.LOST, 40, 25) == 0
    assert weighted(Decimal("333.33"), 25) == Decimal("83.33")


def test_what_stands_too_long_or_is_past_its_day_is_told() -> None:
    assert is_stale(NOON - timedelta(days=15), 14, at=NOON)
    assert not is_stale(NOON - timedelta(days=14), 14, at=NOON)
    assert not is_stale(NOON - timedelta(days=99), None, at=NOON)
    assert is_overdue(TODAY - timedelta(days=1), today=TODAY)
    assert not is_overdue(TODAY, today=TODAY)
    assert not is_overdue(None, today=TODAY)


def test_a_stage_takes_nothing_in_without_what_it_asks_for() -> None:
    found = make_opportunity()
    with pytest.raises(Refused) as refusal:
        _moved(found, "need")
    assert refusal.value.field == "customer"
    found.refresh_from_db()
    assert found.stage.key == "contact"
    party = make_customer()
    move_opportunity(HOUSE, found, stage_id=_stage("need").pk, customer=party, at=NOON)
    found.refresh_from_db()
    assert (found.stage.key, found.customer_id) == ("need", party.pk)
    keys = StageMove.objects.order_by("pk").values_list("stage__key", flat=True)
    assert list(keys) == ["contact", "need"]


def test_who_reads_no_amount_is_not_told_that_there_is_none() -> None:
    rights = dict.fromkeys(("opportunity.read", "opportunity.edit"), Depth.ALL)
    veiled = make_user(roles=[make_role(rights, {"opportunity.amount": Level.HIDDEN})])
    for amount in (None, Decimal(5)):
        found = make_opportunity(customer=make_customer(), amount=amount)
        move_opportunity(veiled, found, stage_id=_stage("offer").pk, at=NOON)
        found.refresh_from_db()
        assert found.stage.key == "offer"


def test_each_step_stands_on_the_timeline_of_its_customer() -> None:
    party = make_customer()
    found = make_opportunity(customer=party)
    _moved(found, "need")
    win_opportunity(HOUSE, found, amount=Decimal(900), closed_on=TODAY, at=NOON)
    rows = LoggedEvent.objects.filter(kind="opportunity", party_id=party.pk)
    names = [one.name.removeprefix("sales.Opportunity") for one in rows.order_by("pk")]
    assert names == ["Created", "Moved", "Won"]


def test_what_is_closed_is_not_moved_until_it_is_open_again() -> None:
    found = make_opportunity(customer=make_customer())
    lose_opportunity(
        HOUSE, found, reason=LostReason.PRICE, closed_on=TODAY, note=" 太贵 ", at=NOON
    )
    found.refresh_from_db()
    assert (found.state, found.close_note, found.chance) == ("lost", "太贵", 0)
    with pytest.raises(Refused):
        _moved(found, "need")
    with pytest.raises(Refused):
        win_opportunity(HOUSE, found, amount=None, closed_on=TODAY, at=NOON)
    reopen_opportunity(HOUSE, found, at=NOON)
    found.refresh_from_db()
    assert (found.state, found.closed_on, found.lost_reason) == ("open", None, "")
    with pytest.raises(Refused):
        reopen_opportunity(HOUSE, found, at=NOON)


def test_nothing_ends_in_the_future() -> None:
    with pytest.raises(Refused) as refusal:
        win_opportunity(
            HOUSE,
            make_opportunity(),
            amount=None,
            closed_on=TODAY + timedelta(days=1),
            at=NOON,
        )
    assert refusal.value.field == "closed_on"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"probability": 101}, "probability"),
    ],
)
def test_nonsense_is_refused(facts: dict[str, Any], field: str) -> None:
    found = make_opportunity()
    with pytest.raises(Refused) as refusal:
        change_opportunity(HOUSE, found, version=found.version, at=NOON, **facts)
    assert refusal.value.field == field


def test_who_saw_an_older_one_overwrites_nothing() -> None:
    found = make_opportunity()
    change_opportunity(HOUSE, found, version=found.version, name="甲", at=NOON)
    with pytest.raises(Conflict):
        change_opportunity(HOUSE, found, version=found.version, name="乙", at=NOON)
    found.refresh_from_db()
    assert found.name == "甲"


def test_a_hidden_field_is_not_written() -> None:
    rights = dict.fromkeys(("opportunity.read", "opportunity.create"), Depth.ALL)
    veiled = make_user(roles=[make_role(rights, {"opportunity.amount": Level.HIDDEN})])
    with pytest.raises(Denied):
        create_opportunity(
            veiled, stage=_stage("contact"), name="甲", amount=Decimal(1), at=NOON
        )
    made = create_opportunity(veiled, stage=_stage("contact"), name="甲", at=NOON)
    assert (made.owner_id, made.amount) == (veiled.pk, None)


def test_one_sees_opportunities_within_his_rights() -> None:
    team = make_team()
    role = make_role({"opportunity.read": Depth.TEAM})
    seller, mate, stranger = (
        make_user(team=team, roles=[role]),
        make_user(team=team, roles=[role]),
        make_user(team=make_team(), roles=[role]),
    )
    found = make_opportunity(owner=seller)
    for one in (seller, mate):
        assert [row.pk for row in opportunities(one)] == [found.pk]
    assert not opportunities(stranger)
    with pytest.raises(NotVisible):
        opportunity(stranger, found.pk)


def test_the_board_shows_the_first_cards_and_the_sums_of_all() -> None:
    for number in range(CARDS + 3):
        day = date(2026, 4, 1) + timedelta(days=number)
        make_opportunity(expected_on=day)
    make_opportunity(amount=None)
    make_opportunity(probability=50)
    trash_opportunity(HOUSE, make_opportunity(), at=NOON)
    first, second, *_rest = board(HOUSE, Pipeline.objects.get())
    assert (first.count, len(first.cards), first.more) == (CARDS + 5, CARDS, 5)
    assert first.cards[0].expected_on == date(2026, 4, 1)
    assert first.amount == 1000 * (CARDS + 4)
    assert first.weighted == 100 * (CARDS + 3) + 500
    assert (second.count, second.amount) == (0, Decimal(0))


def test_the_board_is_narrowed_to_ones_own_and_to_a_title() -> None:
    boss = make_user(roles=[make_role({"opportunity.read": Depth.ALL})])
    own = make_opportunity("会议室家具", owner=boss)
    make_opportunity("食堂餐桌")
    of = Pipeline.objects.get()
    assert [one.pk for one in board(boss, of, mine=True)[0].cards] == [own.pk]
    assert [one.pk for one in board(boss, of, text="huiyi")[0].cards] == [own.pk]


def test_the_board_costs_the_same_for_few_and_many() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            for column in board(HOUSE, Pipeline.objects.get()):
                assert all(f"{card.owner} {card.stage}" for card in column.cards)
        return len(caught)

    make_opportunity()
    few = queries()
    for _number in range(30):
        make_opportunity(customer=make_customer())
    assert queries() == few


def test_the_outlook_weighs_what_is_open_by_month_and_owner() -> None:
    seller = make_user()
    make_opportunity(owner=seller, expected_on=date(2026, 4, 2))
    make_opportunity(expected_on=date(2026, 4, 20), probability=60)
    make_opportunity()
    won = make_opportunity(expected_on=date(2026, 4, 2))
    win_opportunity(HOUSE, won, amount=None, closed_on=TODAY, at=NOON)
    told = [(one.month, one.count, one.amount, one.weighted) for one in outlook(HOUSE)]
    assert told == [
        (date(2026, 4, 1), 2, Decimal(2000), Decimal(700)),
        (None, 1, Decimal(1000), Decimal(100)),
    ]
    assert outlook_by_owner(HOUSE)[seller.pk] == (1, Decimal(1000), Decimal(100))


def test_it_is_found_by_words_and_pinyin_of_its_title() -> None:
    found = make_opportunity("新店开业采购")
    for text in ("开业", "xindian", found.name):
        assert [one.label for one in find_opportunities(HOUSE, text, 5)] == [found.name]
    assert not find_opportunities(HOUSE, "旧", 5)


def test_open_ones_follow_the_owner_of_their_customer() -> None:
    old, new = make_user(team=make_team()), make_user(team=make_team())
    party = make_customer(owner=old, team=old.team)
    open_one = make_opportunity(owner=old, customer=party)
    closed = make_opportunity(owner=old, customer=party)
    win_opportunity(HOUSE, closed, amount=None, closed_on=TODAY, at=NOON)
    Customer.objects.filter(pk=party.pk).update(owner=new, team=new.team)
    follow_owner(HOUSE, [Customer.objects.get(pk=party.pk)])
    open_one.refresh_from_db()
    closed.refresh_from_db()
    assert (open_one.owner_id, open_one.team_id) == (new.pk, new.team_id)
    assert closed.owner_id == old.pk


def test_it_is_assigned_to_who_can_still_sign_in() -> None:
    found, mate = make_opportunity(), make_user(team=make_team())
    assign_opportunity(HOUSE, found, mate, at=NOON)
    found.refresh_from_db()
    assert (found.owner_id, found.team_id) == (mate.pk, mate.team_id)
    with pytest.raises(Refused):
        assign_opportunity(HOUSE, found, make_user(is_active=False), at=NOON)


def test_the_trash_gives_it_back_as_it_was() -> None:
    found = make_opportunity()
    trash_opportunity(HOUSE, found, at=NOON)
    assert not opportunities(HOUSE)
    with pytest.raises(Refused):
        _moved(found, "need")
    restore_opportunity(HOUSE, found, at=NOON)
    assert [one.pk for one in opportunities(HOUSE)] == [found.pk]


def test_stages_are_added_moved_and_removed_with_what_stands_in_them() -> None:
    of = Pipeline.objects.get()
    made = save_stage(
        HOUSE,
        of,
        stage_id=None,
        terms=StageTerms("试用", 60, 5, ["amount", "nonsense"]),
        at=NOON,
    )
    assert (str(made), made.needs) == ("试用", ["amount"])
    move_stage(HOUSE, of, stage_id=made.pk, is_up=True, at=NOON)
    assert [one.pk for one in stages(of)].index(made.pk) == 4
    found = make_opportunity()
    first = _stage("contact")
    moved = remove_stage(HOUSE, of, stage_id=first.pk, into_id=made.pk, at=NOON)
    found.refresh_from_db()
    assert (moved, found.stage_id) == (1, made.pk)
    with pytest.raises(Refused):
        remove_stage(HOUSE, of, stage_id=made.pk, into_id=made.pk, at=NOON)
    with pytest.raises(Refused):
        save_stage(HOUSE, of, stage_id=None, terms=StageTerms(" ", 5), at=NOON)
    with pytest.raises(Refused):
        save_stage(HOUSE, of, stage_id=None, terms=StageTerms("甲", 105), at=NOON)
