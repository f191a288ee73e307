"""The segments that the product comes with."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_noop

from guanxi.customers.commands.segment_member import find_later
from guanxi.customers.models import Code, Segment
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.rules import (
    KIND_SCHEME,
    RELATION_SCHEME,
    PurchaseState,
    State,
    Tier,
)
from guanxi.customers.rules.segment import (
    Sharing,
    ShippedSegment,
    long_buying,
    written_definition,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.tables.where import Condition, Group, Node


@command(needs="code.edit")
def ship_segments(
    by: Actor, more: Sequence[ShippedSegment] = (), *, at: datetime
) -> int:
    """
    Add the segments of the product, and ``more`` of other rooms, that never were there.

    Jobs find who belongs to them. Return how many are new; what somebody deleted stays
    deleted.
    """
    present = set(Segment.objects.exclude(key="").values_list("key", flat=True))
    shipped = [*_of_customers(), *more]
    missing = [one for one in shipped if one.key not in present]
    criteria = Criteria(by, at)
    made = Segment.objects.bulk_create(
        Segment(
            key=one.key,
            name=one.name,
            description=one.description,
            definition=written_definition(one.definition),
            needs=criteria.needs(one.definition),
            sharing=Sharing.ALL,
            created_at=at,
            updated_at=at,
        )
        for one in missing
    )
    for segment in made:
        find_later.later(segment_id=segment.pk)
    return len(made)


def _of_customers() -> Sequence[ShippedSegment]:
    """Return the four populations, the valuable, those with needs, new and old ones."""
    channel = _code(KIND_SCHEME, "channel")
    intermediary = _code(RELATION_SCHEME, "intermediary")
    return [
        ShippedSegment(
            "present",
            gettext_noop("Present customers"),
            gettext_noop("Who buys from us now."),
            _all(Condition("state", "in", (State.ACTUAL,))),
        ),
        ShippedSegment(
            "potential",
            gettext_noop("Potential customers"),
            gettext_noop("Who may become a customer, chosen as a target or not yet."),
            _all(Condition("state", "in", (State.POTENTIAL, State.TARGET))),
        ),
        ShippedSegment(
            "lost",
            gettext_noop("Lost customers"),
            gettext_noop("Who has gone, or has been silent so long that it looks so."),
            _all(
                _any(
                    Condition("state", "in", (State.LOST,)),
                    Condition("purchase_state", "in", (PurchaseState.LOST,)),
                )
            ),
        ),
        ShippedSegment(
            "distributors",
            gettext_noop("Distributors"),
            gettext_noop(
                "Who sells our goods on: channel partners and intermediaries."
            ),
            _all(
                _any(
                    Condition("kind", "in", (channel,)),
                    Condition("relation_kind", "in", (intermediary,)),
                )
            ),
        ),
        ShippedSegment(
            "valuable",
            gettext_noop("Valuable customers"),
            gettext_noop("The two upper tiers of the customer pyramid."),
            _all(Condition("tier", "in", (Tier.VITAL, Tier.MAJOR))),
        ),
        ShippedSegment(
            "key",
            gettext_noop("Key customers"),
            gettext_noop("Who is marked as a key account."),
            _all(Condition("is_key", "eq", ("true",))),
        ),
        ShippedSegment(
            "small_medium",
            gettext_noop("Small and medium customers"),
            gettext_noop("All who buy from us and are no key customers."),
            _all(
                Condition("state", "in", (State.ACTUAL,)),
                Condition("is_key", "eq", ("false",)),
            ),
        ),
        ShippedSegment(
            "needs",
            gettext_noop("Customers with a need soon"),
            gettext_noop(
                "Whose next order is expected within 30 days by their own rhythm."
            ),
            _all(Condition("next_order_on", "within", ("next30d",))),
        ),
        ShippedSegment(
            "new",
            gettext_noop("New customers"),
            gettext_noop("Whose first order was within the last 90 days."),
            _all(Condition("first_order_on", "within", ("90d",))),
        ),
        ShippedSegment(
            "old",
            gettext_noop("Old customers"),
            gettext_noop("Who has bought, and first did so more than 90 days ago."),
            _all(*long_buying()),
        ),
    ]


def _code(scheme: str, key: str) -> str:
    return str(Code.objects.only("pk").get(scheme=scheme, key=key).pk)


def _all(*members: Node) -> Group:
    return Group("and", members)


def _any(*members: Node) -> Group:
    return Group("or", members)
