"""To whom leads are given: by rules, in turn or by load, each exactly once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.foundation.actor import Actor, System
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.notices import notify
from guanxi.identity.queries import assignable_users
from guanxi.sales.events import LeadGiven, LeadReleased, LeadRulesSaved
from guanxi.sales.models import Lead, LeadReceiver, LeadRule, LeadTerms
from guanxi.sales.rules.lead import (
    MOST_DAYS,
    MOST_LEADS,
    MOST_RULES,
    Way,
    protected_until,
)

AT_ONCE = 100
GIVEN = gettext_noop("New leads for you: %(count)s. Get in touch soon.")
RULES = System(gettext_noop("rules of leads"))


@dataclass(frozen=True)
class RuleTerms:
    """Which leads a rule is for, empty for all, and whom it chooses among."""

    name: str
    receivers: Sequence[int]
    way: Way = Way.TURNS
    origins: Sequence[str] = field(default_factory=list)
    provinces: Sequence[str] = field(default_factory=list)
    categories: Sequence[str] = field(default_factory=list)


@command(needs="lead_rule.edit")
def set_lead_terms(
    by: Actor,
    *,
    protect_days: int,
    most_held: int,
    most_claims: int,
    at: datetime,
) -> LeadTerms:
    """
    Say for how long leads stay with people, and how many; zero is no limit.

    :raises Refused: for what cannot be.
    """
    if not 0 <= protect_days <= MOST_DAYS:
        raise Refused(_("A year at most."), field="protect_days")
    for name, value in (("most_held", most_held), ("most_claims", most_claims)):
        if not 0 <= value <= MOST_LEADS:
            raise Refused(_("This number cannot be."), field=name)
    terms = terms_in_force()
    terms.protect_days = protect_days
    terms.most_held, terms.most_claims = most_held, most_claims
    terms.save()
    publish(LeadRulesSaved(at=at))
    return terms


@command(needs="lead_rule.edit")
def save_lead_rule(
    by: Actor, *, rule_id: int | None, terms: RuleTerms, at: datetime
) -> LeadRule:
    """
    Change a rule, or add one at the end.

    :raises Refused: without a name or people, for people who cannot sign in, or too many.
    :raises NotVisible: if there is no such rule.
    """
    if not terms.name.strip():
        raise Refused(_("Give the rule a name."), field="name")
    known_to_by = assignable_users(by).filter(pk__in=terms.receivers)
    people = set(known_to_by.values_list("pk", flat=True))
    if not people:
        raise Refused(_("Choose at least one person."), field="receivers")
    rule = LeadRule.objects.select_for_update().filter(pk=rule_id or 0).first()
    if rule_id is not None and rule is None:
        raise NotVisible
    if rule is None:
        if LeadRule.objects.count() >= MOST_RULES:
            raise Refused(_("Fifty rules at most."))
        last = LeadRule.objects.aggregate(last=Max("position"))["last"] or 0
        rule = LeadRule(position=last + 1)
    rule.name, rule.way = terms.name.strip(), terms.way
    rule.origins, rule.provinces = list(terms.origins), list(terms.provinces)
    rule.categories = list(terms.categories)
    rule.save()
    there = LeadReceiver.objects.filter(rule=rule)
    there.exclude(user_id__in=people).delete()
    # Who comes later takes part from now on, and does not catch up on all past turns.
    start = there.aggregate(least=Min("given"))["least"] or 0
    known = set(there.values_list("user_id", flat=True))
    LeadReceiver.objects.bulk_create(
        LeadReceiver(rule=rule, user_id=pk, given=start)
        for pk in sorted(people - known)
    )
    publish(LeadRulesSaved(at=at))
    return rule


@command(needs="lead_rule.edit")
def move_lead_rule(by: Actor, pk: int, *, is_up: bool, at: datetime) -> None:
    """Move a rule one place up or down; nothing happens at the end."""
    rules = list(LeadRule.objects.select_for_update().order_by("position", "pk"))
    numbers = [one.pk for one in rules]
    if pk not in numbers:
        raise NotVisible
    here = numbers.index(pk)
    there = here - 1 if is_up else here + 1
    if 0 <= there < len(rules):
        rules[here], rules[there] = rules[there], rules[here]
    for position, one in enumerate(rules, 1):
        one.position = position
    LeadRule.objects.bulk_update(rules, ["position"])
    publish(LeadRulesSaved(at=at))


@command(needs="lead_rule.edit")
def remove_lead_rule(by: Actor, pk: int, *, at: datetime) -> None:
    """Remove a rule; leads that were given stay where they are."""
    LeadRule.objects.filter(pk=pk).delete()
    publish(LeadRulesSaved(at=at))


@command(needs="lead.assign")
def distribute_leads(by: Actor, *, at: datetime, most: int = AT_ONCE) -> int:
    """
    Give out up to ``most`` leads of the pool that were never given; return how many.

    Several may do this at once: each takes others, and the turns are counted one after
    the other, so that everybody's differ by one at most.
    """
    rows = Lead.objects.pooled().filter(given_at__isnull=True).select_related("product")
    rows = rows.select_for_update(skip_locked=True, of=("self",))
    found = list(rows.order_by("created_at", "pk")[:most])
    return _give(found, at)


@command(needs="lead.assign")
def release_overdue(by: Actor, *, at: datetime, most: int = AT_ONCE) -> int:
    """Put up to ``most`` leads back into the pool whose time is over; return how many."""
    rows = Lead.objects.open().filter(owner__isnull=False, protected_until__lt=at)
    rows = rows.select_for_update(skip_locked=True, of=("self",))
    found = list(rows.order_by("protected_until")[:most])
    for lead in found:
        lead.owner_id = lead.protected_until = None
        lead.version += 1
        lead.updated_at = at
    columns = ["owner", "protected_until", "version", "updated_at"]
    Lead.objects.bulk_update(found, columns)
    for lead in found:
        publish(LeadReleased(lead_id=lead.pk, customer_id=lead.customer_id, at=at))
    return len(found)


def give_by_rule(lead: Lead, *, at: datetime) -> None:
    """Give a lead of the pool to whom the first rule that fits chooses, if one does."""
    _give([lead], at)


def tell_of_leads(user_id: int | None, count: int, *, at: datetime) -> None:
    """Let somebody know that so many leads wait for a first contact."""
    if user_id is not None:
        words = {"count": count}
        notify(user_id, GIVEN, words, at=at, url=reverse("sales:leads"))


def terms_in_force() -> LeadTerms:
    """Return for how long leads stay with people, and how many; as yet unsaved if new."""
    return LeadTerms.objects.order_by("pk").first() or LeadTerms()


def _give(leads: Sequence[Lead], at: datetime) -> int:
    """Give out ``leads`` by their rules; return how many found somebody."""
    rules = list(LeadRule.objects.order_by("position", "pk"))
    days = terms_in_force().protect_days
    given = 0
    for rule in rules:
        fitting = [one for one in leads if one.owner_id is None and _fits(rule, one)]
        if fitting:
            given += _give_out(rule, fitting, protected_until(at, days), at)
    return given


def _give_out(
    rule: LeadRule, leads: Sequence[Lead], until: datetime | None, at: datetime
) -> int:
    with transaction.atomic():
        # Whoever comes second waits here, and goes on with the turns of the first.
        rows = LeadReceiver.objects.select_for_update(of=("self",))
        rows = rows.filter(rule=rule, user__is_active=True).select_related("user")
        receivers = list(rows.order_by("pk"))
        if not receivers:
            return 0
        loads = _loads(receivers) if rule.way == Way.LOAD else {}
        for lead in leads:
            one = min(receivers, key=lambda r: (loads.get(r.user_id, 0), r.given, r.pk))
            one.given += 1
            if loads:
                loads[one.user_id] += 1
            lead.owner_id, lead.team_id = one.user_id, one.user.team_id
            lead.given_at, lead.protected_until = at, until
            lead.version += 1
            lead.updated_at = at
            told = LeadGiven(
                lead_id=lead.pk,
                customer_id=lead.customer_id,
                owner_name=one.user.name,
                rule=rule.name,
                at=at,
            )
            publish(told)
        LeadReceiver.objects.bulk_update(receivers, ["given"])
        columns = ["owner", "team", "given_at", "protected_until", "version"]
        Lead.objects.bulk_update(leads, [*columns, "updated_at"])
        for user_id, count in Counter(one.owner_id for one in leads).items():
            tell_of_leads(user_id, count, at=at)
    return len(leads)


def _loads(receivers: Iterable[LeadReceiver]) -> dict[int, int]:
    """Return how many open leads people hold."""
    people = [one.user_id for one in receivers]
    rows = Lead.objects.open().filter(owner_id__in=people).order_by()
    held = dict(rows.values_list("owner_id").annotate(count=Count("pk")))
    return {pk: held.get(pk, 0) for pk in people}


def _fits(rule: LeadRule, lead: Lead) -> bool:
    """Tell whether ``rule`` is for ``lead``."""
    return (
        (not rule.origins or lead.origin in rule.origins)
        and (not rule.provinces or lead.province in rule.provinces)
        and (not rule.categories or _category(lead) in rule.categories)
    )


def _category(lead: Lead) -> str:
    return lead.product.category if lead.product else ""
