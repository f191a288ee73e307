"""What may not be done with whose record."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from guanxi.customers.models import ProcessingLimit
from guanxi.customers.rules.limit import UNPROFILED, LimitKind


def open_limits(customer_id: int) -> "QuerySet[ProcessingLimit]":
    """Return the limits that hold for a customer now, the oldest first."""
    rows = ProcessingLimit.objects.filter(customer_id=customer_id, lifted_at=None)
    return rows.order_by("set_at", "pk")


def is_limited(kinds: Sequence[str], *, path: str = "pk") -> Q:
    """
    Return the condition that one of ``kinds`` lies on the record of a customer.

    ``path`` leads from the rows asked about to its number.
    """
    rows = ProcessingLimit.objects.filter(
        customer=OuterRef(path), lifted_at=None, kind__in=kinds
    )
    return Q(Exists(rows))


def is_stored_only(path: str = "pk") -> Q:
    """Return the condition that the record of a customer is kept and not used."""
    return is_limited([LimitKind.RESTRICTED], path=path)


def is_unprofiled(path: str = "pk") -> Q:
    """Return the condition that nobody judges a customer by what is computed."""
    return is_limited(sorted(UNPROFILED), path=path)


def unprofiled_facts() -> str:
    """
    Return the SQL of the customers of whom nothing is computed.

    One column: ``customer_id`` bigint.
    """
    kinds = ", ".join(f"'{kind.value}'" for kind in sorted(UNPROFILED))
    return (
        "SELECT customer_id FROM customers_processinglimit"  # noqa: S608 -- our own words
        f" WHERE lifted_at IS NULL AND kind IN ({kinds})"
        " UNION SELECT id FROM customers_customer WHERE erased_at IS NOT NULL"
    )
