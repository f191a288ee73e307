"""Customers that are there and of which a file knows more, or otherwise."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from django.db.models import Field, JSONField
from psycopg import sql

from guanxi.customers.commands.contact_point import Reach, fill_columns, reaches_of
from guanxi.customers.commands.customer import facts_as_text
from guanxi.customers.commands.imports.address import (
    keep_addresses,
    moved_place,
    primary_addresses,
    write_places,
)
from guanxi.customers.commands.imports.create import note_parents
from guanxi.customers.commands.imports.party import (
    Mark,
    Party,
    copy_marks,
    copy_places,
    copy_points,
    marks_of,
    with_primary,
)
from guanxi.customers.events import CustomerChanged
from guanxi.customers.models import Address, ContactPoint, Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules import PointKind
from guanxi.customers.rules.point import NormalPoint, Place, Point
from guanxi.customers.rules.region import lies_elsewhere
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import changes_of
from guanxi.foundation.bulk import copy_history, copy_into
from guanxi.foundation.commands import command
from guanxi.foundation.events import Changes
from guanxi.foundation.imports import traces
from guanxi.foundation.sealing.field import Sealed

POINT, TAG, ADDRESS = "point", "tag", "address"
_STAGE = "customer_update"


@dataclass(slots=True)
class _Edit:
    """A customer as a row makes it, unsaved: what differs, and the points it gains."""

    customer: Customer
    changes: Changes
    points: list[tuple[NormalPoint, bool]]
    is_changed: bool


@command(needs="customer.edit")
def update_parties(
    by: Actor, pairs: Sequence[tuple[int, Party]], *, run_id: int, at: datetime
) -> int:
    """
    Write what rows say about customers that are there; return how many differ.

    What a row leaves empty stays; contact points and tags are added. Each customer comes
    once. Those that ``by`` may not edit, or that are gone, are left out.
    """
    open_to_by = Customer.objects.filter(CUSTOMER.visible(by, "edit"))
    rows = open_to_by.select_for_update(of=("self",)).in_bulk(
        [pk for pk, _party in pairs]
    )
    pairs = [(pk, party) for pk, party in pairs if pk in rows]
    points = _points_of(rows)
    edits = [_edit(rows[pk], party, points.get(pk, ())) for pk, party in pairs]
    addresses = primary_addresses([pk for pk, party in pairs if party.place])
    moves = _moves(pairs, rows, addresses)
    touched = _add_parts(run_id, pairs, edits, addresses.keys()) | moves.keys()
    changed = [e for e in edits if e.is_changed or e.customer.pk in touched]
    traces.remember(Customer, CUSTOMER.kind, run_id, [e.customer.pk for e in changed])
    keep_addresses(run_id, list(moves))
    for edit in changed:
        edit.customer.version += 1
        edit.customer.updated_at = at
    _write([edit.customer for edit in changed])
    write_places(moves)
    note_parents(run_id, [(pk, p.parent) for pk, p in pairs if p.parent])
    copy_history(
        [
            CustomerChanged(
                customer_id=edit.customer.pk, version=edit.customer.version, at=at
            )
            for edit in changed
        ],
        by,
        [edit.changes for edit in changed],
    )
    return len(changed)


def _moves(
    pairs: Sequence[tuple[int, Party]],
    customers: Mapping[int, Customer],
    addresses: Mapping[int, Address],
) -> dict[int, Place]:
    """Return the primary addresses that rows change, by their customers."""
    found = {
        pk: moved_place(addresses[pk], customers[pk], party)
        for pk, party in pairs
        if pk in addresses
    }
    return {pk: place for pk, place in found.items() if place is not None}


def _points_of(pks: Collection[int]) -> dict[int, list[Point]]:
    found: dict[int, list[Point]] = {}
    for row in ContactPoint.objects.filter(customer_id__in=pks).order_by("pk"):
        point = Point(PointKind(row.kind), row.shown, row.label, row.is_primary)
        found.setdefault(row.customer_id, []).append(point)
    return found


def _edit(customer: Customer, party: Party, points: Sequence[Point]) -> _Edit:
    """Return what ``party`` makes of a stored customer; empty facts change nothing."""
    before = facts_as_text(customer)
    old_owner = customer.owner_id
    customer.name = party.name or customer.name
    for name, value in party.facts.items():
        setattr(customer, name, value)
    customer.extra = {**customer.extra, **party.extra}
    if party.place:
        _move(customer, party.place)
    if party.owner:
        customer.owner_id, customer.team_id = party.owner
    present = reaches_of(points)
    new = _new_points(party, present)
    reaches = [*present, *(Reach(point, "", is_primary=first) for point, first in new)]
    fill_columns(customer, reaches)
    changes = changes_of(CUSTOMER, before, facts_as_text(customer))
    is_moved = customer.owner_id != old_owner
    return _Edit(customer, changes, new, bool(changes or new or is_moved))


def _move(customer: Customer, place: Place) -> None:
    """Take province and city over; a province where the new city is not stays behind."""
    is_new = place.city not in ("", customer.city)
    if place.province:
        customer.province = place.province
    elif is_new and lies_elsewhere(place.city, customer.province):
        customer.province = ""
    customer.city = place.city or customer.city


def _new_points(
    party: Party, present: Sequence[Reach]
) -> list[tuple[NormalPoint, bool]]:
    """Return the points that are not there; primary only where there is none yet."""
    known = {reach.key for reach in present}
    kinds = {reach.normal.kind for reach in present}
    return [
        (point, is_first and point.kind not in kinds)
        for point, is_first in with_primary(party.points)
        if (point.kind.value, point.value, point.extension) not in known
    ]


def _add_parts(
    run_id: int,
    pairs: Sequence[tuple[int, Party]],
    edits: Sequence[_Edit],
    placed: Collection[int],
) -> set[int]:
    """
    Store points, places and tags that are new; return who gained some.

    ``placed`` are the customers who have an address.
    """
    points = [(e.customer.pk, e.points) for e in edits if e.points]
    places = [(pk, p.place) for pk, p in pairs if p.place and pk not in placed]
    tags = [(pk, p.tags) for pk, p in pairs if p.tags]
    traces.note_created(POINT, run_id, copy_points(points))
    traces.note_created(ADDRESS, run_id, copy_places(places))
    traces.note_created(TAG, run_id, copy_marks(_lacking(marks_of(tags))))
    return {pk for pk, _points in points} | {pk for pk, _place in places}


def _lacking(marks: Sequence[Mark]) -> list[Mark]:
    """Return those of ``marks`` that are not there."""
    rows = Customer.tags.through._base_manager.filter(
        customer_id__in={pk for pk, _tag in marks}
    )
    present = set(rows.values_list("customer_id", "tag_id"))
    return [mark for mark in marks if mark not in present]


def _stored(field: "Field[Any, Any]", customer: Customer) -> object:
    """Return a value as COPY writes it into the table: sealed, where it is."""
    value = field.pre_save(customer, add=False)
    if isinstance(value, Sealed):
        return value.token
    return orjson.dumps(value).decode() if isinstance(field, JSONField) else value


def _write(customers: Sequence[Customer]) -> None:
    """Write all columns of changed customers by one statement."""
    if not customers:
        return
    fields = Customer._meta.concrete_fields
    names = [field.column for field in fields if not field.primary_key]
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_STAGE} (LIKE customers_customer) ON COMMIT DROP"
        )
        copy_into(
            _STAGE,
            [field.column for field in fields],
            ([_stored(field, row) for field in fields] for row in customers),
        )
        cursor.execute(
            sql.SQL(
                "UPDATE customers_customer c SET ({0}) = (SELECT {0} FROM {1} s"
                " WHERE s.id = c.id) WHERE c.id = ANY(%s)"
            ).format(columns, sql.Identifier(_STAGE)),
            [[row.pk for row in customers]],
        )
        cursor.execute(f"DROP TABLE {_STAGE}")
