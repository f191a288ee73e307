"""Opportunities that a file brings, changes, or that are taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.timezone import get_default_timezone

from guanxi.foundation.actor import Actor
from guanxi.foundation.bulk import copy_history, copy_rows, hold_targets, reserve_ids
from guanxi.foundation.commands import command
from guanxi.foundation.imports import traces
from guanxi.foundation.imports.kinds import Undone
from guanxi.foundation.imports.queries import import_run
from guanxi.foundation.policies import reachable
from guanxi.sales.commands.opportunity import opportunity_search
from guanxi.sales.events import (
    OpportunityChanged,
    OpportunityCreated,
    OpportunityLost,
    OpportunityWon,
)
from guanxi.sales.models import Opportunity, Stage, StageMove
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.rules.opportunity import OpportunityState
from guanxi.sales.rules.order import Channel

_COLUMNS = (
    "id", "name", "customer_id", "product_id", "stage_id", "state", "owner_id", "team_id",
    "amount", "probability", "expected_on", "engaged_on", "closed_on", "channel",
    "next_step", "next_step_on", "lost_reason", "note", "external_id", "stage_since",
    "search",
)  # fmt: skip
_CREATED = """
    SELECT id, version = 1 AND deleted_at IS NULL FROM sales_opportunity
    WHERE import_run_id = %(run)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
# What is gone is no part of the story of a customer; that it was there, stays logged.
_OFF_TIMELINES = """
    UPDATE foundation_loggedevent SET party_id = NULL
    WHERE kind = 'opportunity' AND subject_id = ANY(%s)
"""


@dataclass(slots=True)
class NewOpportunity:
    """
    An opportunity from a file.

    ``given`` are the columns the row says something of: all that an update writes.
    ``owner`` are the ids of colleague and team.
    """

    name: str
    stage: Stage
    state: OpportunityState
    owner: tuple[int | None, int | None]
    product_id: int | None
    began_at: datetime | None
    given: Mapping[str, Any]
    says_stage: bool
    says_owner: bool
    customer_id: int | None = None


@command(needs="opportunity.import")
def create_opportunities(
    by: Actor, opportunities: Sequence[NewOpportunity], *, run_id: int, at: datetime
) -> list[int]:
    """
    Write opportunities that are not there yet; return their ids.

    They carry the number of the run, and stand on timelines when they began and ended.
    Customers that ``by`` does not see are left out of them.
    """
    wanted = {one.customer_id for one in opportunities if one.customer_id}
    seen = reachable(by, "customer.read", wanted)
    for one in opportunities:
        one.customer_id = one.customer_id if one.customer_id in seen else None
    _hold_targets(opportunities)
    pks = reserve_ids(Opportunity, len(opportunities))
    pairs = list(zip(pks, opportunities, strict=True))
    copy_rows(
        Opportunity,
        _COLUMNS,
        (_row(pk, one, at) for pk, one in pairs),
        {
            "currency": settings.CURRENCY,
            "close_note": "",
            "import_run_id": run_id,
            "created_at": at,
            "updated_at": at,
            "version": 1,
        },
    )
    moves = ((pk, one.stage.pk, one.began_at or at) for pk, one in pairs)
    copy_rows(StageMove, ("opportunity_id", "stage_id", "at"), moves)
    _tell(by, pairs, at)
    return pks


@command(needs="opportunity.edit")
def update_opportunities(
    by: Actor,
    pairs: Sequence[tuple[int, NewOpportunity]],
    *,
    run_id: int,
    at: datetime,
) -> None:
    """
    Write what rows say of opportunities that are there; what is left out stays.

    Those that ``by`` may not change are left out.
    """
    wanted = {pk for pk, _one in pairs}
    may = reachable(by, OPPORTUNITY.permission("edit"), wanted)
    pairs = [(pk, one) for pk, one in pairs if pk in may]
    rows = Opportunity.objects.select_for_update().in_bulk(list(may))
    _hold_targets([one for _pk, one in pairs])
    traces.remember(Opportunity, OPPORTUNITY.kind, run_id, list(rows))
    moves = []
    for pk, one in pairs:
        row = rows[pk]
        if one.says_stage and row.stage_id != one.stage.pk:
            row.stage_since = at
            moves.append((pk, one.stage.pk, at))
        _write(row, one, at)
    copy_rows(StageMove, ("opportunity_id", "stage_id", "at"), moves)
    names = [f.attname for f in Opportunity._meta.concrete_fields if not f.primary_key]
    Opportunity.objects.bulk_update(rows.values(), names, batch_size=500)
    changed = [
        OpportunityChanged(opportunity_id=pk, customer_id=row.customer_id, at=at)
        for pk, row in rows.items()
    ]
    copy_history(changed, by)


