"""Make a segment of the core customers."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.customers.commands.segment import SegmentFacts, create_segment
from guanxi.customers.commands.segment_member import add_members
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules.segment import Membership
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused

MOST_MEMBERS = 10_000


class TooManyMembers(Refused):
    """More than are put into a segment at once."""

    code = "too_many_members"


@command(needs="segment.create")
def segment_core(
    by: Actor, customer_ids: Sequence[int], *, name: str, at: datetime
) -> int:
    """
    Put customers that ``by`` sees into a new segment chosen by hand; return its number.

    :raises TooManyMembers: for more than ten thousand.
    """
    if len(customer_ids) > MOST_MEMBERS:
        told = _("At most 10,000 at a time: choose a smaller share or a shorter span.")
        raise TooManyMembers(told, field="percent")
    facts = SegmentFacts(name=name, membership=Membership.STATIC)
    made = create_segment(by, facts, at=at)
    found = list(customers(by).filter(pk__in=customer_ids))
    add_members(by, made, found, at=at)
    return int(made.pk)
