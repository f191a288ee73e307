"""Who belongs to a segment: found anew by its definition, or chosen by hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg.errors import QueryCanceled

from guanxi.customers.events import SegmentMembersChanged
from guanxi.customers.models import Customer, Segment, SegmentMember
from guanxi.customers.queries.consent import house_day
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.queries.segment import definition_of, sight_of
from guanxi.customers.rules.segment import BadDefinition
from guanxi.foundation.actor import Actor
from guanxi.foundation.bulk import refresh_statistics
from guanxi.foundation.clock import now
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.jobs import job
from guanxi.foundation.tables.counting import roomy, within_moment

OWNER_GONE = gettext_noop("Its owner is not active any more: it stays as it was.")
# What is found within this long is there at once; else a job finds it.
SOON_MILLISECONDS = 1000
# So many that come or go change how the table is best read.
MANY = 10_000


class FilledByDefinition(Refused):
    """Nobody is put by hand into a segment whose definition decides."""

    code = "filled_by_definition"


class FilledByHand(Refused):
    """A segment that is filled by hand has nothing to find anew."""

    code = "filled_by_hand"


@dataclass(frozen=True)
class _Moves:
    joined: int
    gone: int


@command(needs="segment.edit")
def refresh_segment(by: Actor, segment: Segment, *, at: datetime) -> Segment:
    """
    Have it found anew who fits the definition: at once, or by a job if it takes longer.

    :raises FilledByHand: if nobody comes into it by the definition.
    """
    held = _held(segment.pk)
    if not held.is_dynamic:
        told = _("Customers come into this segment by hand.")
        raise FilledByHand(told)
    refresh_soon(held, at=at)
    held.refresh_from_db()
    return held


@command(needs="segment.edit")
def add_members(
    by: Actor, segment: Segment, customers: Sequence[Customer], /, *, at: datetime
) -> Collection[int]:
    """
    Put ``customers`` into a segment; return the numbers of those that were not in it.

    :raises FilledByDefinition: if its definition decides.
    """
    held = _held_by_hand(segment)
    pks = {one.pk for one in customers}
    present = _stays(held).filter(customer__in=pks)
    new = sorted(pks - set(present.values_list("customer_id", flat=True)))
    SegmentMember.objects.bulk_create(
        SegmentMember(segment=held, customer_id=pk, joined_at=at) for pk in new
    )
    _note(held, _Moves(len(new), 0), at)
    return new


@command(needs="segment.edit")
def remove_members(
    by: Actor, segment: Segment, customers: Sequence[Customer], /, *, at: datetime
) -> int:
    """
    Take ``customers`` out of a segment; return how many were in it.

    :raises FilledByDefinition: if its definition decides.
    """
    held = _held_by_hand(segment)
    stays = _stays(held).filter(customer__in=[one.pk for one in customers])
    gone = stays.update(left_at=at)
    _note(held, _Moves(0, gone), at)
    return gone


def refresh_soon(segment: Segment, *, at: datetime) -> None:
    """Find who fits, in the caller's transaction; by a job if it takes longer."""
    try:
        with within_moment(SOON_MILLISECONDS):
            find_members(segment, at=at)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        find_later.later(segment_id=segment.pk)


@job(queue="segments")
def find_later(*, segment_id: int) -> None:
    """Find who belongs to a segment, however long it takes."""
    at = now()
    with roomy():
        held = Segment.objects.select_for_update().filter(pk=segment_id).first()
        if held is not None and held.deleted_at is None and held.is_dynamic:
            find_members(held, at=at)


def refresh_all(at: datetime) -> None:
    """Have every segment with a deciding definition found anew; by the clock."""
    rows = Segment.objects.filter(deleted_at=None).order_by("pk")
    for one in rows:
        if one.is_dynamic:
            find_later.later(segment_id=one.pk)
        else:
            with roomy():
                _note(_held(one.pk), _Moves(0, 0), at)


def find_members(segment: Segment, *, at: datetime) -> None:
    """
    Let a segment hold whom its definition fits now, as its owner sees it.

    Set by set: as many statements for a million as for one. What cannot be asked any
    more is noted as its problem, and who belonged to it still does.
    """
    sight = sight_of(segment)
    if sight is None:
        _set_problem(segment, OWNER_GONE)
        return
    try:
        fitting = Criteria(sight, at).fitting(definition_of(segment))
    except BadDefinition as refusal:
        _set_problem(segment, refusal.message)
        return
    segment.problem = ""
    moves = _move(segment, fitting, at, is_final=True)
    _note(segment, moves, at)


