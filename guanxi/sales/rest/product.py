"""Products for programs: /api/v1/products."""

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.records import (
    From,
    Input,
    Record,
    Shape,
    require_writable,
)
from guanxi.sales.commands.product import (
    change_product,
    create_product,
    restore_product,
    trash_product,
)
from guanxi.sales.models import Product
from guanxi.sales.policies import PRODUCT
from guanxi.sales.queries.product import product, products
from guanxi.sales.tables import PRODUCTS

router = Router(tags=["products"])
LARGEST_AMOUNT = Decimal("999999999999.99")


class ProductRow(Record):
    """A product on offer or not."""

    id: Annotated[int, From("pk")]
    version: Annotated[int, From("version")]
    code: str
    name: str
    category: str
    unit: str
    price: str
    cost: str | None
    currency: Annotated[str, From("currency")]
    is_active: bool


class ProductRecord(ProductRow):
    """One product with everything the caller may read."""

    feature: str
    advantage: str
    benefit: str
    note: str


class ProductPage(Record):
    """One page of products; ``next`` is the cursor of the following one."""

    items: list[ProductRow]
    next: str | None


class ProductFacts(Input):
    """The facts of a product; what is left out stays."""

    category: str = Field(default="", max_length=80)
    unit: str = Field(default="", max_length=20)
    price: Decimal = Field(
        default=Decimal(0), ge=0, le=LARGEST_AMOUNT, decimal_places=2
    )
    cost: Decimal | None = Field(
        default=None, ge=0, le=LARGEST_AMOUNT, decimal_places=2
    )
    is_active: bool = True
    feature: str = Field(default="", max_length=1000)
    advantage: str = Field(default="", max_length=1000)
    benefit: str = Field(default="", max_length=1000)
    note: str = Field(default="", max_length=10_000)


class NewProduct(ProductFacts):
    """A product to add."""

    code: str = Field(min_length=1, max_length=60)
    name: str = Field(min_length=1, max_length=200)


class ProductChange(ProductFacts):
    """A change made looking at ``version``."""

    version: int
    code: str = Field(default="", min_length=1, max_length=60)
    name: str = Field(default="", min_length=1, max_length=200)


ROW = Shape(ProductRow, PRODUCT)
WHOLE = Shape(ProductRecord, PRODUCT)


@router.get(
    "/products",
    response=ProductPage,
    summary=gettext_noop("List products"),
)
def list_products(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the products in the order of a directory."""
    return listed(request, PRODUCTS, ROW, query)


@router.post(
    "/products",
    response={201: ProductRecord},
    summary=gettext_noop("Add a product"),
)
def post_product(request: Call, body: NewProduct) -> HttpResponse:
    """Add a product, priced in the house currency."""
    by = request.auth
    require(by, "product.create")
    require_writable(by, PRODUCT, body.given())
    new = create_product(by, at=now(), **body.given())
    return made(_product(by, new.pk), f"/api/v1/products/{new.pk}")


@router.get(
    "/products/{int:pk}",
    response=ProductRecord,
    summary=gettext_noop("Read one product"),
)
def get_product(request: Call, pk: int) -> HttpResponse:
    """Read one product."""
    return answer(_product(request.auth, pk))


@router.patch(
    "/products/{int:pk}",
    response=ProductRecord,
    summary=gettext_noop("Change a product"),
)
def patch_product(request: Call, pk: int, body: ProductChange) -> HttpResponse:
    """Describe or price a product otherwise; orders keep what they say."""
    by, found = request.auth, _kept_product(request.auth, pk)
    require(by, "product.edit", found)
    given = body.given()
    require_writable(by, PRODUCT, given)
    version = given.pop("version")
    change_product(by, found, version=version, at=now(), **given)
    return answer(_product(by, pk))


@router.delete(
    "/products/{int:pk}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_product(request: Call, pk: int) -> HttpResponse:
    """Put a product into the trash; orders that name it stay as they are."""
    trash_product(request.auth, _kept_product(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/products/{int:pk}/restoration",
    response=ProductRecord,
    summary=gettext_noop("Take out of the trash"),
)
def post_product_restoration(request: Call, pk: int) -> HttpResponse:
    """Take a product out of the trash."""
    restore_product(request.auth, product(request.auth, pk), at=now())
    return answer(_product(request.auth, pk))


def _kept_product(viewer: Actor, pk: int) -> Product:
    found = product(viewer, pk)
    if found.deleted_at is not None:
        raise NotVisible
    return found


def _product(viewer: Actor, pk: int) -> dict[str, Any]:
    return WHOLE.one(viewer, products(viewer).filter(pk=pk), at=now())
