"""How the members of a segment differ from all."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.test import Client

from guanxi.customers.commands.segment import create_segment
from guanxi.customers.commands.segment_member import find_later
from guanxi.customers.models import (
    Customer,
    SegmentCount,
    Tag,
)
from guanxi.customers.queries.segment import size_of
from guanxi.customers.queries.segment_portrait import segment_portrait
from guanxi.customers.rules.segment import Sharing
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.segment_scene import AT, segment_facts
from guanxi.foundation.actor import Level
from guanxi.identity.models import User
from guanxi.identity.models.rights import forget_rights


def test_given_members_then_the_portrait_says_how_they_differ_from_all(
    admin: User, team: Callable[..., Customer]
) -> None:
    rich = {"tier": "vital", "order_total": 900, "order_count": 3, "rhythm_days": 30}
    poor = {"tier": "small", "order_total": 100, "order_count": 1}
    one = team("甲", city="上海", birth_on=date(1990, 5, 1), traits=rich)
    one.tags.add(Tag.objects.create(name="展会"))
    for name in ("乙", "丙", "丁"):
        team(name, city="北京", traits=poor)
    made = create_segment(admin, segment_facts(), at=AT)
    found = segment_portrait(admin, made, AT)
    assert (found.size, found.of_customers, found.share) == (1, 4, 0.25)
    assert (found.money, found.money_share) == (Decimal(900), 0.75)
    assert (found.mean_money, found.order_mean) == (Decimal(900), Decimal(300))
    assert found.interval_days == 30
    shares = {one.key: one.shares for one in found.distributions}
    (tier,) = shares["tier"]
    assert (tier.inside, tier.share, tier.share_of_all, tier.lift) == (1, 1, 0.25, 4)
    assert [one.value for one in shares["birth_on"]] == ["30–39"]
    assert [(one.value, one.lift) for one in shares["tags"]] == [("展会", 4)]


def test_given_hidden_fields_then_the_portrait_leaves_them_out(
    manager: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海", traits={"tier": "vital", "order_total": 900})
    made = create_segment(manager, segment_facts(), at=AT)
    role = manager.roles.get()
    hidden = ("tier", "order_total", "birth_on")
    role.levels = {f"customer.{name}": int(Level.HIDDEN) for name in hidden}
    role.save()
    forget_rights()
    found = segment_portrait(manager, made, AT)
    assert (found.size, found.money, found.money_share) == (1, None, None)
    assert not {"tier", "birth_on"} & {one.key for one in found.distributions}


def test_given_fewer_customers_than_its_owner_then_his_own_are_counted(
    admin: User, mate: User, client: Client, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海")
    make_customer("别组", city="上海")
    made = create_segment(admin, segment_facts(sharing=Sharing.ALL), at=AT)
    assert (made.members, size_of(admin, made), size_of(mate, made)) == (2, 2, 1)
    client.force_login(mate)
    assert "…" in client.get("/customers/segments/").content.decode()
    assert client.get(f"/customers/segments/{made.pk}/portrait/").status_code == 200
    client.force_login(admin)
    find_later(segment_id=made.pk)
    SegmentCount.objects.create(segment=made, counted_on=date(2026, 3, 9), members=1)
    page = client.get(f"/customers/segments/{made.pk}/").content.decode()
    assert "data-chart" in page
