"""The invented company: its teams, its people and what it sells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from guanxi.config.demo_data.catalog import goods
from guanxi.foundation.actor import System
from guanxi.identity.commands.team import create_team
from guanxi.identity.commands.user import create_user
from guanxi.identity.models import Role, Team, User
from guanxi.sales.commands.product import create_product
from guanxi.sales.models import Product

COMPANY = "木屿家居（演示）"
EAST, NORTH, ONLINE = "华东销售部", "华北销售部", "线上与客服部"
USERNAME_START = "demo."

# Username, name, team (empty: the company itself) and role.
_PEOPLE = (
    ("lin", "林望舒", "", "manager"),
    ("zhou", "周敏", EAST, "sales"),
    ("chen", "陈子昂", EAST, "sales"),
    ("zhao", "赵晓峰", NORTH, "sales"),
    ("ouyang", "欧阳雪", NORTH, "sales"),
    ("sun", "孙静怡", ONLINE, "agent"),
    ("he", "何志远", "", "analyst"),
    ("xu", "徐文静", ONLINE, "marketer"),
    ("wu", "吴清扬", "", "auditor"),
    ("qian", "钱若溪", EAST, "account_manager"),
    ("feng", "冯嘉宁", ONLINE, "team_leader"),
    ("han", "韩立群", "", "service_supervisor"),
    ("shen", "沈怀瑾", "", "finance"),
    ("tang", "唐思远", ONLINE, "surveyor"),
)


@dataclass(frozen=True)
class Staff:
    """Who works there, by the part of the username after ``demo.``."""

    people: Mapping[str, User]

    def __getitem__(self, key: str) -> User:
        return self.people[key]


def found_company(by: System, *, password: str, at: datetime) -> Staff:
    """Create the teams and the people, who all sign in with ``password``."""
    root = create_team(by, name=COMPANY, at=at)
    teams: dict[str, Team] = {"": root}
    for name in (EAST, NORTH, ONLINE):
        teams[name] = create_team(by, name=name, parent=root, at=at)
    roles = {role.key: role for role in Role.objects.filter(key__isnull=False)}
    people = {
        key: create_user(
            by,
            username=f"{USERNAME_START}{key}",
            name=name,
            password=password,
            team=teams[team],
            roles=[roles[role]],
            must_change_password=False,
            at=at,
        )
        for key, name, team, role in _PEOPLE
    }
    return Staff(people)


def stock_shelves(by: System, *, run: int, at: datetime) -> dict[str, Product]:
    """Create the products, marked with ``run``, and return them by code."""
    made = {
        good.code: create_product(
            by,
            code=good.code,
            name=good.name,
            category=good.category,
            unit=good.unit,
            price=good.price,
            cost=good.cost,
            feature=good.words[0],
            advantage=good.words[1],
            benefit=good.words[2],
            at=at,
        )
        for good in goods()
    }
    Product.objects.filter(code__in=made).update(import_run_id=run)
    return made
