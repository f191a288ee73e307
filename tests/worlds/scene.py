"""Who asks: people of every shipped role and of harder ones, each with a book of his own."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from guanxi.actions.tests.factories import make_message, make_task
from guanxi.analytics.commands.relation_month import count_relationships
from guanxi.analytics.tests.factories import make_finished_run
from guanxi.customers.commands.field import add_field
from guanxi.customers.commands.note import add_note
from guanxi.customers.commands.quality_score import keep_quality_week
from guanxi.customers.commands.relation import add_relation
from guanxi.customers.commands.segment_member import add_members
from guanxi.customers.commands.tag import set_tags
from guanxi.customers.models import (
    Address,
    Customer,
    Note,
    Segment,
    TerritoryCustomer,
    Traits,
)
from guanxi.customers.models.field import custom_fields
from guanxi.customers.rules import RelationKind
from guanxi.customers.rules.field import FieldKind, Names
from guanxi.customers.rules.segment import Membership, written_definition
from guanxi.customers.tests.factories import make_customer, make_pair
from guanxi.foundation.actor import Actor, Depth, Level
from guanxi.foundation.audit import record_access
from guanxi.foundation.policies import Privacy, all_policies
from guanxi.foundation.rooms import collected
from guanxi.foundation.tables.saved import save_view
from guanxi.foundation.tables.where import parse
from guanxi.identity.commands.role import ship_roles
from guanxi.identity.models import AccessDay, Role, Token, User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.models.token import TokenActor
from guanxi.identity.policies import permissions
from guanxi.identity.tests.factories import make_role, make_team
from guanxi.sales.rules.commission import StatementState
from guanxi.sales.tests.factories import make_commission_plan, make_statement
from tests.callers import token_of
from tests.world import ACCESS_COUNTS, DAY, HOUSE, World, make_person


class Book(World):
    """
    What belongs to one more person, under the names that the world has for it.

    So all that is asked about the world's records can be asked about these.
    """

    def __init__(self, world: World, person: User) -> None:
        vars(self).update(vars(copy(world)))
        assert person.team is not None
        self.owner, self.team = person, person.team
        self.knocking = "owner"
        self._make_belongings()

    def _make_territory(self) -> None:
        """Leave the one that there is: territories are the house's, and everybody's to read."""

    def _make_notes(self) -> None:
        """Leave notes, whether or not the owner may write any himself."""
        facts: Any = {
            "customer": self.customer,
            "author": self.owner,
            "written_at": self.at,
        }
        self.note = Note.objects.create(text="下周回访", **facts)
        self.gone_note = Note.objects.create(text="旧事", trashed_at=self.at, **facts)

    def _make_statements(self) -> None:
        """Make one's own: there is one of each person and month."""
        self.commission_plan = make_commission_plan()
        self.statement = make_statement(self.owner, self.commission_plan)
        self.approved_statement = make_statement(
            self.owner,
            self.commission_plan,
            month=date(2025, 12, 1),
            state=StatementState.APPROVED,
        )

    def _make_access_day(self) -> None:
        self.access_day = AccessDay.objects.create(
            user=self.owner, day=DAY, **ACCESS_COUNTS
        )

    def _make_segments(self) -> None:
        """Make what the others have, whether or not the owner may make any himself."""
        facts: Any = {"owner": self.owner, "team": self.team, "created_at": self.at}
        named = {
            "definition": written_definition(parse("name.like.王")),
            "needs": ["customer.name"],
        }
        self.segment = Segment.objects.create(
            name="王家", updated_at=self.at, **facts, **named
        )
        self.chosen = Segment.objects.create(
            name="手选", updated_at=self.at, membership=Membership.STATIC, **facts
        )
        add_members(HOUSE, self.chosen, [self.friend], at=self.at)
        self.gone_segment = Segment.objects.create(
            name="王家", updated_at=self.at, deleted_at=self.at, **facts
        )


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: his rights, the records asked about, and how he signs in."""

    name: str
    actor: Actor
    person: User
    book: Book
    cookie: str
    token: str

    @property
    def is_program(self) -> bool:
        """Whether only a token of narrow scopes asks."""
        return not self.cookie

    def __str__(self) -> str:
        return self.name


class Scene:
    """
    The world of the doors, and others who have the same beside it.

    Everybody sits in a team below the owner's, so that the world's own records are seen
    by those alone who see all.
    """

    def __init__(self) -> None:
        self.world = world = World()
        ship_roles(HOUSE)
        names = Names("车牌", "Plate")
        personal: Any = {"names": names, "privacy": Privacy.PERSONAL}
        add_field(HOUSE, world.group, FieldKind.TEXT, at=world.at, **personal)
        self.team = make_team("一组", parent=world.team)
        self.below = make_team("一组甲", parent=self.team)
        self.askers: dict[str, Asker] = {}
        for name, make in ROLES.items():
            self._add(name, make())
        for name in TOKENS:
            self._add_token(name)
        fill(world, self.askers["junior"].book)
        self._count()
        forget_rights()

    def _count(self) -> None:
        """Sum up all customers, as a night does: of what nobody may see by himself."""
        run = make_finished_run()
        count_relationships(HOUSE, as_of=run.as_of, at=self.world.at)
        keep_quality_week(HOUSE, at=self.world.at)

    def _add(self, name: str, role: Role) -> None:
        team = self.below if name in BELOW else self.team
        person = make_person(f"{name}本人", role, team)
        if name in LENT:
            book = self.askers[LENT[name]].book
            facts: Any = {"assignee_id": person.pk, "team_id": team.pk}
            party = make_customer(f"{name}的", owner=book.owner, team=book.team)
            make_task(party, **facts)
            make_message(party, **facts)
        else:
            book = Book(self.world, person)
            fill(book, self.world)
        cookie = self.world.sign_in(person)
        scopes = sorted(permissions()) if role.is_everything else ()
        token = token_of(person, *scopes)
        self.askers[name] = Asker(name, person, person, book, cookie, token)

    def _add_token(self, name: str) -> None:
        whose, scopes = TOKENS[name]
        asker = self.askers[whose]
        text = token_of(asker.person, *scopes)
        actor = TokenActor(asker.person, Token.objects.latest("pk"))
        self.askers[name] = Asker(name, actor, asker.person, asker.book, "", text)


def fill(book: World, others: World) -> None:
    """Fill every field, and tie all of a book to records of ``others``."""
    for one in (book.customer, book.friend, book.double):
        fresh = Customer.objects.get(pk=one.pk)
        _fill_facts(fresh)
        set_tags(HOUSE, fresh, ["重点", "常客"], at=book.at)
        add_note(HOUSE, fresh, "下周回访", at=book.at)
        one.refresh_from_db()
    TerritoryCustomer.objects.get_or_create(
        customer=book.customer, territory=others.territory, is_by_hand=True
    )
    kind = RelationKind.REFERRED_BY
    add_relation(HOUSE, book.customer, target=others.customer, kind=kind, at=book.at)
    # In the other world it may have been taken away.
    if Customer.objects.filter(pk=others.double.pk).exists():
        make_pair(book.customer, others.double)
    for table in collected("tables"):
        facts: Any = {"name": "自己的", "query": "?size=50", "is_shared": False}
        save_view(book.owner, table, at=book.at, **facts)
    seen = ["phone", "email"]
    record_access(
        book.owner,
        "view",
        "customer",
        fields=seen,
        pks=[book.customer.pk],
        at=book.at,
    )


def _fill_facts(customer: Customer) -> None:
    """Give every plain field of a customer a value, and of what hangs on it."""
    for name, value in FACTS.items():
        if not getattr(customer, name):
            setattr(customer, name, value)
    customer.extra = {
        spec.key: True if spec.kind is FieldKind.BOOLEAN else "粤B12345"
        for spec in custom_fields()
    }
    customer.save()
    place = {"province": "广东省", "city": "深圳市", "street": "科苑路1号"}
    Address.objects.update_or_create(
        customer=customer, defaults=place | {"is_primary": True}
    )
    Traits.objects.filter(customer=customer).update(**TRAITS)


FACTS: Mapping[str, object] = {
    "short_name": "老友",
    "wechat": "fang_wx",
    "province": "广东省",
    "city": "深圳市",
    "industry": "零售",
    "website": "https://example.cn/",
    "employees": 12,
    "founded_year": 2001,
    "annual_revenue": Decimal(5_000_000),
    "birth_on": DAY.replace(year=1990),
    "bank_card": "6222021234567890128",
    "note": "喜欢打电话",
    "is_key": True,
}
TRAITS: Mapping[str, object] = {
    "as_of": DAY,
    "first_order_on": DAY,
    "last_order_on": DAY,
    "next_order_on": DAY,
    "order_count": 4,
    "order_total": Decimal(400),
    "order_mean": Decimal(100),
    "rhythm_days": 30.0,
    "silence_limit_days": 60,
    "amount_trend": 1.5,
    "p_alive": 80,
    "expected_orders": 3.5,
    "expected_amount": Decimal(350),
    "lifetime_value": Decimal(900),
    "future_value": Decimal(220),
    "life_pattern": "long_lasting",
    "grade": "a",
    "grade_score": 85,
    "churn_risk": 35,
    "r": 3,
    "f": 3,
    "m": 3,
    "rfm_segment": "champion",
    "tier": "vital",
    "purchase_state": "active",
    "life_stage": "stable",
}


def _shipped(key: str) -> Callable[[], Role]:
    return lambda: Role.objects.get(key=key)


def _leveled(depth: Depth, level: Level) -> Callable[[], Role]:
    """Return who makes a role with all rights to ``depth``, and all fields at ``level``."""

    def make() -> Role:
        policies = list(all_policies())
        every = {p.permission(a) for p in policies for a in p.actions}
        levels = {f"{p.kind}.{name}": level for p in policies for name in p.fields}
        return make_role(dict.fromkeys(every, depth), levels)

    return make


# The first two do the same, so what is kept for the one is offered to the other.
ROLES: Mapping[str, Callable[[], Role]] = {
    "twin": _shipped("sales"),
    "sales": _shipped("sales"),
    "agent": _shipped("agent"),
    "manager": _shipped("manager"),
    "marketer": _shipped("marketer"),
    "analyst": _shipped("analyst"),
    "auditor": _shipped("auditor"),
    "covered": _leveled(Depth.ALL, Level.MASKED),
    "veiled": _leveled(Depth.TEAM, Level.HIDDEN),
    "junior": _shipped("sales"),
    "admin": _shipped("administrator"),
}
BELOW = {"junior"}
# Whose records are asked about by those who have none of their own.
LENT = dict.fromkeys(("marketer", "analyst", "auditor", "covered", "admin"), "manager")
TOKENS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "reading token": ("manager", ("customer.read",)),
    "order token": ("manager", ("order.read", "task.read", "product.read")),
}
