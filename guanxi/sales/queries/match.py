"""Which orders and products the rows of a file speak of, some thousand at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from guanxi.foundation.actor import Actor
from guanxi.sales.models import Product
from guanxi.sales.policies import PRODUCT

# One array for some thousand numbers: as many parameters would cost more than the search.
_NUMBERED = """
    SELECT number, id, import_run_id, deleted_at IS NOT NULL
    FROM sales_order WHERE number = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order that is there: which run brought it, if one did, and whether it is trash."""

    pk: int
    run_id: int | None
    is_trashed: bool


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product that is there."""

    pk: int
    name: str
    currency: str
    price: str
    is_trashed: bool


def orders_numbered(numbers: Iterable[str]) -> Mapping[str, KnownOrder]:
    """Return the orders that have one of ``numbers``, whoever may see them."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED, [list(numbers)])
        return {number: KnownOrder(*facts) for number, *facts in cursor.fetchall()}


def products_coded(codes: Iterable[str]) -> Mapping[str, KnownProduct]:
    """Return the products that have one of ``codes``, those in the trash too."""
    rows = Product.objects.filter(code__in=list(codes))
    return {row.code: _known(row) for row in rows}


def products_named(viewer: Actor, names: Iterable[str]) -> Mapping[str, KnownProduct]:
    """Return the kept products ``viewer`` sees whose name only one has."""
    found: dict[str, KnownProduct] = {}
    doubled: set[str] = set()
    rows = Product.objects.kept().filter(PRODUCT.visible(viewer))
    for row in rows.filter(name__in=list(names)).order_by("pk"):
        if row.name in found:
            doubled.add(row.name)
        found[row.name] = _known(row)
    return {name: known for name, known in found.items() if name not in doubled}


def _known(row: Product) -> KnownProduct:
    return KnownProduct(
        row.pk, row.name, row.currency, str(row.price), row.deleted_at is not None
    )
