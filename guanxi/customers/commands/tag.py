"""Tags on customers."""

from collections.abc import Iterable, Sequence
from datetime import datetime

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
    by: Actor, customer: Customer, names: Sequence[str], *, at: datetime
) -> None:
    """
    Make ``names`` the tags of ``customer``; new words become tags.

    :raises BadTag: for a word that is too long.
    :raises Denied: for whoever may not write tags.
    """
    require_writable_tags(by)
    replace_tags(customer, names, at=at)


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
    pks = [customer.pk for customer in customers]
    present = set(
        through.objects.filter(customer_id__in=pks, tag__in=tags).values_list(
            "customer_id", "tag_id"
        )
    )
    new = [(pk, tag) for pk in pks for tag in tags if (pk, tag.pk) not in present]
    through.objects.bulk_create(
        [through(customer_id=pk, tag_id=tag.pk) for pk, tag in new]
    )
    publish_all([TagAdded(customer_id=pk, tag=tag.name, at=at) for pk, tag in new])
    return len(new)


def require_writable_tags(by: Actor) -> None:
    """
    Let only those go on who may write tags, for they see them too.

    :raises Denied: for others.
    """
    if CUSTOMER.level(by, "tags") is not Level.WRITE:
        raise Denied(CUSTOMER.permission("edit"))


def replace_tags(customer: Customer, names: Iterable[str], *, at: datetime) -> None:
    """Make ``names`` the tags of ``customer`` and tell each difference."""
    present = {tag.name: tag for tag in customer.tags.all()}
    wanted = {tag.name: tag for tag in tags_named(names)}
    gone = present.keys() - wanted.keys()
    new = wanted.keys() - present.keys()
    if gone:
        customer.tags.remove(*(present[name] for name in gone))
    if new:
        customer.tags.add(*(wanted[name] for name in new))
    for name in sorted(gone):
        publish(TagRemoved(customer_id=customer.pk, tag=name, at=at))
    for name in sorted(new):
        publish(TagAdded(customer_id=customer.pk, tag=name, at=at))


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
