"""Peers, and the leads that came from them."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from guanxi.customers.models import Customer, Peer, Tip
from guanxi.customers.policies import PEER
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import NotVisible

MOST_TIPS = 100


def peers(viewer: Actor) -> "QuerySet[Peer]":
    """Return the peers ``viewer`` may see, by their numbers from the latest."""
    rows = Peer.objects.filter(PEER.visible(viewer)).select_related("owner")
    return rows.order_by("-pk")


def peer(viewer: Actor, pk: int) -> Peer:
    """
    Return one peer.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = peers(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def peer_match(viewer: Actor, text: str) -> Q:
    """Return the condition that a peer is called so, works there or sells that."""
    found = Q(company__icontains=text) | Q(product__icontains=text)
    if PEER.level(viewer, "name") >= Level.READ:
        found |= Q(name__icontains=text)
    return found


def tips_of(viewer: Actor, found: Peer) -> Sequence[Tip]:
    """Return what a peer told of customers ``viewer`` may see, the latest first."""
    seen = customers(viewer).order_by().values("pk")
    rows = Tip.objects.filter(peer=found, customer__in=seen)
    rows = rows.select_related("customer", "made_by").order_by("-told_on", "-pk")
    return list(rows[:MOST_TIPS])


def tips_about(viewer: Actor, customer: Customer) -> Sequence[Tip]:
    """Return the tips about a customer, from peers ``viewer`` may see."""
    seen = peers(viewer).order_by().values("pk")
    rows = Tip.objects.filter(customer_id=customer.pk, peer__in=seen)
    rows = rows.select_related("peer").order_by("-told_on", "-pk")
    return list(rows[:MOST_TIPS])
