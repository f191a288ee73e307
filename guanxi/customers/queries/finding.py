"""What studies and observations tell of customers."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from guanxi.customers.models import Customer, Finding
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules.finding import FindingKind
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import NotVisible

FIELD = "findings"
MOST_FINDINGS = 200


def may_read_findings(viewer: Actor) -> bool:
    """Tell whether ``viewer`` is shown findings about the customers he sees."""
    return CUSTOMER.level(viewer, FIELD) >= Level.READ


def findings_of(viewer: Actor, customer: Customer) -> Sequence[Finding]:
    """Return the findings about ``customer``, the latest first."""
    if not may_read_findings(viewer):
        return []
    rows = Finding.objects.filter(customer_id=customer.pk, trashed_at=None)
    rows = rows.select_related("made_by").order_by("-found_at", "-pk")
    return list(rows[:MOST_FINDINGS])


def has_contract_trouble(customer: OuterRef, *, since: datetime) -> Exists:
    """
    Return the condition that problems with a contract were found ``since``.

    ``customer`` is the number of one in an outer query; who may read findings, asks.
    """
    rows = Finding.objects.filter(
        customer_id=customer,
        kind=FindingKind.CONTRACT,
        found_at__gte=since,
        trashed_at=None,
    )
    return Exists(rows)


def finding_of(
    viewer: Actor, customer: Customer, pk: int, *, is_trashed: bool = False
) -> Finding:
    """
    Return one finding about ``customer``.

    :raises NotVisible: if there is none that ``viewer`` may read.
    """
    rows = Finding.objects.filter(customer_id=customer.pk, pk=pk)
    found = rows.filter(trashed_at__isnull=not is_trashed).first()
    if found is None or not may_read_findings(viewer):
        raise NotVisible
    return found
