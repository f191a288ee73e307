"""What happens to products."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class ProductEvent(Event):
    """Something that happened to one product."""

    kind: ClassVar[str] = "product"
    subject: ClassVar[str] = "product_id"
    icon: ClassVar[str] = "box"
    guards: ClassVar[Mapping[str, str]] = {"code": "code"}

    product_id: int
    code: str


@dataclass(frozen=True, kw_only=True)
class ProductCreated(ProductEvent):
    """There is a new product."""

    sentence: ClassVar[str] = gettext_noop("Product %(code)s created")


@dataclass(frozen=True, kw_only=True)
class ProductChanged(ProductEvent):
    """A product is described or priced otherwise."""

    sentence: ClassVar[str] = gettext_noop("Product %(code)s changed")


@dataclass(frozen=True, kw_only=True)
class ProductTrashed(ProductEvent):
    """A product was put into the trash."""

    sentence: ClassVar[str] = gettext_noop("Product %(code)s moved to the trash")


@dataclass(frozen=True, kw_only=True)
class ProductRestored(ProductEvent):
    """A product came back from the trash."""

    sentence: ClassVar[str] = gettext_noop("Product %(code)s restored from the trash")
