"""
Which contact policy holds for a customer, and what of a contact does not keep to it.

A house speaks to different customers in different ways (对不同客户实施不同的沟通策略). What is said
about the customer's own kinds goes before what is said about a segment, and that before
what is said about the tier: the narrower, the more it knows. Within one of the three the
policy that leaves the customer more in peace goes first. What the first leaves open, the
next one that says it decides.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum

from django.utils.formats import date_format
from django.utils.translation import gettext

from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.handling import (
    RECURRING,
    RESTRAINED,
    ContactPolicy,
    ContactRule,
    Tone,
    peace_of,
)
from guanxi.customers.rules.investment import ContactMode
from guanxi.foundation.words import Words

# The channel of a mode of contact; what is done face to face has none.
CHANNEL_OF: Mapping[str, ContactChannel] = {
    ContactMode.PHONE: ContactChannel.PHONE,
    ContactMode.WECHAT: ContactChannel.WECHAT,
    ContactMode.EMAIL: ContactChannel.EMAIL,
    ContactMode.POST: ContactChannel.POST,
}


class Breadth(IntEnum):
    """About how many customers a policy speaks, from the few to the many."""

    KIND = 1
    SEGMENT = 2
    TIER = 3


@dataclass(frozen=True)
class Said:
    """What the house says about one group a customer belongs to, and its name."""

    breadth: Breadth
    label: str
    rule: ContactRule
    tip: Words = ""


@dataclass(frozen=True)
class Talk:
    """
    The policy that holds for a customer: each part, and whose word it is.

    ``whose`` is by the parts ``rhythm``, ``least_days``, ``channel`` and ``tone``;
    ``said`` is all that was weighed, what goes first first.
    """

    rule: ContactRule | None = None
    whose: Mapping[str, Said] = field(default_factory=dict)
    said: Sequence[Said] = ()

    @property
    def channel(self) -> ContactChannel | None:
        """The channel agreed, if any."""
        named = self.rule.channel if self.rule else ""
        return ContactChannel(named) if named else None

    @property
    def tone(self) -> Tone | None:
        """The tone agreed, if any."""
        named = self.rule.tone if self.rule else ""
        return Tone(named) if named else None


def talk_from(said: Iterable[Said]) -> Talk:
    """Return the policy that holds where all of ``said`` is said about one customer."""
    order = sorted(said, key=lambda one: (one.breadth, peace_of(one.rule)))
    if not order:
        return Talk()
    whose: dict[str, Said] = {}
    for one in order:
        for part in _parts(one.rule):
            whose.setdefault(part, one)
    rhythm, gap = whose.get("rhythm"), whose.get("least_days")
    policy = rhythm.rule.policy if rhythm else None
    days = rhythm.rule.days if rhythm else 0
    least = gap.rule.least_days if gap else 0
    # Whoever is to come every ten days cannot be told to wait for fourteen.
    if policy in RECURRING and least > days:
        least = days
    return Talk(
        ContactRule(
            policy=policy,
            days=days,
            channel=whose["channel"].rule.channel if "channel" in whose else "",
            least_days=least,
            tone=whose["tone"].rule.tone if "tone" in whose else "",
        ),
        whose,
        order,
    )


def earliest_on(rule: ContactRule | None, last_on: date | None) -> date | None:
    """Return the first day on which the next contact is not too early, if there is one."""
    if rule is None or last_on is None or not rule.least_days:
        return None
    return last_on + timedelta(days=rule.least_days)


def due_on(rule: ContactRule | None, last_on: date | None) -> date | None:
    """Return by when the next contact is due, if the house comes at regular times."""
    if rule is None or last_on is None or rule.policy not in RECURRING:
        return None
    return last_on + timedelta(days=rule.days)


def cautions(
    rule: ContactRule | None,
    *,
    on: date,
    last_on: date | None,
    channels: Collection[ContactChannel] = (),
) -> list[str]:
    """
    Return what of a contact of ours on the day ``on`` does not keep to ``rule``.

    ``channels`` are those it could take; none where it is face to face. Nothing here
    forbids: it warns whoever makes the contact.
    """
    if rule is None:
        return []
    told = [_restraint(rule), _early(rule, on, last_on), _other_way(rule, channels)]
    return [one for one in told if one]


def _parts(rule: ContactRule) -> list[str]:
    said = {
        "rhythm": rule.policy,
        "least_days": rule.least_days,
        "channel": rule.channel,
        "tone": rule.tone,
    }
    return [part for part, value in said.items() if value]


def _restraint(rule: ContactRule) -> str:
    if rule.policy not in RESTRAINED:
        return ""
    words = gettext("We do not come first to this customer: %(policy)s.")
    return words % {"policy": ContactPolicy(rule.policy).label}


def _early(rule: ContactRule, on: date, last_on: date | None) -> str:
    free_on = earliest_on(rule, last_on)
    if last_on is None or free_on is None or not last_on <= on < free_on:
        return ""
    words = gettext(
        "Too early: %(since)s days after the last contact, at least %(least)s are to lie "
        "between two. From %(day)s on it keeps to the policy."
    )
    return words % {
        "since": (on - last_on).days,
        "least": rule.least_days,
        "day": date_format(free_on, "DATE_FORMAT"),
    }


def _other_way(rule: ContactRule, channels: Collection[ContactChannel]) -> str:
    if not rule.channel or not channels or rule.channel in channels:
        return ""
    words = gettext("Another channel than agreed: %(channel)s is the policy.")
    return words % {"channel": ContactChannel(rule.channel).label}
