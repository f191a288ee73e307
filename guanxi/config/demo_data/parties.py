"""The invented customers, written in bulk with all that belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from guanxi.config.demo_data.buyers import Buyer, purchase_days
from guanxi.config.demo_data.company import Staff
from guanxi.config.demo_data.extra import draw_birthday, draw_extra
from guanxi.config.demo_data.names import EAST, NORTH, Home, Names
from guanxi.config.demo_data.store import copy_objects, reserve_ids
from guanxi.customers.commands.contact_point import Reach, fill_columns, reaches_of
from guanxi.customers.commands.tag import tags_named
from guanxi.customers.models import (
    Address,
    Code,
    ContactPoint,
    Customer,
    Relation,
    Traits,
)
from guanxi.customers.rules import Form, PointKind, RelationKind, State
from guanxi.customers.rules.point import Point
from guanxi.identity.models import User

SOURCE = "演示数据"
_TAGS = ("设计师推荐", "样板间参观", "需要发票", "团购", "老客户介绍", "送货需预约")
_TITLES = ("采购经理", "行政主管", "店长", "总经理助理", "设计总监")


@dataclass
class Party:
    """One customer to be, with how and when it buys."""

    customer: Customer
    buyer: Buyer
    days: Sequence[date]
    owner: User
    home: Home
    reaches: Sequence[Reach] = ()


def draw_parties(
    random: Random,
    buyers: Sequence[Buyer],
    staff: Staff,
    *,
    run: int,
    today: date,
    now: datetime,
) -> list[Party]:
    """Return a customer for each of ``buyers``, with ids and not yet written."""
    names = Names(random)
    codes = {code.key: code for code in Code.objects.filter(scheme="kind")}
    pks = reserve_ids(Customer, len(buyers))
    parties = []
    for number, (pk, buyer) in enumerate(zip(pks, buyers, strict=True), 1):
        home = names.home()
        owner = _owner(random, staff, home, buyer)
        days = purchase_days(random, buyer, today)
        customer = _customer(names, buyer, home)
        customer.pk, customer.import_run_id = pk, run
        customer.extra = draw_extra(number, is_person=customer.is_person)
        if customer.is_person:
            customer.birth_on, customer.lunar_birthday = draw_birthday(number)
        customer.external_id = f"YS-{number:05d}"
        customer.owner, customer.team_id = owner, owner.team_id
        customer.kind = codes.get(_kind_key(buyer))
        customer.state = _state(random, buyer)
        customer.created_at = _created_at(random, days, today, now)
        customer.updated_at = customer.created_at
        party = Party(customer, buyer, days, owner, home)
        party.reaches = reaches_of(_points(random, names, customer, number))
        fill_columns(customer, party.reaches)
        parties.append(party)
    return parties


def write_parties(random: Random, parties: Sequence[Party]) -> None:
    """Write customers, traits, contact points, addresses, tags and relations."""
    copy_objects(Customer, [party.customer for party in parties])
    copy_objects(Traits, [Traits(customer_id=p.customer.pk) for p in parties])
    copy_objects(
        ContactPoint,
        [_point_row(p.customer, reach) for p in parties for reach in p.reaches],
    )
    copy_objects(Address, [_address_row(p) for p in parties])
    _write_tags(random, parties)
    _write_relations(random, parties)


def _owner(random: Random, staff: Staff, home: Home, buyer: Buyer) -> User:
    """Return who looks after a customer: by region, the rest online."""
    if buyer.kind.is_dealer and random.random() < 0.2:
        return staff["lin"]
    if home.city in EAST:
        return staff[random.choice(("zhou", "chen"))]
    if home.city in NORTH:
        return staff[random.choice(("zhao", "ouyang"))]
    return staff[random.choice(("sun", "sun", "zhou", "zhao"))]


def _customer(names: Names, buyer: Buyer, home: Home) -> Customer:
    if not buyer.kind.is_company:
        return Customer(
            form=Form.PERSON,
            name=names.person(),
            province=home.province,
            city=home.city,
            source=SOURCE,
        )
    company = names.company(home.city, is_dealer=buyer.kind.is_dealer)
    return Customer(
        form=Form.ORGANIZATION,
        name=company.name,
        short_name=company.short_name,
        industry=company.industry,
        province=home.province,
        city=home.city,
        is_key=buyer.kind.is_dealer,
        source=SOURCE,
    )


def _kind_key(buyer: Buyer) -> str:
    if buyer.kind.is_dealer:
        return "channel"
    return "enterprise" if buyer.kind.is_company else "consumer"


def _state(random: Random, buyer: Buyer) -> State:
    """Return how a customer begins; its first order makes it an actual one."""
    if any(buyer.kind.orders) or buyer.kind.gaps:
        return State.POTENTIAL
    return random.choice((State.POTENTIAL, State.TARGET, State.NON_CUSTOMER))


def _created_at(
    random: Random, days: Sequence[date], today: date, now: datetime
) -> datetime:
    first = days[0] if days else today - timedelta(days=random.randint(1, 300))
    age = (today - first).days + random.randint(1, 40)
    return now - timedelta(days=age, minutes=random.randint(0, 500))


def _points(
    random: Random, names: Names, customer: Customer, number: int
) -> list[Point]:
    points = [Point(PointKind.PHONE, names.mobile(), is_primary=True)]
    if customer.form == Form.ORGANIZATION or random.random() < 0.45:
        mail = f"kehu{number:05d}@example.com"
        points.append(Point(PointKind.EMAIL, mail, is_primary=True))
    if customer.form == Form.PERSON and random.random() < 0.5:
        points.append(Point(PointKind.WECHAT, f"yanshi_{number:05d}", is_primary=True))
    return points


def _point_row(customer: Customer, reach: Reach) -> ContactPoint:
    return ContactPoint(
        customer_id=customer.pk,
        kind=reach.normal.kind.value,
        value=reach.normal.value,
        extension=reach.normal.extension,
        shown=reach.normal.shown,
        label=reach.label,
        is_primary=reach.is_primary,
    )


def _address_row(party: Party) -> Address:
    return Address(
        customer_id=party.customer.pk,
        province=party.home.province,
        city=party.home.city,
        district=party.home.district,
        street=party.home.street,
        is_primary=True,
    )


def _write_tags(random: Random, parties: Sequence[Party]) -> None:
    """Give one customer in eight a tag."""
    tags = tags_named(_TAGS)
    through = Customer.tags.through
    through.objects.bulk_create(
        through(customer_id=party.customer.pk, tag_id=random.choice(tags).pk)
        for party in parties
        if random.random() < 1 / 8
    )


def _write_relations(random: Random, parties: Sequence[Party]) -> None:
    """Let persons work for companies of their city."""
    companies: dict[str, list[Customer]] = {}
    for party in parties:
        if party.buyer.kind.is_company:
            companies.setdefault(party.home.city, []).append(party.customer)
    rows = [
        Relation(
            source_id=party.customer.pk,
            target_id=random.choice(companies[party.home.city]).pk,
            kind=RelationKind.WORKS_FOR,
            title=random.choice(_TITLES),
        )
        for party in parties
        if not party.buyer.kind.is_company
        and party.home.city in companies
        and random.random() < 0.1
    ]
    Relation.objects.bulk_create(rows)
