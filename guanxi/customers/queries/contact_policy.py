"""
Which contact policy holds for a customer, when the last contact was, and whom one is about.

Whoever asks is told the policy as far as he may read what it rests on: a rule would tell
of a tier or a segment that is hidden from him.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from guanxi.customers.models import Customer, Handling, Segment, SegmentMember
from guanxi.customers.models.field import custom_fields
from guanxi.customers.models.handling import (
    handlings,
    segment_handlings,
    tier_handlings,
)
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.consent import house_day
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.handling import treatments_of
from guanxi.customers.queries.investment import investments
from guanxi.customers.queries.segment import segment, segments
from guanxi.customers.rules import Tier
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.contact_policy import (
    Breadth,
    Said,
    Talk,
    cautions,
    due_on,
    earliest_on,
    talk_from,
)
from guanxi.customers.rules.field import fields_for
from guanxi.customers.rules.handling import (
    RESTRAINED,
    YES,
    ContactPolicy,
    ContactRule,
    HandlingSpec,
    choice_of,
)
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import Question

# Calls and messages that came through and tasks done, which rooms above know of.
LAST_TOUCH: Question[datetime] = Question("last_touch")


@dataclass(frozen=True)
class Conduct:
    """The policy for one customer, and how the contacts so far stand to it."""

    talk: Talk
    today: date
    last_on: date | None

    @property
    def since_days(self) -> int | None:
        """Days since the last contact that was logged."""
        return None if self.last_on is None else (self.today - self.last_on).days

    @property
    def earliest_on(self) -> date | None:
        """From when on the next contact is not too early, if that is still to come."""
        on = earliest_on(self.talk.rule, self.last_on)
        return on if on is not None and on > self.today else None

    @property
    def due_on(self) -> date | None:
        """By when the next contact is due."""
        return due_on(self.talk.rule, self.last_on)

    @property
    def is_overdue(self) -> bool:
        """Whether that day has passed."""
        return self.due_on is not None and self.due_on < self.today

    def cautions(
        self, channels: Collection[ContactChannel] = (), *, on: date | None = None
    ) -> list[str]:
        """Return what of a contact by ``channels`` on a day does not keep to the policy."""
        day = on or self.today
        return cautions(self.talk.rule, on=day, last_on=self.last_on, channels=channels)


@dataclass(frozen=True)
class Group:
    """A tier or a segment, for those who arrange; ``handling`` None: nothing said."""

    name: str
    handling: Handling | None
    tier: str = ""
    segment: Segment | None = None


def spoken_to(viewer: Actor, pk: int) -> Customer:
    """
    Return one customer with what its contact policy rests on.

    :raises NotVisible: if there is none for ``viewer``, or it is in the trash.
    """
    rows = customers(viewer).select_related("traits")
    rows = rows.only(*("name", "form", "extra", "owner_id", "team_id"), "traits__tier")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def conduct_of(viewer: Actor, customer: Customer, *, at: datetime) -> Conduct:
    """Return policy and last contact of ``customer``, as far as ``viewer`` may see them."""
    touched = [
        investments(viewer)
        .contacts()
        .filter(customer_id=customer.pk, happened_at__lte=at)
        .order_by()
        .aggregate(last=Max("happened_at"))["last"],
        LAST_TOUCH.ask(viewer, customer.pk, at=at),
    ]
    last_at = max((one for one in touched if one is not None), default=None)
    return Conduct(
        talk=talk_of(viewer, customer),
        today=house_day(at),
        last_on=house_day(last_at) if last_at else None,
    )


def talk_of(viewer: Actor, customer: Customer) -> Talk:
    """Return the policy that holds for ``customer`` as far as ``viewer`` may read why."""
    return talk_from(_said_to(viewer, customer))


def _said_to(viewer: Actor, customer: Customer) -> Iterator[Said]:
    for one in treatments_of(viewer, customer):
        label = str(one.label)
        if one.handling.rule is not None:
            if one.value and one.value != gettext("Yes"):
                label = f"{label} · {one.value}"
            yield Said(Breadth.KIND, label, one.handling.rule)
    said = segment_handlings()
    if said and customer.pk:
        seen = segments(viewer).filter(pk__in=said).filter(Exists(_stays(customer.pk)))
        for found in seen:
            yield from _saying(Breadth.SEGMENT, found.title, said[found.pk])
    if CUSTOMER.level(viewer, "tier") >= Level.READ:
        tier = customer.traits.tier
        if tier in tier_handlings():
            label = str(Tier(tier).label)
            yield from _saying(Breadth.TIER, label, tier_handlings()[tier])


def _saying(breadth: Breadth, label: str, spec: HandlingSpec) -> Iterator[Said]:
    if spec.rule is not None or spec.tip.words:
        yield Said(breadth, label, spec.rule or ContactRule(None), spec.tip.words)


def contact_rule(customer: Customer) -> ContactRule | None:
    """
    Return the policy that holds for ``customer``, None where nothing is said.

    Customers of `with_policy_segments` need no further query.
    """
    keys = {spec.key for spec in fields_for(custom_fields(), customer.form)}
    kinds = (
        Said(Breadth.KIND, "", handling.rule)
        for (key, choice), handling in handlings().items()
        if handling.rule is not None
        and key in keys
        and choice_of(customer.extra.get(key)) == choice
    )
    rules = segment_handlings()
    in_segments = (
        Said(Breadth.SEGMENT, "", rule)
        for pk in _segments_of(customer)
        if pk in rules and (rule := rules[pk].rule) is not None
    )
    tier = tier_handlings().get(customer.traits.tier)
    by_tier = [Said(Breadth.TIER, "", tier.rule)] if tier and tier.rule else []
    return talk_from([*kinds, *in_segments, *by_tier]).rule


def with_policy_segments(rows: "QuerySet[Customer]") -> "QuerySet[Customer]":
    """Return ``rows`` with the numbers of the segments they are in that have a policy."""
    stays = SegmentMember.objects.filter(
        customer=OuterRef("pk"),
        left_at=None,
        segment__in=list(segment_handlings()),
        segment__deleted_at=None,
    )
    return rows.annotate(policy_segments=ArraySubquery(stays.values("segment_id")))


def _segments_of(customer: Customer) -> Sequence[int]:
    known: Sequence[int] | None = getattr(customer, "policy_segments", None)
    if known is not None:
        return known
    if not segment_handlings():
        return ()
    stays = SegmentMember.objects.filter(
        customer=customer.pk,
        left_at=None,
        segment__in=list(segment_handlings()),
        segment__deleted_at=None,
    )
    return list(stays.values_list("segment_id", flat=True))


def _stays(customer_id: int) -> "QuerySet[SegmentMember]":
    return SegmentMember.objects.filter(
        segment=OuterRef("pk"), customer=customer_id, left_at=None
    )


def under_policies(policies: Collection[ContactPolicy]) -> Q:
    """
    Return the condition that some group of a customer brings one of ``policies``.

    Which of several holds is for `contact_rule` to say, customer by customer.
    """
    return _any(_kinds(policies), _in_segments(policies), _tiers(policies))


def left_in_peace() -> Q:
    """
    Return the condition that the house does not come first to a customer.

    As in `guanxi.customers.rules.contact_policy`: the kinds of a customer go before its
    segments, those before its tier.
    """
    every = list(ContactPolicy)
    kinds, in_segments = _kinds(every), _in_segments(every)
    by_segment = _in_segments(RESTRAINED)
    found = _kinds(RESTRAINED)
    if by_segment is not None:
        found = _any(found, _without(by_segment, kinds))
    by_tier = _tiers(RESTRAINED)
    if by_tier is not None:
        found = _any(found, _without(by_tier, kinds, in_segments))
    return _any(found)


def _kinds(policies: Collection[ContactPolicy]) -> Q | None:
    # By containment, which is never unknown: so its opposite holds for all others.
    parts = [
        Q(extra__contains={key: True if choice == YES else choice})
        for (key, choice), handling in handlings().items()
        if _brings(handling, policies)
    ]
    return _any(*parts) if parts else None


def _in_segments(policies: Collection[ContactPolicy]) -> Q | None:
    found = [pk for pk, said in segment_handlings().items() if _brings(said, policies)]
    stays = SegmentMember.objects.filter(
        customer=OuterRef("pk"),
        left_at=None,
        segment__in=found,
        segment__deleted_at=None,
    )
    return Q(Exists(stays)) if found else None


def _tiers(policies: Collection[ContactPolicy]) -> Q | None:
    found = [tier for tier, said in tier_handlings().items() if _brings(said, policies)]
    return Q(traits__tier__in=found) if found else None


def _brings(handling: HandlingSpec, policies: Collection[ContactPolicy]) -> bool:
    return handling.rule is not None and handling.rule.policy in policies


def _any(*parts: Q | None) -> Q:
    return reduce(or_, (part for part in parts if part is not None), Q(pk__in=()))


def _without(found: Q, *narrower: Q | None) -> Q:
    for one in narrower:
        if one is not None:
            found &= ~one
    return found


def handled_groups(viewer: Actor) -> tuple[Sequence[Group], Sequence[Group]]:
    """Return the tiers, and the segments ``viewer`` sees, with what is said of each."""
    require(viewer, "custom_field.edit")
    rows = Handling.objects.filter(field=None).select_related("segment")
    said: Mapping[object, Handling] = {row.tier or row.segment_id: row for row in rows}
    tiers = [Group(str(tier.label), said.get(tier.value), tier.value) for tier in Tier]
    seen = [Group(one.title, said.get(one.pk), segment=one) for one in segments(viewer)]
    return tiers, seen


def handled_group(viewer: Actor, *, tier: str = "", segment_id: int = 0) -> Group:
    """
    Return one tier or segment with what is said of it.

    :raises NotVisible: if there is none for ``viewer``.
    """
    require(viewer, "custom_field.edit")
    if tier:
        if tier not in Tier.values:
            raise NotVisible
        said = Handling.objects.filter(tier=tier).first()
        return Group(str(Tier(tier).label), said, tier)
    found = segment(viewer, segment_id)
    said = Handling.objects.filter(segment=found).first()
    return Group(found.title, said, segment=found)
