"""Parties that a file brings and that are not there yet."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson
from django.db import connection

from guanxi.customers.commands.imports.party import (
    Party,
    compute,
    copy_marks,
    copy_places,
    copy_points,
    marks_of,
    with_primary,
)
from guanxi.customers.events import CustomerCreated, CustomerStateChanged
from guanxi.customers.models import Address, ContactPoint, Customer, Relation, Traits
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import kinds_of_forms
from guanxi.customers.queries.match import MatchKey, match_customers
from guanxi.customers.rules import (
    Form,
    PointKind,
    RelationKind,
    State,
    arcs_to_actual,
)
from guanxi.customers.rules.point import Place
from guanxi.foundation.actor import Actor
from guanxi.foundation.bulk import (
    array,
    copy_rows,
    hold_targets,
    proven_keys,
    reserve_ids,
    same_history,
)
from guanxi.foundation.commands import command
from guanxi.foundation.imports import traces
from guanxi.foundation.models import ImportedRow, LoggedEvent
from guanxi.foundation.policies import reachable
from guanxi.foundation.sealing.field import sealed_columns

PARENT, RELATION = "parent", "relation"
TEXT_INDEXES = ("customer_search", "customer_search_contact")
FILLED = (Customer, Traits, ContactPoint, Address)

_FACTS = (
    "short_name", "industry", "website", "external_id", "note", "credit_code", "id_kind",
    "id_number", "id_number_index", "bank_card", "bank_card_index", "lunar_birthday",
    "employees", "founded_year", "annual_revenue", "birth_on",
)  # fmt: skip
_EMPTY = (*[""] * 12, *[None] * 4)
# What becomes another when a customer has bought.
_MARKED = ("state", "updated_at", "version")
_COLUMNS = (
    "id", "form", "name", "sort_name", "match_name", "search", "search_contact",
    "owner_id", "team_id", "kind_id", "phone", "email", "wechat", "province", "city",
    "extra", *_FACTS,
)  # fmt: skip
_NO_TRAITS = {
    "order_count": 0,
    "order_total": 0,
    "order_mean": 0,
    "r": 0,
    "f": 0,
    "m": 0,
    "rfm_segment": "",
    "tier": "",
    "purchase_state": "",
    "life_stage": "",
}


@command(needs="customer.create")
def create_parties(
    by: Actor,
    parties: Sequence[Party],
    *,
    run_id: int,
    source: str,
    at: datetime,
    state: State = State.POTENTIAL,
) -> list[int]:
    """
    Enter ``parties``, which were compared with what is there; return their ids.

    They carry the number of the run. With ``state`` actual they have bought: they passed
    the lawful arcs, which stand on their timelines.
    """
    pks = reserve_ids(Customer, len(parties))
    pairs = list(zip(pks, parties, strict=True))
    same = {"source": source, "state": state.value, "import_run_id": run_id}
    owners = [party.owner for party in parties if party.owner]
    kinds = {form: code.pk for form, code in kinds_of_forms().items()}
    hold_targets(
        Customer,
        kind=set(kinds.values()),
        owner={by.actor_id, *(owner for owner, _team in owners)},
        team={by.team_id, *(team for _owner, team in owners)},
    )
    marks = marks_of([(pk, p.tags) for pk, p in pairs if p.tags])
    hold_targets(Customer.tags.through, tag={tag for _pk, tag in marks})
    with proven_keys():
        _copy_customers(by, pairs, kinds, at, same)
        copy_rows(Traits, ("customer_id",), ((pk,) for pk in pks), _NO_TRAITS)
        copy_points([(pk, with_primary(p.points)) for pk, p in pairs if p.points])
        copy_places([(pk, p.place) for pk, p in pairs if p.place])
        copy_marks(marks)
        same_history(CustomerCreated(customer_id=0, at=at), pks, by)
        if state is State.ACTUAL:
            _tell_steps(by, {State.POTENTIAL: pks}, at)
    note_parents(run_id, [(pk, p.parent) for pk, p in pairs if p.parent])
    return pks


@command(needs="customer.read")
def mark_buyers(
    by: Actor, customer_ids: Sequence[int], *, run_id: int, at: datetime
) -> int:
    """
    Make customers whose purchases a file brought actual ones; return how many were none.

    Those that ``by`` does not see are left out.
    It follows from the purchases, as `mark_actual` says; a run taken back takes it back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, state FROM customers_customer WHERE id = ANY(%s)"
            " AND state <> 'actual' ORDER BY id FOR UPDATE",
            [array(reachable(by, "customer.read", customer_ids))],
        )
        steps: dict[State, list[int]] = {}
        for pk, state in cursor.fetchall():
            steps.setdefault(State(state), []).append(pk)
        pks = [pk for some in steps.values() for pk in some]
        hold_targets(ImportedRow, run=[run_id])
        hold_targets(LoggedEvent, actor=[by.actor_id])
        with proven_keys():
            traces.remember(Customer, CUSTOMER.kind, run_id, pks, _MARKED)
            _tell_steps(by, steps, at)
        cursor.execute(
            "UPDATE customers_customer SET state = 'actual', updated_at = %s,"
            " version = version + 1 WHERE id = ANY(%s)",
            [at, array(pks)],
        )
    return len(pks)


