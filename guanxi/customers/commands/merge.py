"""Make two customers one, and two of them again."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from guanxi.customers.commands.contact_point import fill_columns, stored_reaches
from guanxi.customers.commands.customer import facts_as_text
from guanxi.customers.commands.marks import (
    KINDS,
    Marks,
    firsts_of,
    mark_again,
    mark_first,
    take_marks,
)
from guanxi.customers.events import CustomersMerged, MergeUndone
from guanxi.customers.models import Customer, Merge
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.merge import (
    later_merge,
    primary_address,
    values_of,
)
from guanxi.customers.rules.merge import (
    ADDRESS,
    CHOSEN,
    COLUMNS,
    Choices,
    Side,
    proposed_side,
)
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.merging.absorb import absorb
from guanxi.foundation.merging.journal import Journal, rows_of, take_back


class NotTwo(Refused):
    """Only two customers that are both there can be merged."""

    code = "not_two"


class CannotUndo(Refused):
    """Something has happened since that has to be undone first, or cannot be."""

    code = "cannot_undo"


@command(needs="customer.merge")
def merge_customers(
    by: Actor,
    survivor: Customer,
    gone: Customer,
    /,
    *,
    choices: Choices,
    at: datetime,
    versions: tuple[int, int] | None = None,
) -> Merge:
    """
    Make ``gone`` part of ``survivor``, with the values that were chosen.

    For a field without a choice it is the one `proposed_side` says. All that points at
    ``gone``, in every room, then points at ``survivor``. ``versions`` are those of the
    two that were compared.

    :raises NotTwo: for one with itself, or one that is not there any more.
    :raises Conflict: if somebody changed one of them since they were compared.
    :raises Denied: for a choice against the proposal in a field ``by`` may not write.
    """
    survivor, gone = _locked(survivor, gone)
    if versions not in (None, (survivor.version, gone.version)):
        raise Conflict(
            _("One of the two has been changed meanwhile. Compare them again.")
        )
    sides = _sides(by, survivor, gone, choices)
    before = facts_as_text(survivor)
    journal = Journal()
    rows = _rows(survivor, gone)
    firsts = firsts_of(gone, [kind for kind in KINDS if sides[kind] is Side.GONE])
    absorb(journal, Customer, old=gone.pk, new=survivor.pk)
    mark_first(journal, survivor, firsts)
    _fill(survivor, gone, sides)
    _store(survivor, gone, at)
    for row in rows:
        journal.changed(Customer, row)
    merge = Merge.objects.create(
        survivor=survivor,
        gone=gone,
        survivor_version=survivor.version,
        journal=journal.steps,
        merged_at=at,
        merged_by_id=by.actor_id,
    )
    told = CustomersMerged(
        customer_id=survivor.pk, other_id=gone.pk, version=survivor.version, at=at
    )
    publish(told, changes=changes_of(CUSTOMER, before, facts_as_text(survivor)))
    return merge


@command(needs="customer.merge")
def undo_merge(
    by: Actor, survivor: Customer, gone: Customer, /, *, merge_id: int, at: datetime
) -> list[str]:
    """
    Make two customers of ``survivor`` and ``gone`` again, as they were.

    What somebody has changed or added since stays with the survivor. Return the fields
    that keep a value given since.

    :raises CannotUndo: if another merge of one of them has to be undone first, or
        something that belongs to them was deleted for good.
    """
    survivor, gone = _pair(survivor, gone)
    merge = _open_merge(merge_id, survivor, gone)
    is_changed = survivor.version != merge.survivor_version
    try:
        with transaction.atomic():
            marks = take_marks(survivor) if is_changed else None
            kept = take_back(merge.journal)
            _check_keys()
    except IntegrityError as error:
        raise CannotUndo(
            _("What belonged to one of them has been deleted for good since.")
        ) from error
    _renew(survivor, gone, marks)
    merge.undone_at = at
    merge.journal = []
    merge.save(update_fields=["undone_at", "journal"])
    for one, other in ((survivor, gone), (gone, survivor)):
        publish(
            MergeUndone(
                customer_id=one.pk, other_id=other.pk, version=one.version, at=at
            )
        )
    return [name for name in CUSTOMER.fields if name in kept]


def _locked(survivor: Customer, gone: Customer) -> tuple[Customer, Customer]:
    survivor, gone = _pair(survivor, gone)
    if survivor.deleted_at or gone.deleted_at:
        raise NotTwo(_("One of the two is not there any more."))
    return survivor, gone


def _pair(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Lock both in the order everybody locks customers."""
    if one.pk == other.pk:
        raise NotTwo(_("A customer cannot be merged with itself."))
    rows = Customer.objects.select_for_update().filter(pk__in=[one.pk, other.pk])
    locked = {row.pk: row for row in rows.order_by("pk")}
    return locked[one.pk], locked[other.pk]


