"""What we sell: created, changed, put into the trash and taken out again."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.names import pinyin_forms, sort_key
from guanxi.foundation.search_text import search_text
from guanxi.sales.events import (
    ProductChanged,
    ProductCreated,
    ProductRestored,
    ProductTrashed,
)
from guanxi.sales.models import Product
from guanxi.sales.policies import PRODUCT


class ProductFacts(TypedDict, total=False):
    """What a person may say about a product; what is left out stays as it is."""

    code: str
    name: str
    category: str
    unit: str
    price: Decimal
    cost: Decimal | None
    is_active: bool
    feature: str
    advantage: str
    benefit: str
    note: str


@command(needs="product.create")
def create_product(
    by: Actor, *, at: datetime, **facts: Unpack[ProductFacts]
) -> Product:
    """
    Add a product, priced in the house currency.

    :raises Refused: without code or name, for a code in use or a negative price.
    :raises Denied: for a field ``by`` may not write.
    """
    product = Product(currency=settings.CURRENCY, created_at=at, updated_at=at)
    _set(by, product, facts)
    _store(product)
    publish(ProductCreated(product_id=product.pk, code=product.code, at=at))
    return product


@command(needs="product.edit")
def change_product(
    by: Actor,
    product: Product,
    *,
    version: int,
    at: datetime,
    **facts: Unpack[ProductFacts],
) -> Product:
    """
    Describe or price a product otherwise; orders keep what they say.

    :raises Refused: as `create_product`.
    :raises Conflict: if somebody changed it since ``version``.
    """
    product = Product.objects.select_for_update().get(pk=product.pk)
    if product.version != version:
        raise Conflict(
            _(
                "Somebody else has changed this product meanwhile. Look at it again, "
                "then make your change."
            )
        )
    before = _audited(product)
    _set(by, product, facts)
    _save(product, at)
    publish(
        ProductChanged(product_id=product.pk, code=product.code, at=at),
        changes=changes_of(PRODUCT, before, _audited(product)),
    )
    return product


@command(needs="product.delete")
def trash_product(by: Actor, product: Product, *, at: datetime) -> Product:
    """Put a product into the trash; orders that name it stay as they are."""
    product = Product.objects.select_for_update().get(pk=product.pk)
    if product.deleted_at is None:
        product.deleted_at = at
        _save(product, at)
        publish(ProductTrashed(product_id=product.pk, code=product.code, at=at))
    return product


@command(needs="product.delete")
def restore_product(by: Actor, product: Product, *, at: datetime) -> Product:
    """Take a product out of the trash."""
    product = Product.objects.select_for_update().get(pk=product.pk)
    if product.deleted_at is not None:
        product.deleted_at = None
        _save(product, at)
        publish(ProductRestored(product_id=product.pk, code=product.code, at=at))
    return product


def product_search(code: str, name: str, category: str) -> str:
    """Return the search column of a product: code, name, its pinyin and the category."""
    return search_text(code, name, *pinyin_forms(name).all, category)


def _set(by: Actor, product: Product, facts: ProductFacts) -> None:
    """Write ``facts`` into the unsaved product, and all that follows from them."""
    hidden = facts.keys() - PRODUCT.writable(by)
    if hidden:
        raise Denied(f"product.{min(hidden)}")
    for name, value in facts.items():
        setattr(product, name, value.strip() if isinstance(value, str) else value)
    if not product.code or not product.name:
        raise Refused(_("A product needs a code and a name."), field="name")
    if product.price < 0 or (product.cost or 0) < 0:
        raise Refused(_("A price cannot be negative."), field="price")
    product.sort_name = sort_key(product.name)
    product.search = product_search(product.code, product.name, product.category)


def _save(product: Product, at: datetime) -> None:
    product.version += 1
    product.updated_at = at
    _store(product)


def _store(product: Product) -> None:
    """
    Write the row.

    :raises Refused: for a taken code, also to the later of two who give it at once.
    """
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        text = _("There is already a product with this code.")
        raise Refused(text, field="code") from error


def _audited(product: Product) -> dict[str, str]:
    values = {name: getattr(product, name) for name in PRODUCT.fields}
    return {k: "" if value is None else str(value) for k, value in values.items()}
