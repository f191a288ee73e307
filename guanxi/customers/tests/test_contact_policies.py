"""How tiers and segments are spoken to: which policy holds, and what it warns of."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.customers.commands.handling import (
    BadHandling,
    set_group_handling,
    ship_tier_handlings,
)
from guanxi.customers.commands.investment import record_investment
from guanxi.customers.commands.ship_fields import ship_fields
from guanxi.customers.models import (
    Customer,
    Handling,
    Segment,
    SegmentMember,
    Traits,
)
from guanxi.customers.queries.contact_policy import (
    conduct_of,
    contact_rule,
    left_in_peace,
    talk_of,
)
from guanxi.customers.rules import Tier
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.contact_policy import Breadth, Said, cautions, talk_from
from guanxi.customers.rules.handling import ContactPolicy, ContactRule, Tone
from guanxi.customers.rules.investment import Aim, ContactMode
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.clock import now
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_people, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
DAY = date(2026, 3, 2)
MONTHLY = ContactRule(ContactPolicy.REGULAR, 30, least_days=7, tone=Tone.RESPECTFUL)
ASKED = ContactRule(ContactPolicy.ON_REQUEST, channel=ContactChannel.EMAIL)


@pytest.fixture
def owner(db: None) -> User:
    people = make_people(
        *("customer.read", "customer.edit", "segment.read"),
        *("investment.read", "investment.create"),
    )
    return people[0]


@pytest.fixture
def vital(owner: User) -> Customer:
    """A vital customer of ``owner``; tiers are spoken to as the product ships it."""
    ship_fields(HOUSE)
    ship_tier_handlings(HOUSE)
    found = make_customer("王芳", owner=owner)
    Traits.objects.filter(customer=found).update(tier=Tier.VITAL)
    found.refresh_from_db()
    return found


def segment_of(customer: Customer) -> Segment:
    found = Segment.objects.create(
        name="家装群", created_at=NOON, updated_at=NOON, sharing="all"
    )
    SegmentMember.objects.create(segment=found, customer=customer, joined_at=NOON)
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "zh-hans"
    return client


def test_the_narrower_group_goes_first_and_the_wider_fills_what_it_leaves_open() -> (
    None
):
    kind = Said(Breadth.KIND, "能动型", ContactRule(ContactPolicy.REGULAR, 14))
    by_segment = Said(Breadth.SEGMENT, "家装群", ASKED)
    tier = Said(Breadth.TIER, "重要客户", MONTHLY)
    talk = talk_from([tier, by_segment, kind])
    assert talk.rule == ContactRule(
        ContactPolicy.REGULAR, 14, ContactChannel.EMAIL, 7, Tone.RESPECTFUL
    )
    assert [talk.whose[part].label for part in ("rhythm", "channel", "tone")] == [
        *("能动型", "家装群", "重要客户")
    ]
    assert talk_from([]).rule is None


def test_given_a_shorter_rhythm_then_the_fewest_days_give_way() -> None:
    weekly = Said(Breadth.KIND, "", ContactRule(ContactPolicy.REGULAR, 5))
    talk = talk_from([weekly, Said(Breadth.TIER, "", MONTHLY)])
    assert talk.rule is not None
    assert (talk.rule.days, talk.rule.least_days) == (5, 5)


def test_too_early_by_another_channel_and_uninvited_are_told() -> None:
    rule = ContactRule(ContactPolicy.ON_REQUEST, 0, ContactChannel.WECHAT, 7)
    told = cautions(
        rule,
        on=DAY,
        last_on=DAY - timedelta(days=3),
        channels=[ContactChannel.PHONE],
    )
    assert len(told) == 3
    week_ago = DAY - timedelta(days=7)
    weekly = ContactRule(ContactPolicy.REGULAR, 30, ContactChannel.WECHAT, 7)
    way = [ContactChannel.WECHAT]
    assert cautions(weekly, on=DAY, last_on=week_ago, channels=way) == []
    # A visit is by no channel.
    assert cautions(weekly, on=DAY, last_on=week_ago) == []


def test_given_shipped_tiers_when_segment_and_kind_are_added_then_each_goes_before(
    vital: Customer, owner: User
) -> None:
    by_tier = contact_rule(vital)
    assert by_tier is not None
    assert (by_tier.days, by_tier.channel, by_tier.tone) == (30, "phone", "respectful")
    set_group_handling(
        HOUSE, segment_of(vital), at=NOON, policy="regular", days=60, channel="wechat"
    )
    by_segment = contact_rule(vital)
    assert by_segment is not None
    assert (by_segment.days, by_segment.channel) == (60, "wechat")
    assert by_segment.tone == "respectful"
    assert talk_of(owner, vital).rule == by_segment
    Customer.objects.filter(pk=vital.pk).update(extra={"x_relationship": "passive"})
    vital.refresh_from_db()
    by_kind = contact_rule(vital)
    assert by_kind is not None
    assert by_kind.policy is ContactPolicy.ON_REQUEST
    assert list(Customer.objects.filter(left_in_peace())) == [vital]


def test_given_a_segment_that_rests_when_a_kind_asks_for_contact_then_the_kind_decides(
    vital: Customer,
) -> None:
    set_group_handling(HOUSE, segment_of(vital), at=NOON, policy="none")
    assert Customer.objects.filter(left_in_peace()).count() == 1
    Customer.objects.filter(pk=vital.pk).update(extra={"x_relationship": "active"})
    assert Customer.objects.filter(left_in_peace()).count() == 0


def test_given_a_hidden_tier_when_asked_then_its_policy_is_not_told(
    vital: Customer, owner: User
) -> None:
    assert talk_of(owner, vital).rule is not None
    role = make_role({"customer.read": Depth.ALL}, {"customer.tier": Level.HIDDEN})
    blind = make_user("新人", roles=[role])
    assert talk_of(blind, vital).rule is None


def test_given_a_contact_yesterday_when_one_is_logged_then_it_warns(
    vital: Customer, owner: User
) -> None:
    at = now()
    record_investment(
        HOUSE,
        vital,
        at=at,
        aim=Aim.SERVICE,
        mode=ContactMode.PHONE,
        happened_at=at - timedelta(days=1),
    )
    conduct = conduct_of(owner, vital, at=at)
    assert (conduct.since_days, conduct.is_overdue) == (1, False)
    client = signed_in(owner)
    url = reverse("customers:new_contact", args=[vital.pk])
    asked = client.get(url).content.decode()
    assert "每 30 天定期联系" in asked
    assert "距上次联系 1 天" in asked
    sent = {
        "mode": "wechat",
        "aim": "service",
        "happened_at": at.strftime("%Y-%m-%dT%H:%M"),
    }
    page = client.post(url, sent, follow=True).content.decode()
    assert "与约定的渠道不同" in page


def test_the_panel_of_the_page_says_which_group_decided(
    vital: Customer, owner: User
) -> None:
    panel = signed_in(owner).get(reverse("customers:consents", args=[vital.pk]))
    html = panel.content.decode()
    assert "重要客户" in html
    assert "语气：正式、尊敬" in html
    assert "为什么是这条政策" in html


def test_given_an_administrator_when_a_tier_is_arranged_then_it_holds_and_is_audited(
    vital: Customer, admin: User
) -> None:
    client = signed_in(admin)
    url = reverse("customers:edit_tier_handling", args=["vital"])
    sent = {"policy": "regular", "days": "20", "least_days": "10", "tone": "warm"}
    assert client.post(url, sent).status_code == 302
    rule = contact_rule(vital)
    assert rule == ContactRule(ContactPolicy.REGULAR, 20, "", 10, Tone.WARM)
    row = LoggedEvent.objects.get(name="customers.GroupHandlingChanged")
    assert row.changes["days"] == ["30", "20"]
    page = client.get(reverse("customers:handlings")).content.decode()
    assert "每 20 天定期联系；两次联系至少间隔 10 天；语气：亲切" in page
    assert client.post(url, sent | {"least_days": "21"}).status_code == 422


def test_given_what_the_house_said_when_shipped_again_then_it_stays(
    vital: Customer,
) -> None:
    set_group_handling(HOUSE, Tier.VITAL, at=NOON, tip_zh="我们的话", tone="")
    ship_tier_handlings(HOUSE)
    row = Handling.objects.get(tier="vital")
    assert (row.tip_zh, row.tone) == ("我们的话", "")
    with pytest.raises(BadHandling):
        set_group_handling(HOUSE, Tier.VITAL, at=NOON, least_days=0)


def test_given_a_program_when_it_reads_the_policy_then_with_its_reasons(
    vital: Customer, owner: User
) -> None:
    url = f"/api/v1/customers/{vital.pk}/contact-policy"
    found = signed_in(owner).get(url).json()
    assert found["policy"] == {
        "policy": "regular",
        "days": 30,
        "least_days": 7,
        "channel": "phone",
        "tone": "respectful",
    }
    assert [(one["group"], one["name"]) for one in found["said"]] == [
        ("tier", "重要客户")
    ]
    assert found["last_contact_on"] is None
