"""Ways to reach a customer: as typed, and as they are compared."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypedDict

from django.utils.translation import gettext_lazy as _

from guanxi.customers.rules import PointKind
from guanxi.foundation.emails import normalize_email, parse_email
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.phones import parse_phone, search_forms

# China has some 340 cities; a file names few of them, again and again.
REMEMBERED_PLACES = 1024
# What people write behind the name of a province or city, or leave out.
_RANKS = re.compile(r"(?<=..)(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")


@dataclass(frozen=True, slots=True)
class Point:
    """A way to reach a customer, as somebody typed it."""

    kind: PointKind
    text: str
    label: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class NormalPoint:
    """
    The same, normalized: ``value`` is compared, ``shown`` is read by people.

    ``found_by`` are the texts a search may name a part of.
    """

    kind: PointKind
    value: str
    shown: str
    found_by: tuple[str, ...]
    extension: str = ""


# Which field of the policy speaks for each part of an address.
PART_FIELDS: Mapping[str, str] = {
    "province": "province",
    "city": "city",
    "district": "city",
    "street": "address",
    "postcode": "address",
}


class PlaceParts(TypedDict, total=False):
    """Some parts of a postal address; those left out stay as they are."""

    province: str
    city: str
    district: str
    street: str
    postcode: str
    country: str


@dataclass(frozen=True, slots=True)
class Place:
    """A postal address."""

    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""
    country: str = "CN"

    def __bool__(self) -> bool:
        """Tell whether anything of it is known."""
        return bool(
            self.province or self.city or self.district or self.street or self.postcode
        )

    def plain(self) -> "Place":
        """Return the same place as it is stored: 上海市 is 上海."""
        return replace(
            self, province=plain_place(self.province), city=plain_place(self.city)
        )


@lru_cache(maxsize=REMEMBERED_PLACES)
def plain_place(name: str) -> str:
    """Return a province or city without the word for what it is."""
    return _RANKS.sub("", name.strip())


class InvalidWechat(Invalid):
    """The text is no WeChat id."""


_WECHAT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-.@]{1,63}")


def normal_point(kind: PointKind, text: str) -> NormalPoint:
    """
    Return the point written in ``text``.

    :raises Invalid: with the sentence that says what is wrong with it.
    """
    if kind is PointKind.PHONE:
        phone = parse_phone(text)
        return NormalPoint(
            kind, phone.e164, phone.shown, search_forms(phone), phone.extension
        )
    if kind is PointKind.EMAIL:
        mail = parse_email(text)
        return NormalPoint(kind, mail.key, mail.address, (mail.key,))
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _WECHAT.fullmatch(plain):
        raise InvalidWechat(
            _("A WeChat id has letters, digits, - and _ only."), code="wechat"
        )
    return NormalPoint(kind, plain.lower(), plain, (plain,))


def reach_of(text: str) -> tuple[PointKind, str] | None:
    """Return the kind and value that ``text`` names in full, or None for a fragment."""
    try:
        if "@" in text:
            return PointKind.EMAIL, normalize_email(text)
        return PointKind.PHONE, parse_phone(text).e164
    except Invalid:
        return None
