"""Tags on customers."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.customers.events import TagAdded, TagRemoved
from guanxi.customers.models import Customer, Tag
from guanxi.customers.policies import CUSTOMER
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish, publish_all

LONGEST_TAG = 40


class BadTag(Refused):
    """A tag is a short word."""

    code = "bad_tag"


@command(needs="customer.edit")
def set_tags(
    by: Actor,
    customer: Customer,
    names: Sequence[str],
    *,
    at: datetime,
    seen: Sequence[str] | None = None,
) -> None:
    """
    Make ``names`` the tags of ``customer``; new words become tags.

    Whoever changed the tags he had ``seen`` meant just what he added and removed: what
    others changed meanwhile stays.

    :raises BadTag: for a word that is too long.
    :raises Denied: for whoever may not write tags.
    """
    require_writable_tags(by)
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    if seen is not None:
        names = _changed_as_meant(locked, names, seen)
    if replace_tags(locked, names, at=at):
        _renew([locked.pk], at)


@command(needs="customer.edit")
def tag_customers(
    by: Actor, customers: Sequence[Customer], names: Sequence[str], *, at: datetime
) -> int:
    """
    Add the tags ``names`` to all ``customers``; return how many marks are new.

    :raises BadTag: for a word that is too long.
    :raises Denied: for whoever may not write tags.
    """
    require_writable_tags(by)
    tags = tags_named(names)
    through = Customer.tags.through
    versions = _lock_versions(customers)
    present = set(
        through.objects.filter(customer_id__in=versions, tag__in=tags).values_list(
            "customer_id", "tag_id"
        )
    )
    new = [(pk, tag) for pk in versions for tag in tags if (pk, tag.pk) not in present]
    through.objects.bulk_create(
        [through(customer_id=pk, tag_id=tag.pk) for pk, tag in new]
    )
    _renew({pk for pk, _tag in new}, at)
    publish_all(
        [
            TagAdded(customer_id=pk, tag=tag.name, version=versions[pk] + 1, at=at)
            for pk, tag in new
        ]
    )
    return len(new)


def require_writable_tags(by: Actor) -> None:
    """
    Let only those go on who may write tags, for they see them too.

    :raises Denied: for others.
    """
    if CUSTOMER.level(by, "tags") is not Level.WRITE:
        raise Denied(CUSTOMER.permission("edit"))


def replace_tags(customer: Customer, names: Iterable[str], *, at: datetime) -> bool:
    """
    Make ``names`` the tags of ``customer``, which is locked; tell each difference.

    Return whether there was one; the caller then counts the version up.
    """
    present = {tag.name: tag for tag in customer.tags.all()}
    wanted = {tag.name: tag for tag in tags_named(names)}
    gone = present.keys() - wanted.keys()
    new = wanted.keys() - present.keys()
    if gone:
        customer.tags.remove(*(present[name] for name in gone))
    if new:
        customer.tags.add(*(wanted[name] for name in new))
    for event, words in ((TagRemoved, gone), (TagAdded, new)):
        for word in sorted(words):
            version = customer.version + 1
            publish(event(customer_id=customer.pk, tag=word, version=version, at=at))
    return bool(gone or new)


def tags_named(names: Iterable[str]) -> list[Tag]:
    """
    Return the tags of these names, each once; new words are made tags.

    :raises BadTag: for a word that is too long.
    """
    words = list(dict.fromkeys(" ".join(name.split()) for name in names))
    words = [word for word in words if word]
    if any(len(word) > LONGEST_TAG for word in words):
        raise BadTag(_("A tag has at most 40 characters."), field="tags")
    Tag.objects.bulk_create([Tag(name=word) for word in words], ignore_conflicts=True)
    return list(Tag.objects.filter(name__in=words).order_by("name"))


def _changed_as_meant(
    customer: Customer, names: Sequence[str], seen: Sequence[str]
) -> list[str]:
    """Return the present tags, changed as ``names`` differ from the tags ``seen``."""
    present = customer.tags.values_list("name", flat=True)
    removed = set(seen) - set(names)
    added = [name for name in names if name not in seen]
    return [name for name in present if name not in removed] + added


def _lock_versions(customers: Iterable[Customer]) -> dict[int, int]:
    """Lock ``customers``, in the order everybody locks them, and return their versions."""
    pks = {customer.pk for customer in customers}
    rows = Customer.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    return dict(rows.values_list("pk", "version"))


def _renew(pks: Collection[int], at: datetime) -> None:
    """Count up the version of customers that changed."""
    Customer.objects.filter(pk__in=pks).update(version=F("version") + 1, updated_at=at)
