"""Products that a file brings, changes, or that are taken back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection

from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import changes_of
from guanxi.foundation.bulk import copy_history, copy_rows, reserve_ids
from guanxi.foundation.commands import command
from guanxi.foundation.imports import traces
from guanxi.foundation.imports.kinds import Undone
from guanxi.foundation.imports.queries import import_run
from guanxi.foundation.names import sort_key
from guanxi.sales.commands.product import product_search
from guanxi.sales.events import ProductChanged, ProductCreated
from guanxi.sales.models import OrderLine, Product
from guanxi.sales.policies import PRODUCT

Facts = Mapping[str, object]
"""Columns of ``Product`` by their names: always ``code`` and ``name``."""

_COLUMNS = (
    "id", "code", "name", "sort_name", "search", "category", "unit", "price", "cost",
    "currency", "is_active", "note", "feature", "advantage", "benefit",
)  # fmt: skip
_CREATED = """
    SELECT id, version = 1 FROM sales_product
    WHERE import_run_id = %(run)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""


@command(needs="product.create")
def create_products(
    by: Actor, products: Sequence[Facts], *, run_id: int, at: datetime
) -> None:
    """Add products whose codes nobody has; they carry the number of the run."""
    pks = reserve_ids(Product, len(products))
    pairs = list(zip(pks, products, strict=True))
    copy_rows(
        Product,
        _COLUMNS,
        (_row(pk, facts) for pk, facts in pairs),
        {"import_run_id": run_id, "created_at": at, "updated_at": at, "version": 1},
    )
    events = [
        ProductCreated(product_id=pk, code=str(facts["code"]), at=at)
        for pk, facts in pairs
    ]
    copy_history(events, by)


@command(needs="product.edit")
def update_products(
    by: Actor, pairs: Sequence[tuple[int, Facts]], *, run_id: int, at: datetime
) -> None:
    """Write what rows say about products that are there; what is left out stays."""
    rows = Product.objects.select_for_update().in_bulk([pk for pk, _facts in pairs])
    traces.remember(Product, PRODUCT.kind, run_id, list(rows))
    changes = []
    for pk, facts in pairs:
        row = rows[pk]
        before = _audited(row)
        for name, value in facts.items():
            setattr(row, name, value)
        row.sort_name = sort_key(row.name)
        row.search = product_search(row.code, row.name, row.category)
        row.version += 1
        row.updated_at = at
        changes.append(changes_of(PRODUCT, before, _audited(row)))
    names = [f.attname for f in Product._meta.concrete_fields if not f.primary_key]
    Product.objects.bulk_update(rows.values(), names, batch_size=500)
    events = [
        ProductChanged(product_id=pk, code=rows[pk].code, at=at) for pk, _facts in pairs
    ]
    copy_history(events, by, changes)


@command(needs="product.import")
def restore_products(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """Write products that a run changed back as they were, unless changed since."""
    import_run(by, run_id)
    return traces.restore_rows(Product, PRODUCT.kind, run_id, after=after, limit=limit)


@command(needs="product.import")
def remove_products(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """Delete the products that a run created; those changed or ordered go to the trash."""
    import_run(by, run_id)
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, {"run": run_id, "after": after, "limit": limit})
        rows: list[tuple[int, bool]] = cursor.fetchall()
    if not rows:
        return Undone(last=None)
    pks = [pk for pk, _is_untouched in rows]
    ordered = OrderLine.objects.filter(product_id__in=pks)
    stay = {pk for pk, is_untouched in rows if not is_untouched}
    stay |= set(ordered.values_list("product_id", flat=True))
    Product.objects.filter(pk__in=set(pks) - stay).delete()
    Product.objects.kept().filter(pk__in=stay).update(deleted_at=at)
    return Undone(last=pks[-1], removed=len(pks) - len(stay), kept=len(stay))


def _row(pk: int, facts: Facts) -> Sequence[object]:
    code, name = str(facts["code"]), str(facts["name"])
    category = str(facts.get("category", ""))
    return (
        pk,
        code,
        name,
        sort_key(name),
        product_search(code, name, category),
        category,
        facts.get("unit", ""),
        facts.get("price", 0),
        facts.get("cost"),
        facts.get("currency", settings.CURRENCY),
        facts.get("is_active", True),
        facts.get("note", ""),
        *(facts.get(part, "") for part in ("feature", "advantage", "benefit")),
    )


def _audited(product: Product) -> dict[str, str]:
    values = {name: getattr(product, name) for name in PRODUCT.fields}
    return {k: "" if value is None else str(value) for k, value in values.items()}
