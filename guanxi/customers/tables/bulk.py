"""What the list of customers does to many at once, and undoes."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import ngettext

from guanxi.customers.commands.owner import OwnerGone, assign_customers
from guanxi.customers.commands.segment_member import add_members, remove_members
from guanxi.customers.commands.tag import set_tags, tag_customers
from guanxi.customers.commands.target import designate_targets, withdraw_targets
from guanxi.customers.commands.trash import restore_customer, trash_customer
from guanxi.customers.forms.base import split_words
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customers, trashed_customers
from guanxi.customers.queries.segment import segment
from guanxi.customers.rules import State
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.tables.table import BulkResult
from guanxi.foundation.viewer import key_of
from guanxi.identity.queries import user


# One row that may not be changed leaves all others as they are, too.
@transaction.atomic
def trash_rows(
    by: Actor, rows: list[Customer], _values: Mapping[str, str]
) -> BulkResult:
    """Put the rows into the trash."""
    at = now()
    for customer in rows:
        trash_customer(by, customer, at=at)
    return BulkResult(done=len(rows), before={row.pk: "" for row in rows})


@transaction.atomic
def restore_rows(by: Actor, before: Mapping[int, str]) -> BulkResult:
    """Take the rows out of the trash."""
    rows = trashed_customers(by).filter(pk__in=before)
    for customer in rows:
        restore_customer(by, customer, at=now())
    return BulkResult(done=len(rows))


def add_tags(by: Actor, rows: list[Customer], values: Mapping[str, str]) -> BulkResult:
    """Add the tags of ``values`` to the rows."""
    names = split_words(values.get("tags", ""))
    new = {row.pk: set(names) for row in rows}
    marks = Customer.tags.through.objects.filter(customer__in=new)
    for pk, name in marks.values_list("customer_id", "tag__name"):
        new[pk].discard(name)
    tag_customers(by, rows, names, at=now())
    before = {pk: sorted(added) for pk, added in new.items() if added}
    return BulkResult(done=len(rows), before=before)


@transaction.atomic
def take_tags_back(by: Actor, added: Mapping[int, list[str]]) -> BulkResult:
    """Take away what was added; what others have done to the tags since then stays."""
    rows = customers(by).filter(pk__in=added).prefetch_related("tags")
    for customer in rows:
        present = [tag.name for tag in customer.tags.all()]
        kept = [name for name in present if name not in added[customer.pk]]
        set_tags(by, customer, kept, at=now())
    return BulkResult(done=len(rows))


def assign_rows(
    by: Actor, rows: list[Customer], values: Mapping[str, str]
) -> BulkResult:
    """Give the rows to the owner of ``values``."""
    owner = user(by, key_of(values.get("owner", "")) or 0)
    # That there is nothing to undo would tell that they had no owner, or this one.
    before = {
        row.pk: [row.owner_id, owner.pk]
        for row in rows
        if not _reads_owners(by) or row.owner_id not in (None, owner.pk)
    }
    done = assign_customers(by, rows, owner, at=now())
    return BulkResult(done=_told(by, done, of=len(rows)), before=before)


def give_back(by: Actor, before: Mapping[int, tuple[int | None, int]]) -> BulkResult:
    """
    Give customers back to who had them; ``before`` tells it, and to whom they went.

    Those whom somebody has given to others since then stay where they are.
    """
    locked = Customer.objects.select_for_update().filter(pk__in=before).order_by("pk")
    owners = dict(locked.values_list("pk", "owner_id"))
    here = {pk: pair for pk, pair in before.items() if owners.get(pk) == pair[1]}
    back = {pk: was for pk, (was, given) in here.items() if was and was != given}
    done, refused = 0, _moved_on(len(before) - len(here))
    for owner_id in sorted(set(back.values())):
        theirs = [pk for pk, was in back.items() if was == owner_id]
        rows = list(customers(by).filter(pk__in=theirs))
        try:
            done += assign_customers(by, rows, user(by, owner_id), at=now())
        except OwnerGone as refusal:
            # It says who has left.
            refused += [refusal.message] if _reads_owners(by) else []
    return BulkResult(done=_told(by, done, of=len(here)), refused=refused)


def _told(by: Actor, done: int, *, of: int) -> int:
    """Return how many are said to have changed hands: fewer would tell whose they were."""
    return done if _reads_owners(by) else of


def _reads_owners(by: Actor) -> bool:
    return "owner" in CUSTOMER.readable(by)


def _moved_on(count: int) -> list[str]:
    """Return the sentence about so many customers that have changed hands again."""
    if not count:
        return []
    text = ngettext(
        "%(n)d customer has changed hands again meanwhile and stays there.",
        "%(n)d customers have changed hands again meanwhile and stay there.",
        count,
    )
    return [text % {"n": count}]


def target_rows(
    by: Actor, rows: list[Customer], values: Mapping[str, str]
) -> BulkResult:
    """Make target customers of the rows, for the reason and the owner of ``values``."""
    owner_pk = key_of(values.get("owner", ""))
    chosen = designate_targets(
        by,
        rows,
        reason=values.get("reason", ""),
        owner=user(by, owner_pk) if owner_pk else None,
        at=now(),
    )
    return BulkResult(
        done=len(chosen.before),
        refused=_no_potential(len(rows) - len(chosen.before)),
        before=chosen.before,
    )


def untarget_rows(by: Actor, before: Mapping[int, list[int | None]]) -> BulkResult:
    """Make of targets what they were before, with the owner they had."""
    rows = list(customers(by).filter(pk__in=before, state=State.TARGET))
    done = withdraw_targets(by, rows, at=now())
    owners = {pk: (was, given) for pk, (was, given) in before.items() if was and given}
    given = give_back(by, owners) if owners else BulkResult(done=0)
    return BulkResult(done=done, refused=given.refused)


def _no_potential(count: int) -> list[str]:
    """Return the sentence about so many customers that cannot become targets."""
    if not count:
        return []
    text = ngettext(
        "%(n)d is not a potential customer and stays as it is.",
        "%(n)d are not potential customers and stay as they are.",
        count,
    )
    return [text % {"n": count}]


def add_to_segment(
    by: Actor, rows: list[Customer], values: Mapping[str, str]
) -> BulkResult:
    """Put the rows into the segment of ``values``."""
    found = segment(by, key_of(values.get("segment", "")) or 0)
    new = add_members(by, found, rows, at=now())
    return BulkResult(done=len(rows), before=dict.fromkeys(new, found.pk))


def take_out_of_segment(by: Actor, before: Mapping[int, int]) -> BulkResult:
    """Take the rows out of the segment again."""
    pk = next(iter(before.values()))
    rows = list(customers(by).filter(pk__in=before))
    return BulkResult(done=remove_members(by, segment(by, pk), rows, at=now()))