@command(needs="opportunity.import")
def restore_opportunities(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """Write opportunities that a run changed back as they were, unless changed since."""
    run = import_run(by, run_id)

    def forget_moves(pks: Sequence[int]) -> None:
        rows = StageMove.objects.filter(opportunity_id__in=pks)
        rows.filter(at=run.started_at or run.created_at).delete()

    return traces.restore_rows(
        Opportunity,
        OPPORTUNITY.kind,
        run_id,
        after=after,
        limit=limit,
        also=forget_moves,
    )


@command(needs="opportunity.import")
def remove_opportunities(
    by: Actor, run_id: int, after: int, limit: int, at: datetime
) -> Undone:
    """Delete what a run brought; what somebody has worked with since goes to the trash."""
    import_run(by, run_id)
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, {"run": run_id, "after": after, "limit": limit})
        rows: list[tuple[int, bool]] = cursor.fetchall()
    if not rows:
        return Undone(last=None)
    stay = {pk for pk, is_untouched in rows if not is_untouched}
    stay |= traces.pointers_at(
        Opportunity, [pk for pk, _is_untouched in rows], but=[StageMove]
    )
    gone = [pk for pk, _is_untouched in rows if pk not in stay]
    Opportunity.objects.filter(pk__in=gone).delete()
    Opportunity.objects.kept().filter(pk__in=stay).update(deleted_at=at)
    with connection.cursor() as cursor:
        cursor.execute(_OFF_TIMELINES, [gone])
    return Undone(last=rows[-1][0], removed=len(gone), kept=len(stay))


def _hold_targets(opportunities: Sequence[NewOpportunity]) -> None:
    """Keep what the opportunities point at from going."""
    hold_targets(
        Opportunity,
        customer={one.customer_id for one in opportunities},
        product={one.product_id for one in opportunities},
        stage={one.stage.pk for one in opportunities},
        owner={one.owner[0] for one in opportunities},
        team={one.owner[1] for one in opportunities},
    )


def _write(row: Opportunity, one: NewOpportunity, at: datetime) -> None:
    """Write into the unsaved ``row`` what a row of a file says."""
    for name, value in one.given.items():
        setattr(row, name, value)
    if one.customer_id:
        row.customer_id = one.customer_id
    if one.says_owner:
        row.owner_id, row.team_id = one.owner
    if one.says_stage:
        row.stage, row.state = one.stage, one.state
        row.closed_on = one.given.get("closed_on")
    row.search = opportunity_search(row.name, row.external_id)
    row.version += 1
    row.updated_at = at


def _row(pk: int, one: NewOpportunity, at: datetime) -> Sequence[object]:
    given = one.given
    external_id = given.get("external_id", "")
    return (
        pk,
        one.name,
        one.customer_id,
        one.product_id,
        one.stage.pk,
        one.state.value,
        *one.owner,
        given.get("amount"),
        given.get("probability"),
        given.get("expected_on"),
        given.get("engaged_on"),
        given.get("closed_on"),
        given.get("channel", Channel.SALES.value),
        given.get("next_step", ""),
        given.get("next_step_on"),
        given.get("lost_reason", ""),
        given.get("note", ""),
        external_id,
        one.began_at or at,
        opportunity_search(one.name, external_id),
    )


def _tell(by: Actor, pairs: Sequence[tuple[int, NewOpportunity]], at: datetime) -> None:
    """Put what happened on the timelines, on the days on which it did."""
    copy_history([_began(pk, one, at) for pk, one in pairs], by)
    ended = [(pk, one) for pk, one in pairs if "closed_on" in one.given]
    copy_history([_won(pk, one) for pk, one in ended if _is_won(one)], by)
    copy_history([_lost(pk, one) for pk, one in ended if not _is_won(one)], by)


def _began(pk: int, one: NewOpportunity, at: datetime) -> OpportunityCreated:
    return OpportunityCreated(
        opportunity_id=pk, customer_id=one.customer_id, at=one.began_at or at
    )


def _won(pk: int, one: NewOpportunity) -> OpportunityWon:
    amount = one.given.get("amount")
    told = (
        "–" if amount is None else Opportunity(currency=settings.CURRENCY).shown(amount)
    )
    return OpportunityWon(
        opportunity_id=pk, customer_id=one.customer_id, amount=told, at=_end(one)
    )


def _lost(pk: int, one: NewOpportunity) -> OpportunityLost:
    return OpportunityLost(
        opportunity_id=pk,
        customer_id=one.customer_id,
        reason=one.given.get("lost_reason", ""),
        at=_end(one),
    )


def _is_won(one: NewOpportunity) -> bool:
    return one.state is OpportunityState.WON


def _end(one: NewOpportunity) -> datetime:
    return datetime.combine(one.given["closed_on"], time(), get_default_timezone())
