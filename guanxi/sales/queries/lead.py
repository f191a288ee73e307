"""Questions about leads: one's own, those of the public pool, and who gets the next."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.urls import reverse

from guanxi.customers.queries.duplicate import Duplicate, duplicates
from guanxi.customers.rules import Form, PointKind
from guanxi.customers.rules.duplicate import Likeness
from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.rooms import Found
from guanxi.identity.queries import team_paths
from guanxi.sales.models import Lead, LeadReceiver, LeadRule
from guanxi.sales.models.lead import LeadQuerySet
from guanxi.sales.policies import LEAD
from guanxi.sales.queries.opportunity import title_match

SHORTEST = 2


def leads(viewer: Actor) -> LeadQuerySet:
    """Return the kept leads ``viewer`` may see, the newest first."""
    kept = Lead.objects.kept().filter(LEAD.visible(viewer))
    rows = kept.select_related("owner", "product", "customer")
    return rows.order_by("-created_at", "-pk")


def trashed_leads(viewer: Actor) -> LeadQuerySet:
    """Return the leads in the trash that ``viewer`` may restore."""
    trashed = Lead.objects.filter(deleted_at__isnull=False)
    seen = trashed.filter(LEAD.visible(viewer, "delete"))
    return seen.order_by("-deleted_at", "-pk")


def lead(viewer: Actor, pk: int) -> Lead:
    """
    Return one lead, also from the trash.

    :raises NotVisible: if there is none for ``viewer``.
    """
    rows = Lead.objects.select_related(
        "owner", "team", "product", "customer", "referrer", "opportunity"
    )
    found = rows.filter(LEAD.visible(viewer), pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def in_reach(viewer: Actor) -> Q:
    """
    Return the condition on leads of the pool that ``viewer`` may claim.

    Those of the house, of the own team, and of the teams above it; all, for who reads all.
    """
    if viewer.grants.depth("lead.claim") is Depth.NONE:
        return Q(pk__in=[])
    if viewer.grants.depth("lead.claim") is Depth.ALL:
        return Q()
    above = team_paths().get(viewer.team_id or 0, [])
    return Q(team__isnull=True) | Q(team__in=above)


def pool(viewer: Actor) -> LeadQuerySet:
    """Return the leads of the public pool that ``viewer`` may claim, the oldest first."""
    rows = Lead.objects.pooled().filter(in_reach(viewer)).select_related("product")
    return rows.order_by("created_at", "pk")


def converted_from(viewer: Actor, customer_id: int) -> LeadQuerySet:
    """Return the leads that became a customer, or that it referred."""
    of = Q(customer_id=customer_id) | Q(referrer_id=customer_id)
    return leads(viewer).filter(of)


def twins(viewer: Actor, found: Lead) -> Sequence[Duplicate]:
    """Return the customers in sight that a lead may be already, the likeliest first."""
    points = [(PointKind.PHONE, found.phone), (PointKind.EMAIL, found.email)]
    candidate = Likeness(
        form=Form.ORGANIZATION if found.company else Form.PERSON,
        name=found.company or found.name,
        city=found.city,
        points=frozenset((kind.value, text) for kind, text in points if text),
    )
    return duplicates(viewer, candidate)


def find_leads(viewer: Actor, text: str, limit: int) -> Sequence[Found]:
    """Return up to ``limit`` leads whose name or company has the words of ``text``."""
    if len(text.strip()) < SHORTEST or "name" not in LEAD.readable(viewer):
        return []
    rows = leads(viewer).filter(title_match(text))[:limit]
    return [
        Found(
            label=LEAD.shown(viewer, "name", one.name),
            detail=one.company,
            url=reverse("sales:lead", args=[one.pk]),
        )
        for one in rows
    ]


def lead_rules() -> "Sequence[tuple[LeadRule, Sequence[LeadReceiver]]]":
    """Return the rules in their order with their people; two queries."""
    rules = list(LeadRule.objects.order_by("position", "pk"))
    people: dict[int, list[LeadReceiver]] = {one.pk: [] for one in rules}
    for one in LeadReceiver.objects.select_related("user").order_by("pk"):
        people[one.rule_id].append(one)
    return [(rule, people[rule.pk]) for rule in rules]


def lead_rule(pk: int) -> LeadRule:
    """
    Return one rule.

    :raises NotVisible: if there is none.
    """
    found = LeadRule.objects.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def receivers_of(rule: LeadRule) -> "QuerySet[LeadReceiver]":
    """Return the people of a rule."""
    return LeadReceiver.objects.filter(rule=rule).order_by("pk")