def _rows(survivor: Customer, gone: Customer) -> list[dict[str, object]]:
    """Return both rows; the survivor's first, for its values are free again last."""
    found = {row["id"]: row for row in rows_of(Customer, [survivor.pk, gone.pk])}
    return [found[gone.pk], found[survivor.pk]]


def _sides(
    by: Actor, survivor: Customer, gone: Customer, choices: Choices
) -> dict[str, Side]:
    """
    Return whose value each field gets.

    :raises Denied: for what ``by`` may not write, or to whom he may not assign.
    """
    ours, theirs = values_of(survivor), values_of(gone)
    sides = {}
    for field in CHOSEN:
        proposed = proposed_side(field, ours[field], theirs[field])
        sides[field] = choices.get(field, proposed)
        if sides[field] is not proposed and ours[field] != theirs[field]:
            _require_choice(by, survivor, field)
    return sides


def _require_choice(by: Actor, survivor: Customer, field: str) -> None:
    action = "assign" if field == "owner" else "edit"
    is_written = CUSTOMER.level(by, field) is Level.WRITE
    if not is_written or not CUSTOMER.reaches(by, action, survivor):
        raise Denied(CUSTOMER.permission(action))


def _fill(survivor: Customer, gone: Customer, sides: dict[str, Side]) -> None:
    for field, columns in COLUMNS.items():
        if sides[field] is Side.BOTH:
            survivor.note = _both(survivor.note, gone.note)
        elif sides[field] is Side.GONE:
            for column in columns:
                setattr(survivor, column, getattr(gone, column))
    survivor.extra = {**gone.extra, **survivor.extra}
    address = primary_address(survivor)
    if address:
        survivor.province, survivor.city = address.province, address.city
    elif sides[ADDRESS] is Side.GONE or not survivor.city:
        survivor.province, survivor.city = gone.province, gone.city
    fill_columns(survivor, stored_reaches(survivor))


def _both(*texts: str) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def _store(survivor: Customer, gone: Customer, at: datetime) -> None:
    """Write both rows; a number that the survivor takes over is given up first."""
    Customer.objects.filter(pk=gone.pk).update(
        deleted_at=at,
        version=gone.version + 1,
        external_id=""
        if survivor.external_id == gone.external_id
        else gone.external_id,
    )
    survivor.version += 1
    survivor.updated_at = at
    survivor.save()


def _open_merge(pk: int, survivor: Customer, gone: Customer) -> Merge:
    rows = Merge.objects.select_for_update().filter(undone_at__isnull=True)
    found = rows.filter(pk=pk, survivor=survivor, gone=gone).first()
    if found is None:
        raise CannotUndo(_("This merge has been undone already."))
    later = later_merge(found)
    if later:
        raise CannotUndo(
            _("Undo the later merge with “%(name)s” first.")
            % {"name": _other_of(later, survivor).name}
        )
    return found


def _other_of(merge: Merge, one: Customer) -> Customer:
    return merge.survivor if merge.gone_id == one.pk else merge.gone


def _check_keys() -> None:
    """Let PostgreSQL check now what it would check at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _renew(survivor: Customer, gone: Customer, marks: Marks | None) -> None:
    """Count the versions up; compute what follows from what somebody changed since."""
    for one in (survivor, gone):
        one.refresh_from_db()
        one.version += 1
    if marks is not None:
        mark_again(survivor, marks, is_survivor=True)
        mark_again(gone, marks, is_survivor=False)
        fill_columns(survivor, stored_reaches(survivor))
    for one in (survivor, gone):
        one.save()
