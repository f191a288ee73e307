"""Targets against what was reached: by person, team and month, and who sees which."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.performance import Reached, Span, course, last_of, reached
from guanxi.analytics.tests.test_explore import at, buy, load
from guanxi.analytics.views.performance import span_of
from guanxi.customers.commands.bond import assess_bond
from guanxi.customers.commands.investment import record_investment
from guanxi.customers.rules.bond import AssessmentMethod
from guanxi.customers.rules.investment import Aim
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.models import Team, User
from guanxi.identity.tests.factories import NOON, make_role, make_team, make_user
from guanxi.sales.commands.target import set_targets
from guanxi.sales.models import Target
from guanxi.sales.rules.target import MONTHS, Measure
from guanxi.sales.tests.factories import HOUSE, make_product

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
AS_OF = date(2026, 3, 31)
QUARTER = Span(date(2026, 1, 1), AS_OF, AS_OF)
ADDRESS = "/insight/performance/"
KINDS = ("target", "customer", "order", "product", "investment", "user")


@dataclass
class Company:
    """A team within another, one seller in each, and a leader of both."""

    whole: Team
    east: Team
    leader: User
    seller: User
    mate: User


def _person(name: str, team: Team, depth: Depth) -> User:
    rights = {f"{kind}.read": depth for kind in KINDS} | {"team.read": Depth.ALL}
    role = make_role(rights, {"product.cost": Level.READ})
    return make_user(name, team=team, roles=[role])


@pytest.fixture
def company(settings: Settings, tmp_path: Path) -> Company:
    """Two sellers whose customers bought in January and in March."""
    settings.WAREHOUSE_ROOT = tmp_path
    whole = make_team("公司")
    east = make_team("华东", parent=whole)
    leader = _person("林望舒", whole, Depth.TEAM_TREE)
    seller = _person("周敏", east, Depth.OWN)
    mate = _person("陈子昂", whole, Depth.OWN)
    sofa = make_product("沙发", category="家具", cost=Decimal(600))
    lamp = make_product("台灯", category="灯具", cost=Decimal(50))
    wang = make_customer("王芳", owner=seller, team=east)
    li = make_customer("李强", owner=mate, team=whole)
    buy(wang, date(2026, 1, 5), (sofa, "1", "1000"), (lamp, "2", "100"))
    buy(wang, date(2026, 3, 9), (lamp, "1", "100"))
    buy(li, date(2026, 3, 9), (sofa, "1", "900"))
    record_investment(
        HOUSE, wang, at=at(date(2026, 1, 5)), amount=Decimal(30), aim=Aim.ACQUISITION
    )
    record_investment(
        HOUSE, wang, at=at(date(2026, 2, 5)), amount=Decimal(12), aim=Aim.SALES
    )
    record_investment(
        HOUSE, li, at=at(date(2026, 2, 5)), amount=Decimal(99), aim=Aim.SERVICE
    )
    for customer, score in ((wang, 9), (li, 6)):
        assess_bond(
            HOUSE,
            customer,
            AssessmentMethod.ASKED,
            assessed_on=date(2026, 3, 1),
            satisfaction=Decimal(score),
            at=at(date(2026, 3, 1)),
        )
    AnalysisRun.objects.create(
        as_of=AS_OF, state=AnalysisRun.State.DONE, requested_at=NOON
    )
    load(tmp_path)
    return Company(whole, east, leader, seller, mate)


def _aim(place: Target, value: int, measure: Measure = Measure.REVENUE) -> None:
    months: Sequence[Decimal] = [Decimal(value)] * MONTHS
    set_targets(
        HOUSE, place, measure=measure, year=2026, months=months, seen=None, at=NOON
    )


def _page(viewer: User, **asked: str) -> str:
    """Return the words of the page."""
    client = Client()
    client.force_login(viewer)
    page = client.get(ADDRESS, asked).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def _figures(found: Sequence[Reached]) -> dict[str, Decimal | None]:
    return {one.place.name: one.actual for one in found}


def test_people_and_teams_reach_what_their_orders_come_to(company: Company) -> None:
    found = _figures(reached(company.leader, Measure.REVENUE, QUARTER))
    assert found == {
        "公司": Decimal(2200),
        "林望舒": Decimal(0),
        "陈子昂": Decimal(900),
        "华东": Decimal(1300),
        "周敏": Decimal(1300),
    }


def test_a_target_is_held_against_the_span_and_the_days_gone_by(
    company: Company,
) -> None:
    _aim(Target(user=company.seller, team=company.east), 400)
    until_mid = Span(QUARTER.first_on, QUARTER.last_on, date(2026, 2, 13))
    (own,) = reached(company.seller, Measure.REVENUE, until_mid)
    assert (own.target, own.actual) == (Decimal(1200), Decimal(1200))
    assert own.standing is not None
    assert own.standing.share == 1
    assert own.standing.is_good
    assert own.standing.outlook > own.standing.due * 1200
    (later,) = reached(company.seller, Measure.REVENUE, QUARTER)
    assert later.standing is not None
    assert later.standing.due == 1


def test_rates_of_teams_are_those_of_all_their_orders_together(
    company: Company,
) -> None:
    found = _figures(reached(company.leader, Measure.MARGIN, QUARTER))
    # 1300 less 750 of one, 900 less 600 of the other
    assert found["周敏"] == Decimal("42.31")
    assert found["陈子昂"] == Decimal("33.33")
    assert found["公司"] == Decimal("38.64")
    assert found["林望舒"] is None


def test_costs_are_those_of_winning_and_selling(company: Company) -> None:
    found = _figures(reached(company.leader, Measure.COST, QUARTER))
    costs = [found[name] for name in ("公司", "周敏", "陈子昂")]
    assert costs == [Decimal(42), Decimal(42), Decimal(0)]


def test_satisfaction_is_the_mean_of_what_customers_said_last(company: Company) -> None:
    found = _figures(reached(company.leader, Measure.SATISFACTION, QUARTER))
    assert (found["公司"], found["周敏"]) == (Decimal("7.5"), Decimal(9))


def test_new_customers_and_categories(company: Company) -> None:
    found = _figures(reached(company.leader, Measure.NEW_CUSTOMERS, QUARTER))
    assert [found["公司"], found["周敏"]] == [Decimal(2), Decimal(1)]
    lamps = _figures(reached(company.leader, Measure.REVENUE, QUARTER, "灯具"))
    assert [lamps["公司"], lamps["陈子昂"]] == [Decimal(300), Decimal(0)]


def test_the_course_tells_each_month(company: Company) -> None:
    _aim(Target(team=company.whole), 700)
    top = reached(company.leader, Measure.REVENUE, QUARTER)[0].place
    months = course(company.leader, Measure.REVENUE, top, QUARTER)
    assert months == [
        (date(2026, 1, 1), Decimal(700), Decimal(1200)),
        (date(2026, 2, 1), Decimal(700), None),
        (date(2026, 3, 1), Decimal(700), Decimal(1000)),
    ]
    margins = course(company.leader, Measure.MARGIN, top, QUARTER)
    assert [actual for _day, _target, actual in margins] == [
        Decimal("41.67"),
        None,
        Decimal("35.00"),
    ]


def test_a_seller_sees_himself_alone_and_no_ranking_of_others(company: Company) -> None:
    _aim(Target(user=company.seller, team=company.east), 400)
    page = _page(company.seller, span="quarter")
    assert "周敏" in page
    assert "¥1,300" in page
    assert "108%" in page
    for other in ("陈子昂", "林望舒", "¥2,200"):
        assert other not in page


def test_the_leader_sees_who_is_ahead_and_every_aim(company: Company) -> None:
    _aim(Target(user=company.seller, team=company.east), 400)
    _aim(Target(user=company.mate, team=company.whole), 400)
    page = _page(company.leader)
    assert page.index("周敏 ¥1,200") < page.index("陈子昂 ¥1,200")
    for aim in ("销售额", "利润率", "客户满意度", "获客与销售成本", "新客户"):
        assert aim in page
    teams = _page(company.leader, by="teams")
    assert "华东" in teams
    assert "陈子昂" not in teams


def test_who_reads_no_amounts_is_offered_no_amounts(company: Company) -> None:
    rights = {f"{kind}.read": Depth.ALL for kind in KINDS}
    hidden = dict.fromkeys(("order.total", "investment.amount"), Level.HIDDEN)
    veiled = make_user(roles=[make_role(rights, hidden)])
    page = _page(veiled)
    assert "¥" not in page
    assert "新客户" in page


def test_the_page_costs_the_same_for_few_and_many_people(company: Company) -> None:
    client = Client()
    client.force_login(company.leader)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(ADDRESS).status_code == 200
        return len(caught)

    queries()
    few = queries()
    for _number in range(20):
        one = _person("同事", company.east, Depth.OWN)
        _aim(Target(user=one, team=company.east), 100)
    assert queries() == few


def test_before_anything_is_loaded_the_page_says_so(
    settings: Settings, tmp_path: Path
) -> None:
    settings.WAREHOUSE_ROOT = tmp_path / "empty"
    boss = make_user(roles=[make_role(is_everything=True)])
    page = _page(boss)
    assert "下一次分析" in page


@pytest.mark.parametrize(
    ("key", "first_on", "last_on"),
    [
        ("month", date(2026, 2, 1), date(2026, 2, 28)),
        ("quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("last_month", date(2026, 1, 1), date(2026, 1, 31)),
        ("last_quarter", date(2025, 10, 1), date(2025, 12, 31)),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_spans_are_those_of_the_calendar(
    key: str, first_on: date, last_on: date
) -> None:
    span = span_of(key, date(2026, 2, 13))
    assert (span.first_on, span.last_on) == (first_on, last_on)
    assert last_of(first_on, 1).month == first_on.month
