"""Ways to reach a customer, and the columns computed from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.customers.commands.quality import note_changes
from guanxi.customers.events import ContactPointAdded, ContactPointRemoved
from guanxi.customers.models import ContactPoint, Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.name import search_columns
from guanxi.customers.rules.point import NormalPoint, Point, normal_point
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.invalid import Invalid

Key = tuple[str, str, str]


class BadPoint(Refused):
    """A contact point is written wrong, or is there already."""

    code = "bad_point"


@dataclass(frozen=True, slots=True)
class Reach:
    """A contact point ready to be stored."""

    normal: NormalPoint
    label: str
    is_primary: bool

    @property
    def key(self) -> Key:
        """What makes it the same point: kind, value and extension."""
        return (self.normal.kind.value, self.normal.value, self.normal.extension)


@command(needs="customer.edit")
def add_contact_point(
    by: Actor, customer: Customer, point: Point, *, at: datetime
) -> Customer:
    """
    Add one more way to reach ``customer``; the first of its kind is the primary one.

    Whoever sees the kind only masked may add to it.

    :raises BadPoint: if it is written wrong, or is there already.
    """
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    present = [_as_point(row) for row in _rows(locked)]
    if len(reaches_of([*present, point])) == len(present):
        raise BadPoint(
            _("The customer has %(point)s already.") % {"point": point.text},
            field="points",
        )
    replace_points(by, locked, [*present, point], at=at)
    return _saved(by, locked, at)


@command(needs="customer.edit")
def remove_contact_point(
    by: Actor, customer: Customer, point_id: int, *, at: datetime
) -> Customer:
    """
    Take one way to reach ``customer`` away; another of its kind becomes primary.

    :raises NotVisible: if ``customer`` has no such point.
    :raises Denied: for whoever may not write that kind.
    """
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    rows = _rows(locked)
    gone = next((row for row in rows if row.pk == point_id), None)
    if gone is None:
        raise NotVisible
    if CUSTOMER.level(by, gone.kind) < Level.WRITE:
        raise Denied(CUSTOMER.permission("edit"))
    kept = [_as_point(row) for row in rows if row.pk != point_id]
    replace_points(by, locked, kept, at=at)
    return _saved(by, locked, at)


def reaches_of(points: Iterable[Point]) -> list[Reach]:
    """
    Return ``points`` normalized, each once, and just one of each kind primary.

    That is the first one called primary, or else the first.

    :raises BadPoint: for one written wrong.
    """
    normals: dict[Key, tuple[Point, NormalPoint]] = {}
    for point in points:
        normal = _normal(point)
        key = (normal.kind.value, normal.value, normal.extension)
        normals.setdefault(key, (point, normal))
    primary: dict[PointKind, NormalPoint] = {}
    for _point, normal in sorted(
        normals.values(), key=lambda pair: not pair[0].is_primary
    ):
        primary.setdefault(normal.kind, normal)
    return [
        Reach(normal, point.label, is_primary=primary[normal.kind] is normal)
        for point, normal in normals.values()
    ]


def fill_columns(customer: Customer, reaches: Sequence[Reach]) -> None:
    """Set the columns of ``customer`` that repeat or are computed from others."""
    primary = {r.normal.kind: r.normal.value for r in reaches if r.is_primary}
    customer.phone = primary.get(PointKind.PHONE, "")
    customer.email = primary.get(PointKind.EMAIL, "")
    customer.wechat = primary.get(PointKind.WECHAT, "")
    columns = search_columns(
        customer.form,
        customer.name,
        short_name=customer.short_name,
        external_id=customer.external_id,
        points=[reach.normal for reach in reaches],
    )
    customer.sort_name = columns.sort_name
    customer.match_name = columns.match_name
    customer.search = columns.search
    customer.search_contact = columns.search_contact


def insert_points(customer: Customer, reaches: Sequence[Reach]) -> None:
    """Store new points of ``customer``."""
    ContactPoint.objects.bulk_create(
        ContactPoint(
            customer=customer,
            kind=reach.normal.kind,
            value=reach.normal.value,
            extension=reach.normal.extension,
            shown=reach.normal.shown,
            label=reach.label,
            is_primary=reach.is_primary,
        )
        for reach in reaches
    )


def stored_reaches(customer: Customer) -> list[Reach]:
    """Return the points of ``customer`` as they are stored."""
    return reaches_of(_as_point(row) for row in _rows(customer))


def kinds_touched(by: Actor, customer: Customer, points: Sequence[Point]) -> set[str]:
    """
    Return the kinds of which ``points`` says something else than what is stored.

    Kinds that ``by`` may not write are only added to, so that nothing of them is lost.
    """
    marks = [
        {(reach.key, reach.is_primary) for reach in reaches}
        for reaches in (stored_reaches(customer), reaches_of(points))
    ]
    differing = {kind for (kind, _value, _extension), _first in marks[0] ^ marks[1]}
    return differing & CUSTOMER.writable(by)


def replace_points(
    by: Actor, customer: Customer, points: Sequence[Point], *, at: datetime
) -> None:
    """
    Make ``points`` the ways to reach ``customer`` and fill its columns, unsaved.

    Kinds that ``by`` may not write are only added to.

    :raises Denied: for a new point of a kind hidden from ``by``.
    :raises BadPoint: for one written wrong.
    """
    rows = {_row_key(row): row for row in _rows(customer)}
    locked = {kind for kind in PointKind if CUSTOMER.level(by, kind) < Level.WRITE}
    kept = [_as_point(row) for row in rows.values() if row.kind in locked]
    reaches = {reach.key: reach for reach in reaches_of([*kept, *points])}
    added = [reach for key, reach in reaches.items() if key not in rows]
    gone = [row for key, row in rows.items() if key not in reaches]
    if any(CUSTOMER.level(by, r.normal.kind) < Level.MASKED for r in added):
        raise Denied(CUSTOMER.permission("edit"))
    ContactPoint.objects.filter(pk__in=[row.pk for row in gone]).delete()
    _update_rows(rows, reaches)
    insert_points(customer, added)
    fill_columns(customer, list(reaches.values()))
    for reach in added:
        _tell(
            ContactPointAdded, customer, reach.normal.kind, ("", reach.normal.value), at
        )
    for row in gone:
        _tell(ContactPointRemoved, customer, row.kind, (row.value, ""), at)


def _normal(point: Point) -> NormalPoint:
    try:
        return normal_point(point.kind, point.text)
    except Invalid as error:
        raise BadPoint(str(error), field="points") from error


def _rows(customer: Customer) -> list[ContactPoint]:
    return list(ContactPoint.objects.filter(customer=customer).order_by("pk"))


def _row_key(row: ContactPoint) -> Key:
    return (row.kind, row.value, row.extension)


def _as_point(row: ContactPoint) -> Point:
    return Point(PointKind(row.kind), row.shown, row.label, row.is_primary)


def _update_rows(rows: dict[Key, ContactPoint], reaches: dict[Key, Reach]) -> None:
    """Write changed labels and primary marks; a mark is taken before it is given."""
    changed = []
    for key, row in rows.items():
        reach = reaches.get(key)
        if reach and (row.label, row.is_primary) != (reach.label, reach.is_primary):
            row.label, row.is_primary = reach.label, reach.is_primary
            changed.append(row)
    for row in sorted(changed, key=lambda row: row.is_primary):
        row.save(update_fields=["label", "is_primary"])


def _tell(
    event: type[ContactPointAdded | ContactPointRemoved],
    customer: Customer,
    kind: str,
    values: tuple[str, str],
    at: datetime,
) -> None:
    """Publish the event with the version that the change of ``customer`` will get."""
    old, new = values
    publish(
        event(
            customer_id=customer.pk,
            point_kind=str(kind),
            version=customer.version + 1,
            at=at,
        ),
        changes=changes_of(CUSTOMER, {kind: old}, {kind: new}),
    )


def _saved(by: Actor, customer: Customer, at: datetime) -> Customer:
    customer.version += 1
    customer.updated_at = at
    customer.save()
    note_changes(by, {customer.pk: ["phone"]}, at=at)
    return customer