@command(needs="customer.import")
def link_parents(by: Actor, run_id: int) -> list[str]:
    """
    Relate the subsidiaries in a file to their parents, known by name only at its end.

    Return the names of parents of which there is none, or several.
    """
    rows = ImportedRow.objects.filter(
        run_id=run_id, kind=PARENT, act=ImportedRow.Act.PENDING
    )
    wanted = {row.record_id: str(row.before["name"]) for row in rows.order_by("pk")}
    found = match_customers(by, MatchKey.NAME, wanted.values(), action="read")
    targets: dict[int, int] = {}
    for pk, name in wanted.items():
        known = [m.pk for m in found.get(name, ()) if m.is_open and not m.is_trashed]
        if len(known) == 1 and known[0] != pk:
            targets[pk] = known[0]
    _link(run_id, targets)
    rows.delete()
    return sorted({name for pk, name in wanted.items() if pk not in targets})


def note_parents(run_id: int, pairs: Sequence[tuple[int, str]]) -> None:
    """Keep whose subsidiaries these are: the parent may come later in the file."""
    rows = [
        ImportedRow(
            run_id=run_id,
            kind=PARENT,
            record_id=pk,
            act=ImportedRow.Act.PENDING,
            before={"name": name},
        )
        for pk, name in pairs
    ]
    ImportedRow.objects.bulk_create(rows, ignore_conflicts=True)


def _copy_customers(
    by: Actor,
    pairs: Sequence[tuple[int, Party]],
    kinds: Mapping[Form, int],
    at: datetime,
    same: dict[str, object],
) -> None:
    mine = (by.actor_id, by.team_id)
    copy_rows(
        Customer,
        _COLUMNS,
        (
            _row(pk, party, (*(party.owner or mine), kinds.get(party.form)))
            for pk, party in pairs
        ),
        same
        | {
            "is_key": False,
            "created_at": at,
            "updated_at": at,
            "created_by_id": by.actor_id,
            "version": 1,
        },
    )


def _row(
    pk: int, party: Party, belongs: tuple[int | None, int | None, int | None]
) -> Sequence[object]:
    """Return the columns of a new customer; ``belongs`` are its owner, team and kind."""
    columns = party.computed or compute(party)
    place = party.place or Place()
    primary: dict[str, str] = {}
    for point in party.points:
        primary.setdefault(point.kind, point.value)
    facts = party.facts | sealed_columns(Customer, pk, party.facts)
    return (
        pk,
        party.form.value,
        party.name,
        columns.sort_name,
        columns.match_name,
        columns.search,
        columns.search_contact,
        *belongs,
        primary.get(PointKind.PHONE, ""),
        primary.get(PointKind.EMAIL, ""),
        primary.get(PointKind.WECHAT, ""),
        place.province,
        place.city,
        orjson.dumps(party.extra).decode() if party.extra else "{}",
        *map(facts.get, _FACTS, _EMPTY),
    )


def _tell_steps(by: Actor, steps: Mapping[State, Sequence[int]], at: datetime) -> None:
    """Record one event for each arc to actual, by the states where they began."""
    for first, pks in steps.items():
        old = first
        for new in arcs_to_actual(first):
            step = CustomerStateChanged(
                customer_id=0, old=old.value, new=new.value, at=at
            )
            same_history(step, pks, by)
            old = new


def _link(run_id: int, targets: dict[int, int]) -> None:
    """Relate each id to its parent, unless it is so already."""
    kind = RelationKind.SUBSIDIARY_OF
    present = set(
        Relation.objects.filter(source_id__in=targets, kind=kind).values_list(
            "source_id", "target_id"
        )
    )
    made = Relation.objects.bulk_create(
        [
            Relation(source_id=pk, target_id=parent, kind=kind)
            for pk, parent in targets.items()
            if (pk, parent) not in present
        ]
    )
    traces.note_created(RELATION, run_id, [relation.pk for relation in made])
