"""Questions about next products: to whom what is proposed, why, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext

from guanxi.analytics.models import NextProduct, OfferGround
from guanxi.analytics.policies import NEXT_PRODUCT
from guanxi.analytics.queries import latest_runs
from guanxi.analytics.rules import OFFER_DAYS, REST_DAYS, GroundKind, OfferState
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_unprofiled
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import policy_of
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.spans import EVER
from guanxi.foundation.tables.where import Condition, Group
from guanxi.sales.queries.product import products

if TYPE_CHECKING:
    from guanxi.customers.models import Customer

OFFERED = "next_products"
"""The name under which the summary of a run tells of what it proposed."""

PANEL_ROWS = 6
MOST_GROUNDS = 50


@dataclass(frozen=True)
class Acceptance:
    """
    What came of offering a product, or for one kind of reason; counts of suggestions.

    Of ``offered``, ``answered`` were accepted or declined, or are older than ninety days,
    and ``accepted`` of those. ``ripe`` offers are older than ninety days, in which
    ``bought`` of them were ordered; ``left`` suggestions are as old and nobody offered
    them, and ``bought_anyway`` of them were ordered within ninety days too.
    """

    name: str
    offered: int
    answered: int
    accepted: int
    ripe: int
    bought: int
    left: int
    bought_anyway: int

    @property
    def rate(self) -> float | None:
        """The part of the answered offers that were accepted, in percent."""
        return _percent(self.accepted, self.answered)

    @property
    def bought_rate(self) -> float | None:
        """The part of what was offered that was ordered within ninety days, in percent."""
        return _percent(self.bought, self.ripe)

    @property
    def anyway_rate(self) -> float | None:
        """The part of what nobody offered that was ordered all the same, in percent."""
        return _percent(self.bought_anyway, self.left)


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def all_next_products(viewer: Actor) -> "QuerySet[NextProduct]":
    """Return whatever was proposed to customers that ``viewer`` sees, bought or not."""
    rows = NextProduct.objects.filter(NEXT_PRODUCT.visible(viewer))
    return rows.filter(
        customer__in=customers(viewer).order_by().values("pk"),
        product__in=products(viewer).order_by().values("pk"),
    )


def next_products(viewer: Actor) -> "QuerySet[NextProduct]":
    """Return what can be offered to customers that ``viewer`` sees, and what was."""
    is_past = Q(state=OfferState.OPEN) & (
        Q(bought_at__isnull=False) | Q(product__is_active=False)
    )
    return all_next_products(viewer).exclude(is_past)


def next_product(viewer: Actor, pk: int) -> NextProduct:
    """
    Return one of them.

    :raises NotVisible: if there is none that ``viewer`` sees.
    """
    rows = next_products(viewer).select_related("product", "customer")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def next_products_of(
    viewer: Actor, customer_id: int, *, at: datetime
) -> Sequence[NextProduct]:
    """Return what to offer to a customer next, and what was answered within a day."""
    rows = next_products(viewer).filter(customer=customer_id)
    fresh = Q(state__in=[OfferState.OPEN, OfferState.OFFERED])
    fresh |= Q(decided_at__gt=at - timedelta(days=1))
    rows = rows.filter(fresh).select_related("customer", "product", "ground__given")
    return list(rows.order_by("rank", "pk")[:PANEL_ROWS])


def tells_reasons(viewer: Actor) -> bool:
    """Tell whether ``viewer`` may know what customers bought, and of which class they are."""
    return "reason" in NEXT_PRODUCT.readable(viewer) and allowed(viewer, "order.read")


def reason_of(ground: OfferGround) -> str:
    """Return in words what speaks for a product."""
    facts = {
        "share": _rounded(100 * ground.share),
        "base": _rounded(100 * ground.base),
        "given": ground.given.name if ground.given else "",
        "group": group_of(ground),
    }
    if ground.kind == GroundKind.RULE:
        return (
            gettext(
                "Of the customers who bought %(given)s, %(share)s%% also bought it"
                " (all: %(base)s%%)"
            )
            % facts
        )
    return (
        gettext(
            "%(share)s%% of the customers of the same class bought it"
            " (all: %(base)s%%): %(group)s"
        )
        % facts
    )


def group_of(ground: OfferGround) -> str:
    """Return the class of customers that a ground is about, in words."""
    words = (ground.get_form_display(), ground.industry, ground.get_tier_display())
    return " · ".join(str(word) for word in words if word)


def _rounded(percent: float) -> str:
    return f"{percent:.0f}" if percent >= 10 else f"{percent:.1f}"


def offer_grounds(viewer: Actor, kind: GroundKind) -> list[OfferGround]:
    """
    Return what speaks for products now, the highest lift first: the strongest fifty.

    They are sums over all customers. Of products that ``viewer`` does not see nothing is
    told, nor what goods were bought to whom may not know orders.
    """
    share = F("both") * 1.0 / F("among")
    rows = _told(viewer).filter(kind=kind, base__gt=0)
    rows = rows.annotate(times=share / F("base"))
    found = rows.select_related("product", "given").order_by("-times", "pk")
    return list(found[:MOST_GROUNDS])


def _told(viewer: Actor) -> "QuerySet[OfferGround]":
    if not allowed(viewer, "order.read"):
        return OfferGround.objects.none()
    seen = products(viewer).order_by().values("pk")
    return OfferGround.objects.filter(
        Q(given__isnull=True) | Q(given__in=seen), is_current=True, product__in=seen
    )


def rule_of(viewer: Actor, pk: int) -> OfferGround:
    """
    Return one rule: whoever has this product also bought that one.

    :raises NotVisible: if there is none that ``viewer`` may ask about.
    """
    rules = _told(viewer).filter(kind=GroundKind.RULE)
    found = rules.select_related("product", "given").filter(pk=pk).first()
    if found is None or "lines" not in policy_of("order").readable(viewer):
        raise NotVisible
    return found


def lacking(viewer: Actor, rule: OfferGround, *, at: datetime) -> "QuerySet[Customer]":
    """Return the customers of ``viewer`` who have the one product and not the other."""
    assert rule.given is not None
    has = Condition("bought", "had", (EVER, rule.given.code))
    lacks = Condition("bought", "lacked", (EVER, rule.product.code))
    found = Criteria(viewer, at).fitting(Group("and", (has, lacks)))
    return found.exclude(is_unprofiled()).order_by("pk")


def acceptances(viewer: Actor, *, by: str, at: datetime) -> list[Acceptance]:
    """
    Return what came of offering, by ``product`` or by ``kind`` of reason, most first.

    Of the customers that ``viewer`` sees, and of the last year.
    """
    path = {"product": "product__name", "kind": "ground__kind"}[by]
    ripe = at - timedelta(days=OFFER_DAYS)
    span = timedelta(days=OFFER_DAYS)
    rows = all_next_products(viewer).filter(found_at__gt=at - timedelta(days=REST_DAYS))
    is_offered, is_ripe = Q(offered_at__isnull=False), Q(offered_at__lte=ripe)
    is_left = Q(offered_at__isnull=True, found_at__lte=ripe)
    answered = Q(state__in=[OfferState.ACCEPTED, OfferState.DECLINED]) | is_ripe
    counted: dict[str, Any] = {
        "offered": Count("pk", filter=is_offered),
        "answered": Count("pk", filter=is_offered & answered),
        "accepted": Count("pk", filter=Q(state=OfferState.ACCEPTED)),
        "ripe": Count("pk", filter=is_ripe),
        "bought": Count(
            "pk", filter=is_ripe & Q(bought_at__lte=F("offered_at") + span)
        ),
        "left": Count("pk", filter=is_left),
        "bought_anyway": Count(
            "pk", filter=is_left & Q(bought_at__lte=F("found_at") + span)
        ),
    }
    found = rows.order_by().values(path).annotate(**counted)
    kinds = dict(GroundKind.choices)
    every = [
        Acceptance(str(kinds.get(row[path], row[path])), **{k: row[k] for k in counted})
        for row in found.order_by("-offered", path)
    ]
    return [one for one in every if one.offered or one.left]


def held_out() -> dict[str, int]:
    """
    Return how good the latest suggestions were on what is known, of how many ``buyers``.

    Empty if nothing was proposed; ``customers`` is 0 if it could not be tried.
    """
    for run in latest_runs(1):
        found: dict[str, int] = run.summary.get(OFFERED, {})
        return found
    return {}
