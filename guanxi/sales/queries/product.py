"""Questions about products."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.urls import reverse

from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.rooms import Found
from guanxi.foundation.search_text import search_text
from guanxi.sales.models import Product
from guanxi.sales.policies import PRODUCT


def products(viewer: Actor) -> QuerySet[Product]:
    """Return the kept products ``viewer`` may see, in the order of a directory."""
    kept = Product.objects.kept().filter(PRODUCT.visible(viewer))
    return kept.order_by("sort_name", "pk")


def trashed_products(viewer: Actor) -> QuerySet[Product]:
    """Return the products in the trash that ``viewer`` may restore, last one first."""
    trashed = Product.objects.filter(deleted_at__isnull=False)
    return trashed.filter(PRODUCT.visible(viewer, "delete")).order_by("-deleted_at")


def product(viewer: Actor, pk: int) -> Product:
    """
    Return one product, also from the trash.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = Product.objects.filter(PRODUCT.visible(viewer), pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def products_like(viewer: Actor, text: str) -> QuerySet[Product]:
    """Return the products on offer whose code begins with, or name contains, ``text``."""
    return products(viewer).filter(product_match(text), is_active=True)


def product_match(text: str) -> Q:
    """
    Return the condition that code, name or pinyin of a product has every word.

    Short words are looked for anywhere too: products are few enough to be read through.
    """
    by_words = Q()
    for word in search_text(text).split():
        by_words &= Q(search__contains=word)
    return by_words


def find_products(viewer: Actor, text: str, limit: int) -> Sequence[Found]:
    """Return up to ``limit`` products for the search of the house."""
    rows = products(viewer).filter(product_match(text))[:limit]
    return [_found(viewer, row) for row in rows]


def _found(viewer: Actor, row: Product) -> Found:
    price = figures.amount(row.price, row.currency)
    parts = (
        PRODUCT.shown(viewer, "code", row.code),
        PRODUCT.shown(viewer, "price", price),
    )
    return Found(
        label=PRODUCT.shown(viewer, "name", row.name),
        detail=" · ".join(part for part in parts if part),
        url=reverse("sales:product", args=[row.pk]),
    )


def product_categories() -> list[str]:
    """Return the categories of products in their order."""
    rows = Product.objects.kept().exclude(category="").order_by("category")
    return list(rows.values_list("category", flat=True).distinct())
