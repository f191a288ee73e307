"""Say what is still right, what does not work, and what counts as good data."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guanxi.customers.commands.quality_score import judge
from guanxi.customers.events import (
    ContactPointFailed,
    ContactPointWorks,
    PartConfirmed,
    QualityRulesChanged,
)
from guanxi.customers.models import (
    ContactPoint,
    Customer,
    FieldReview,
    QualitySetting,
)
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.quality import quality_rules
from guanxi.customers.queries.quality_sql import review_months
from guanxi.customers.rules.quality import (
    QUALITY_RULES,
    QualityRules,
    field_of,
    touched_parts,
)
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.arranged import rearrange
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.events import publish


class NothingToReview(Refused):
    """This part has no review age."""

    code = "nothing_to_review"


@command(needs="customer.edit")
def confirm_part(by: Actor, customer: Customer, part: str, *, at: datetime) -> None:
    """
    Say that ``part`` of ``customer`` is still right, which makes it fresh again.

    :raises NothingToReview: for a part that nobody has to look at again.
    :raises Denied: for whoever does not read what he confirms.
    """
    if part not in review_months(quality_rules()):
        raise NothingToReview(_("This part has no review age."))
    if CUSTOMER.level(by, field_of(f"stale:{part}")) < Level.READ:
        raise Denied(CUSTOMER.permission("edit"))
    _review(by, {customer.pk: {part}}, at, is_confirmed=True)
    judge([customer.pk], at=at)
    publish(PartConfirmed(customer_id=customer.pk, part=part, at=at))


@command(needs="customer.edit")
def mark_contact_point(
    by: Actor, customer: Customer, point_id: int, *, works: bool, at: datetime
) -> ContactPoint:
    """
    Say that nobody is reached by a contact point, or that somebody is again.

    :raises NotVisible: if ``customer`` has no such point.
    :raises Denied: for whoever does not read that kind.
    """
    rows = ContactPoint.objects.select_for_update().filter(customer_id=customer.pk)
    point = rows.filter(pk=point_id).first()
    if point is None:
        raise NotVisible
    if CUSTOMER.level(by, point.kind) < Level.READ:
        raise Denied(CUSTOMER.permission("edit"))
    if works is (point.failed_at is None):
        return point
    point.failed_at = None if works else at
    point.save(update_fields=["failed_at"])
    event = ContactPointWorks if works else ContactPointFailed
    publish(event(customer_id=customer.pk, point_kind=point.kind, at=at))
    judge([customer.pk], at=at)
    return point


@command(needs="quality_rule.edit")
def set_quality_rules(by: Actor, rules: QualityRules, *, at: datetime) -> QualityRules:
    """Decide anew what good data are; customers are judged anew by the night."""
    before = _told(quality_rules())
    values = QUALITY_RULES.dump_python(rules, mode="json")
    QualitySetting.objects.update_or_create(pk=1, defaults={"values": values})
    rearrange()
    after = _told(rules)
    changes = {k: (before[k], after[k]) for k in after if before[k] != after[k]}
    publish(QualityRulesChanged(at=at), changes=changes)
    return rules


def note_changes(
    by: Actor, changed: Mapping[int, Collection[str]], *, at: datetime
) -> None:
    """Note that fields of customers changed: their parts are fresh, and judged anew."""
    parts = {pk: touched_parts(fields) for pk, fields in changed.items()}
    _review(by, parts, at, is_confirmed=False)
    judge(changed.keys(), at=at)


def _review(
    by: Actor, parts: Mapping[int, Collection[str]], at: datetime, *, is_confirmed: bool
) -> None:
    known = review_months(quality_rules())
    FieldReview.objects.bulk_create(
        [
            FieldReview(
                customer_id=pk,
                part=part,
                is_confirmed=is_confirmed,
                reviewed_at=at,
                reviewed_by_id=by.actor_id,
            )
            for pk, names in parts.items()
            for part in sorted(names)
            if part in known
        ],
        update_conflicts=True,
        unique_fields=["customer", "part"],
        update_fields=["is_confirmed", "reviewed_at", "reviewed_by"],
    )


def _told(rules: QualityRules) -> dict[str, str]:
    """Return what the audit compares of the rules, part by part."""
    parts: dict[str, Any] = QUALITY_RULES.dump_python(rules, mode="json")
    return {name: json.dumps(value) for name, value in parts.items()}