def fill_once(by: Actor, segment: Segment, *, at: datetime) -> None:
    """Put all into a segment that fit its definition now, as ``by`` sees it."""
    fitting = Criteria(by, at).fitting(definition_of(segment))
    with roomy():
        _note(segment, _move(segment, fitting, at, is_final=False), at)


def _move(
    segment: Segment, fitting: "QuerySet[Customer]", at: datetime, *, is_final: bool
) -> _Moves:
    """Let those that fit join, and if it ``is_final`` those leave that do not."""
    statement, parameters = _statement(fitting)
    of: dict[str, Any] = {"segment": segment.pk, "at": at}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS segment_fit")
        cursor.execute(
            f"CREATE TEMP TABLE segment_fit ON COMMIT DROP AS {statement}", parameters
        )
        cursor.execute("ANALYZE segment_fit")
        gone = 0
        if is_final:
            cursor.execute(_LEAVE, of)
            gone = cursor.rowcount
        cursor.execute(_JOIN, of)
        moves = _Moves(cursor.rowcount, gone)
    if moves.joined + moves.gone >= MANY:
        # Until the planner knows of them, whatever asks for a member asks a million times.
        transaction.on_commit(partial(refresh_statistics, [SegmentMember]))
    return moves


_LEAVE = """
    UPDATE customers_segmentmember AS m SET left_at = %(at)s
    WHERE m.segment_id = %(segment)s AND m.left_at IS NULL
      AND NOT EXISTS (SELECT FROM segment_fit AS f WHERE f.id = m.customer_id)
"""
_JOIN = """
    INSERT INTO customers_segmentmember (segment_id, customer_id, joined_at)
    SELECT %(segment)s, f.id, %(at)s FROM segment_fit AS f
    WHERE NOT EXISTS (
        SELECT FROM customers_segmentmember AS m
        WHERE m.segment_id = %(segment)s AND m.customer_id = f.id AND m.left_at IS NULL
    )
"""
_COUNT = """
    INSERT INTO customers_segmentcount AS c
        (segment_id, counted_on, members, joined, gone)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (segment_id, counted_on) DO UPDATE SET members = excluded.members,
        joined = c.joined + excluded.joined, gone = c.gone + excluded.gone
"""


def _statement(fitting: "QuerySet[Customer]") -> tuple[str, Any]:
    try:
        sql, values = fitting.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT 0::bigint AS id WHERE false", ()
    return sql, values


def _note(held: Segment, moves: _Moves, at: datetime) -> None:
    """Keep how many belong to a segment now, and tell it if that has changed."""
    kept = _stays(held).filter(customer__deleted_at=None)
    held.members, held.refreshed_at = kept.count(), at
    held.save(update_fields=["members", "refreshed_at", "problem"])
    day = house_day(at)
    with connection.cursor() as cursor:
        numbers = [held.members, moves.joined, moves.gone]
        cursor.execute(_COUNT, [held.pk, day, *numbers])
    if moves.joined or moves.gone:
        event = SegmentMembersChanged(
            segment_id=held.pk,
            name=held.name,
            joined=moves.joined,
            gone=moves.gone,
            members=held.members,
            at=at,
        )
        publish(event)


def _set_problem(segment: Segment, problem: str) -> None:
    Segment.objects.filter(pk=segment.pk).update(problem=problem[:300])
    segment.problem = problem


def _stays(segment: Segment) -> "QuerySet[SegmentMember]":
    return SegmentMember.objects.filter(segment=segment, left_at=None)


def _held(pk: int) -> Segment:
    rows = Segment.objects.select_for_update().filter(pk=pk, deleted_at=None)
    held = rows.first()
    if held is None:
        raise NotVisible
    return held


def _held_by_hand(segment: Segment) -> Segment:
    held = _held(segment.pk)
    if held.is_dynamic:
        told = _("The definition of this segment decides who belongs to it.")
        raise FilledByDefinition(told)
    return held
