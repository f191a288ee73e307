"""Which orders and products the rows of a file speak of, some thousand at a time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import connection

from guanxi.foundation.actor import Actor
from guanxi.foundation.bulk import array
from guanxi.foundation.policies import reachable
from guanxi.sales.models import Opportunity, Product
from guanxi.sales.policies import OPPORTUNITY, ORDER, PRODUCT

MOST_NAMES = 50_000  # to compare a word with; a longer list is hardly one of products

# One array for some thousand numbers: as many parameters would cost more than the search.
_NUMBERED = """
    SELECT o.number, o.id, o.import_run_id = %(run)s OR EXISTS (
            SELECT FROM foundation_importedrow r WHERE r.run_id = %(run)s
            AND r.kind = 'order' AND r.record_id = o.id),
        o.deleted_at IS NOT NULL,
        o.shipped_at IS NOT NULL OR o.cancelled_at IS NOT NULL,
        o.currency, o.paid - o.refunded
    FROM sales_order o WHERE o.number = ANY(%(numbers)s)
"""


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """
    An order that is there.

    ``is_of_run`` if the run that asks brought or changed it; ``is_open`` if the asker may
    change it, as far as it is not ``is_locked``.
    """

    pk: int
    is_of_run: bool
    is_trashed: bool
    is_locked: bool
    currency: str
    kept_money: Decimal
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class KnownOpportunity:
    """An opportunity that is there; ``is_open`` if the asker may change it."""

    pk: int
    is_trashed: bool
    is_of_run: bool
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product that is there."""

    pk: int
    name: str
    currency: str
    price: Decimal
    is_trashed: bool


def orders_numbered(
    by: Actor, numbers: Collection[str], run_id: int
) -> Mapping[str, KnownOrder]:
    """Return the orders that have one of ``numbers``, whoever may see them."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED, {"numbers": array(numbers), "run": run_id})
        found = {
            number: KnownOrder(pk, bool(is_of_run), *facts)
            for number, pk, is_of_run, *facts in cursor.fetchall()
        }
    pks = [known.pk for known in found.values()]
    may = set(reachable(by, ORDER.permission("edit"), pks))
    return {n: replace(known, is_open=known.pk in may) for n, known in found.items()}


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
        row.pk, row.name, row.currency, row.price, row.deleted_at is not None
    )


def products_called(viewer: Actor, words: Iterable[str]) -> Mapping[str, int]:
    """Return the kept products ``viewer`` sees by a code, or a name that only one has."""
    wanted = set(words)
    rows = Product.objects.kept().filter(PRODUCT.visible(viewer))
    found = {name: known.pk for name, known in products_named(viewer, wanted).items()}
    return found | dict(rows.filter(code__in=wanted).values_list("code", "pk"))


def products_meant(viewer: Actor, words: Iterable[str]) -> Mapping[str, int]:
    """Return the same by their numbers too, as answers to questions name them."""
    wanted = set(words)
    numbers = {
        int(word): word for word in wanted if word.isdecimal() and len(word) < 19
    }
    rows = Product.objects.kept().filter(PRODUCT.visible(viewer), pk__in=numbers)
    there = {numbers[pk]: pk for pk in rows.values_list("pk", flat=True)}
    return {**products_called(viewer, wanted), **there}


def names_of_products(viewer: Actor) -> Mapping[str, str]:
    """Return what the kept products ``viewer`` sees are called, by their numbers as text."""
    rows = Product.objects.kept().filter(PRODUCT.visible(viewer)).order_by("pk")
    return {str(pk): name for pk, name in rows.values_list("pk", "name")[:MOST_NAMES]}


def opportunities_numbered(
    by: Actor, numbers: Collection[str], run_id: int
) -> Mapping[str, KnownOpportunity]:
    """Return the opportunities of these external numbers, the latest of each."""
    rows = Opportunity.objects.filter(external_id__in=set(numbers) - {""})
    facts = rows.order_by("pk").values_list(
        "external_id", "pk", "deleted_at", "import_run_id"
    )
    found = {
        number: KnownOpportunity(pk, deleted_at is not None, run == run_id)
        for number, pk, deleted_at, run in facts
    }
    pks = [known.pk for known in found.values()]
    may = set(reachable(by, OPPORTUNITY.permission("edit"), pks))
    return {n: replace(known, is_open=known.pk in may) for n, known in found.items()}
