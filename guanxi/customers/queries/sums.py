"""
Sums over customers by owner and team, told to somebody who does not see all of them.

A room's table of sums has ``owner``, ``team``, ``counted_at`` and ``customer``: a row of
one customer for each that single records' ties open or shut (`apart_facts`), and rows of
all others together, without ``customer``.
"""

from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q

from guanxi.customers.models import Customer, CustomerWall
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.policies import NOBODY
from guanxi.foundation.ties.conditions import open_ties
from guanxi.foundation.ties.declared import WALLED


def apart_facts() -> str:
    """Return the SQL of the customers that are counted apart: column ``record_id``."""
    return """
        SELECT record_id FROM customers_customerwall WHERE ended_at IS NULL
        UNION
        SELECT record_id FROM customers_customershare WHERE ended_at IS NULL
          AND (expires_at IS NULL OR expires_at > now())
    """


def sums_seen(viewer: Actor) -> Q:
    """
    Return the rows of sums that are of none but customers ``viewer`` sees.

    Sums made before a wall that shuts one of them from him are not told: that customer
    may be in them.
    """
    depth = viewer.grants.depth(CUSTOMER.permission("read"))
    if depth is Depth.NONE:
        return NOBODY
    within = CUSTOMER.within(viewer, depth)
    alone = customers(viewer).order_by().filter(pk=OuterRef("customer_id"))
    found = Q(customer__isnull=True) & within
    found |= Q(Exists(alone), customer__isnull=False)
    since = _walled_since(viewer, within)
    return found if since is None else found & Q(counted_at__gte=since)


def _walled_since(viewer: Actor, within: Q) -> datetime | None:
    """Return when the last wall went up that shuts a customer ``within`` reach from him."""
    if WALLED not in CUSTOMER.ties_of(viewer):
        return None
    reached = Customer.objects.filter(within, pk=OuterRef("record_id"))
    walls = open_ties(CustomerWall, viewer).filter(Exists(reached))
    since: datetime | None = walls.aggregate(since=Max("set_at"))["since"]
    return since
