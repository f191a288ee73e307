"""What the house says about kinds of customers, segments and tiers."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from guanxi.customers.commands.shipped_tiers import shipped_tiers
from guanxi.customers.events import GroupHandlingChanged, HandlingChanged
from guanxi.customers.models import CustomField, Handling, Segment
from guanxi.customers.policies import FIELD
from guanxi.customers.rules import Tier
from guanxi.customers.rules.handling import (
    LONGEST_TIP,
    MOST_DAYS,
    RECURRING,
    USUAL_DAYS,
    ContactPolicy,
    handled_choices,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.arranged import rearrange
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish

AUDITED = (
    *("description_zh", "description_en", "tip_zh", "tip_en"),
    *("statement_zh", "statement_en", "policy", "days", "least_days", "channel"),
    *("tone", "is_offered"),
)


class BadHandling(Refused):
    """Something that cannot be said about a choice."""

    code = "bad_handling"


class HandlingFacts(TypedDict, total=False):
    """What can be said about a choice; what is left out stays."""

    description_zh: str
    description_en: str
    tip_zh: str
    tip_en: str
    statement_zh: str
    statement_en: str
    policy: str
    days: int | None
    least_days: int | None
    channel: str
    tone: str
    is_offered: bool


@command(needs="custom_field.edit")
def set_handling(
    by: Actor,
    field: CustomField,
    choice: str,
    *,
    at: datetime,
    **facts: Unpack[HandlingFacts],
) -> Handling:
    """
    Say how customers whose ``field`` has the value ``choice`` are treated.

    :raises BadHandling: for a choice the field does not have, or days that cannot be.
    :raises Denied: for a part that ``by`` may not write.
    """
    if choice not in handled_choices(field.spec):
        raise BadHandling(_("This field has no such choice."))
    rows = Handling.objects.select_for_update()
    row = rows.filter(field=field, choice=choice).first()
    row = row or Handling(field=field, choice=choice)
    changes = _say(by, row, facts)
    if changes:
        told = HandlingChanged(field_id=field.pk, key=field.key, choice=choice, at=at)
        publish(told, changes=changes)
    return row


@command(needs="custom_field.edit")
def set_group_handling(
    by: Actor,
    group: Tier | Segment,
    *,
    at: datetime,
    **facts: Unpack[HandlingFacts],
) -> Handling:
    """
    Say how customers of a tier or a segment are treated and spoken to.

    :raises BadHandling: for days that cannot be.
    :raises Denied: for a part that ``by`` may not write.
    """
    is_segment = isinstance(group, Segment)
    which = {"segment": group} if is_segment else {"tier": group}
    rows = Handling.objects.select_for_update(of=("self",))
    row = rows.filter(**which).first() or Handling(**which)
    changes = _say(by, row, facts)
    if changes:
        told = GroupHandlingChanged(
            handling_id=row.pk,
            tier=row.tier,
            segment=group.name if isinstance(group, Segment) else "",
            at=at,
        )
        publish(told, changes=changes)
    return row


@command(needs="custom_field.edit")
def ship_tier_handlings(by: Actor) -> None:
    """Say how each tier is spoken to, where nothing is said about it yet."""
    said = set(Handling.objects.exclude(tier="").values_list("tier", flat=True))
    missing = [row for row in shipped_tiers() if row.tier not in said]
    if missing:
        Handling.objects.bulk_create(missing, ignore_conflicts=True)
        rearrange()


def _say(
    by: Actor, row: Handling, facts: HandlingFacts
) -> Mapping[str, tuple[str, str]]:
    """Store ``facts`` in ``row``, and return what is different now."""
    before = _audited(row)
    for name, value in facts.items():
        setattr(row, name, value)
    _require_lawful(row)
    changes = changes_of(FIELD, before, _audited(row))
    if changes.keys() - FIELD.writable(by):
        raise Denied(FIELD.permission("edit"))
    row.save()
    rearrange()
    return changes


def _require_lawful(row: Handling) -> None:
    if row.days is not None and not 1 <= row.days <= MOST_DAYS:
        raise BadHandling(_("Enter 1 to 730 days."), field="days")
    if row.days and (not row.policy or ContactPolicy(row.policy) not in USUAL_DAYS):
        raise BadHandling(_("This contact policy knows no days."), field="days")
    if row.least_days is not None and not 1 <= row.least_days <= MOST_DAYS:
        raise BadHandling(_("Enter 1 to 730 days."), field="least_days")
    rule = row.rule
    if rule and rule.policy in RECURRING and rule.least_days > rule.days:
        told = _("Fewer days than those by which the next contact is due.")
        raise BadHandling(told, field="least_days")
    if max(len(row.tip_zh), len(row.tip_en)) > LONGEST_TIP:
        raise BadHandling(_("A tip has at most 500 characters."), field="tip_zh")


def _audited(row: Handling) -> dict[str, str]:
    return {name: str(getattr(row, name) or "") for name in AUDITED}
