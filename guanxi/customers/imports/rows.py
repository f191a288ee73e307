"""One row of a file as a party, normalized: nothing here asks the database."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ParamSpec, TypeVar, cast

from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.party import Party, compute
from guanxi.customers.imports.fields import AUTO, FIELDS
from guanxi.customers.models.field import custom_fields
from guanxi.customers.rules import Form, PointKind
from guanxi.customers.rules.birthday import parse_lunar_day
from guanxi.customers.rules.identifier import (
    CHECKS,
    IdKind,
    document_of,
    require_one_birthday,
)
from guanxi.customers.rules.point import (
    NormalPoint,
    Place,
    normal_point,
    plain_place,
)
from guanxi.foundation.imports.cells import Read
from guanxi.foundation.imports.kinds import BadRow
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.money import Money
from guanxi.foundation.sheets.values import BadValue, Value

P = ParamSpec("P")
T = TypeVar("T")

LONGEST_TAG = 40
LARGEST = {
    "employees": 2**31 - 1,
    "founded_year": 2**15 - 1,
    "annual_revenue": 10**16 - 1,
}
_PLAIN_FACTS = (
    "short_name", "external_id", "industry", "website", "birth_on", "note",
    "employees", "founded_year",
)  # fmt: skip
_POINTS = (
    ("phone", PointKind.PHONE),
    ("other_phone", PointKind.PHONE),
    ("email", PointKind.EMAIL),
    ("wechat", PointKind.WECHAT),
)
_PLACE = ("province", "city", "district", "address", "postcode")
# Several numbers or addresses in one cell; a comma or slash may also belong to one.
_SEVERAL = re.compile(r"[;；、|\n]+|[/,，]\s*(?=[+(]?\d[\d\s()-]{6}|[^\s/,，]+@)")
_TAG_MARKS = re.compile(r"[;；、|,，/\n]+")
# How names of companies end; a person's name has at most four Chinese characters.
_COMPANY = re.compile(
    r"(?:公司|集团|股份|厂|店|院|中心|学校|大学|银行|超市|事务所|合作社|商行|工作室|协会|部|"
    r"\b(?:co|ltd|limited|inc|llc|corp|corporation|company|gmbh|ag|plc|group)\.?)$",
    re.IGNORECASE,
)
SHORTEST_COMPANY = 4

# What is kept of a check must not give away what the table keeps sealed.
_COVERS = {one.key: one.cover for one in FIELDS if one.cover}

NO_NAME = BadValue(_("The name is missing."), code="no_name")

Owners = Mapping[str, tuple[int, int | None]]


@dataclass(slots=True)
class Row:
    """A row that is a customer; ``key`` is what it is known by."""

    index: int
    party: Party
    key: str = ""


def party_of(cells: Sequence[str], read: Read, form: str, owners: Owners) -> Party:
    """
    Return the party in a row; ``form`` is what rows are that do not say it.

    :raises BadRow: if there is none.
    """
    values = read(cells)
    name = cast("str", values.get("name", ""))
    if not name:
        raise BadRow("name", NO_NAME)
    party = Party(
        name=name,
        form=_form(cast("str", values.get("form", form)), name),
        facts=_facts(values),
        extra=_extra(values),
        points=_points(values),
        place=_place(values),
        tags=_tags(values),
        owner=_owner(values, owners),
        parent=cast("str", values.get("parent", "")),
    )
    party.facts |= _identifiers(values)
    party.computed = compute(party)
    return party


def shown(party: Party, mapped: frozenset[str]) -> list[str]:
    """Return the mapped fields of a party, and what it is, for people."""
    keys = mapped | {"form"}
    extra = [
        spec.shown(party.extra.get(spec.key))
        for spec in custom_fields()
        if spec.key in keys
    ]
    return [_shown(party, one.key) for one in FIELDS if one.key in keys] + extra


def _form(form: str, name: str) -> Form:
    if form != AUTO:
        return Form(form)
    is_company = len(name) >= SHORTEST_COMPANY and _COMPANY.search(name)
    return Form.ORGANIZATION if is_company else Form.PERSON


def _facts(values: Mapping[str, Value]) -> dict[str, object]:
    """
    Return the plain facts of a row.

    :raises BadRow: for a number that its column cannot hold.
    """
    facts: dict[str, object] = {k: values[k] for k in _PLAIN_FACTS if k in values}
    revenue = values.get("annual_revenue")
    if isinstance(revenue, Money):
        facts["annual_revenue"] = revenue.rounded().amount
    for key, largest in LARGEST.items():
        number = facts.get(key)
        if isinstance(number, int | Decimal) and not 0 <= number <= largest:
            raise BadRow(key, BadValue(_("This number cannot be."), code="range"))
    return facts


def _extra(values: Mapping[str, Value]) -> dict[str, object]:
    """
    Return the values of added fields in a row, as they are stored.

    :raises BadRow: for one that its field cannot have.
    """
    found: dict[str, object] = {}
    for spec in custom_fields():
        if spec.key in values:
            try:
                found[spec.key] = spec.stored(values[spec.key])
            except Invalid as error:
                raise BadRow(spec.key, error) from error
    return found


def _identifiers(values: Mapping[str, Value]) -> dict[str, object]:
    """
    Return the numbers of documents, cards and licenses in a row, and a lunar birthday.

    :raises BadRow: for one that is none, or that tells another birthday than the row.
    """
    facts: dict[str, object] = {}
    for key, check in CHECKS.items():
        if text := cast("str", values.get(key, "")):
            facts[key] = _checked(key, check, text)
    if text := cast("str", values.get("lunar_birthday", "")):
        facts["lunar_birthday"] = _checked(
            "lunar_birthday", parse_lunar_day, text
        ).stored
    if text := cast("str", values.get("id_number", "")):
        kind = cast("str", values.get("id_kind", ""))
        kind, number = _checked("id_number", document_of, kind, text)
        birth_on = cast("date | None", values.get("birth_on"))
        _checked("id_number", require_one_birthday, kind, number, birth_on)
        facts |= {"id_kind": kind, "id_number": number}
    return facts


def _checked(key: str, check: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    try:
        return check(*args, **named)
    except Invalid as error:
        raise BadRow(key, error) from error


def _points(values: Mapping[str, Value]) -> list[NormalPoint]:
    """
    Return the contact points of a row, several in a cell taken apart.

    :raises BadRow: for one written wrong.
    """
    found: list[NormalPoint] = []
    for key, kind in _POINTS:
        text = values.get(key)
        if not isinstance(text, str):
            continue
        try:
            if text.isalnum():
                found.append(normal_point(kind, text))
                continue
            parts = _SEVERAL.split(text)
            found += [normal_point(kind, p.strip()) for p in parts if p.strip()]
        except Invalid as error:
            raise BadRow(key, error) from error
    return found


def _place(values: Mapping[str, Value]) -> Place | None:
    """Return the place in a row, as it is stored."""
    if values.keys().isdisjoint(_PLACE):
        return None
    province, city, district, street, postcode = (
        cast("str", values.get(key, "")) for key in _PLACE
    )
    place = Place(plain_place(province), plain_place(city), district, street, postcode)
    return place or None


def _tags(values: Mapping[str, Value]) -> tuple[str, ...]:
    """
    Return the tags in a row.

    :raises BadRow: for one that is too long.
    """
    text = values.get("tags")
    if not isinstance(text, str):
        return ()
    tags = [" ".join(tag.split()) for tag in _TAG_MARKS.split(text)]
    if any(len(tag) > LONGEST_TAG for tag in tags):
        long = BadValue(_("A tag has at most 40 characters."), code="too_long")
        raise BadRow("tags", long)
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _owner(
    values: Mapping[str, Value], owners: Owners
) -> tuple[int, int | None] | None:
    """
    Return user and team of whom a row gives the customer to.

    :raises BadRow: if nobody is called so.
    """
    name = values.get("owner")
    if not isinstance(name, str):
        return None
    if name.lower() not in owners:
        unknown = BadValue(
            _("There is no colleague called “%(name)s”."), code="owner", name=name[:60]
        )
        raise BadRow("owner", unknown)
    return owners[name.lower()]


def _shown(party: Party, key: str) -> str:
    """Return one field of a party for people."""
    kinds = dict(_POINTS)
    if key == "form":
        return str(party.form.label)
    if key in kinds:
        if key == "other_phone":
            return ""
        return ", ".join(p.shown for p in party.points if p.kind == kinds[key])
    if key in _PLACE:
        name = "street" if key == "address" else key
        return str(getattr(party.place, name, ""))
    if key == "tags":
        return ", ".join(party.tags)
    if key in ("name", "parent"):
        return str(getattr(party, key))
    told = str(party.facts.get(key, ""))
    if key == "id_kind":
        return str(IdKind(told).label) if told else ""
    return _COVERS[key](told) if key in _COVERS else told
