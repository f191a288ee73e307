"""What a row of a file says about a party, and its parts written a table at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import cast

from guanxi.customers.commands.tag import tags_named
from guanxi.customers.models import Address, ContactPoint, Customer
from guanxi.customers.rules import Form
from guanxi.customers.rules.name import SearchColumns, search_columns
from guanxi.customers.rules.point import NormalPoint, Place
from guanxi.foundation.bulk import copy_rows, reserve_ids

Points = Sequence[tuple[NormalPoint, bool]]
"""Points, each with whether it is the primary one of its kind."""

Mark = tuple[int, int]
"""The ids of a customer and of a tag."""

_POINT_COLUMNS = (
    "id", "customer_id", "kind", "value", "extension", "shown", "is_primary",
)  # fmt: skip
_PLACE_COLUMNS = ("province", "city", "district", "street", "postcode", "country")


@dataclass(slots=True)
class Party:
    """
    What a row of a file says about one party.

    ``facts`` are columns of ``Customer``, ``extra`` values of added fields as they are
    stored; ``owner`` is user and team, None for whoever
    imports. ``place`` is as it is stored. ``parent`` is the name of the organization it is a subsidiary of. ``computed``
    is kept where it was computed ahead.
    """

    name: str
    form: Form = Form.PERSON
    facts: dict[str, object] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)
    points: list[NormalPoint] = field(default_factory=list)
    place: Place | None = None
    tags: tuple[str, ...] = ()
    owner: tuple[int, int | None] | None = None
    parent: str = ""
    computed: SearchColumns | None = None

    @property
    def external_id(self) -> str:
        """The party's number where it comes from; empty if it has none."""
        return cast("str", self.facts.get("external_id", ""))

    def add(self, later: "Party") -> None:
        """Take over what a later row says about the same party; what is empty stays."""
        self.name = later.name or self.name
        self.facts |= later.facts
        self.extra |= later.extra
        self.points += later.points
        self.place = later.place or self.place
        self.tags += later.tags
        self.owner = later.owner or self.owner
        self.parent = later.parent or self.parent
        self.computed = None


def compute(party: Party) -> SearchColumns:
    """Return the columns of a party that are computed from its names and points."""
    return search_columns(
        party.form,
        party.name,
        short_name=str(party.facts.get("short_name", "")),
        external_id=party.external_id,
        points=party.points,
    )


def with_primary(points: Iterable[NormalPoint]) -> list[tuple[NormalPoint, bool]]:
    """Return the points, each once, and whether each is the first of its kind."""
    found: dict[tuple[str, str, str], tuple[NormalPoint, bool]] = {}
    kinds: set[str] = set()
    for point in points:
        key = (point.kind.value, point.value, point.extension)
        if key not in found:
            found[key] = (point, point.kind not in kinds)
            kinds.add(point.kind)
    return list(found.values())


def copy_points(pairs: Sequence[tuple[int, Points]]) -> list[int]:
    """Store the points of each customer and return their ids."""
    count = sum(len(points) for _pk, points in pairs)
    pks = reserve_ids(ContactPoint, count)
    ids = iter(pks)
    copy_rows(
        ContactPoint,
        _POINT_COLUMNS,
        (
            (next(ids), pk, p.kind.value, p.value, p.extension, p.shown, is_primary)
            for pk, points in pairs
            for p, is_primary in points
        ),
        {"label": ""},
    )
    return pks


def copy_places(pairs: Sequence[tuple[int, Place]]) -> list[int]:
    """Store the primary address of each customer and return their ids."""
    pks = reserve_ids(Address, len(pairs))
    facts = attrgetter(*_PLACE_COLUMNS)
    copy_rows(
        Address,
        ("id", "customer_id", *_PLACE_COLUMNS),
        (
            (pk, customer_id, *facts(place))
            for pk, (customer_id, place) in zip(pks, pairs, strict=True)
        ),
        {"label": "", "is_primary": True},
    )
    return pks


def marks_of(pairs: Sequence[tuple[int, Sequence[str]]]) -> list[Mark]:
    """Return the marks that put tags, which may be new words, on customers."""
    if not pairs:
        return []
    known = {tag.name: tag.pk for tag in tags_named(t for _pk, ts in pairs for t in ts)}
    return [(pk, known[tag]) for pk, tags in pairs for tag in dict.fromkeys(tags)]


def copy_marks(marks: Sequence[Mark]) -> list[int]:
    """Store marks that are not there yet and return their ids."""
    model = Customer.tags.through
    pks = reserve_ids(model, len(marks))
    rows = [(pk, *mark) for pk, mark in zip(pks, marks, strict=True)]
    copy_rows(model, ("id", "customer_id", "tag_id"), rows)
    return pks
