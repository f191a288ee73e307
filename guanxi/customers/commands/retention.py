"""
Keep nothing longer than the rules say: tried first, switched on by a person, run by night.

A run takes some rows at a time, each part a transaction of its own; killed, it goes on with
what is left, and its proof counts on.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.customers.commands.erasure import erase_customer
from guanxi.customers.events import (
    RetentionCarriedOut,
    RetentionRuleChanged,
    RetentionTried,
)
from guanxi.customers.models import (
    CreditReport,
    Erasure,
    Note,
    RetentionRule,
    RetentionRun,
)
from guanxi.customers.queries.retention import limit_of, overdue, unheld
from guanxi.customers.rules.erasure import ErasureReason, IdentityCheck
from guanxi.customers.rules.retention import (
    LONGEST_MONTHS,
    SHIPPED,
    SHORTEST_MONTHS,
    Category,
)
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.foundation.imports.scrub import forget_file_of
from guanxi.foundation.models import ImportRun

KEEPER = System(gettext_noop("retention"))
TOGETHER = 50


class BadRetention(Refused):
    """A time of keeping lies between one month and thirty years."""

    code = "bad_retention"


class NotTried(Refused):
    """Nobody has looked at what the rule would do."""

    code = "not_tried"


@command(needs="retention.edit")
def set_retention(
    by: Actor, category: Category, *, months: int, is_on: bool, at: datetime
) -> RetentionRule:
    """
    Keep what is of ``category`` for ``months``, or only note that it should be.

    :raises BadRetention: for a time that is too short or too long.
    :raises NotTried: to switch it on before it was tried for this very time.
    """
    if not SHORTEST_MONTHS <= months <= LONGEST_MONTHS:
        raise BadRetention(_("Choose between 1 and 360 months."), field="months")
    rule = _rule(category)
    if is_on and rule.tried_months != months:
        told = _("Try the rule with this time first, and look at what it would do.")
        raise NotTried(told, field="is_on")
    before = {"months": str(rule.months), "is_on": str(rule.is_on)}
    rule.months, rule.is_on = months, is_on
    rule.changed_at, rule.changed_by_id = at, by.actor_id
    rule.save()
    after = {"months": str(months), "is_on": str(is_on)}
    publish(
        RetentionRuleChanged(
            category=category.value, months=months, is_on=is_on, at=at
        ),
        changes={k: (before[k], after[k]) for k in after if before[k] != after[k]},
    )
    return rule


@command(needs="retention.edit")
def try_retention(
    by: Actor, category: Category, *, months: int, at: datetime
) -> RetentionRule:
    """
    Count what the rule would do with ``months``, and do nothing; note that it was seen.

    What the rule says and whether it is on stays as it is.

    :raises BadRetention: for a time that is too short or too long.
    """
    if not SHORTEST_MONTHS <= months <= LONGEST_MONTHS:
        raise BadRetention(_("Choose between 1 and 360 months."), field="months")
    rule = _rule(category)
    rows = unheld(category, overdue(category, limit_of(months, at)))
    rule.tried_at, rule.tried_months, rule.tried_count = at, months, rows.count()
    rule.save()
    publish(RetentionTried(category=category.value, count=rule.tried_count, at=at))
    return rule


@command(needs="retention.edit")
def carry_out_part(by: Actor, run: RetentionRun, /, *, at: datetime) -> int:
    """Carry out the next part of ``run``; return how many rows it was, 0 at its end."""
    held = RetentionRun.objects.select_for_update().get(pk=run.pk)
    if held.finished_at:
        return 0
    category = Category(held.category)
    rows = overdue(category, held.before)
    pks = list(
        unheld(category, rows).order_by("pk").values_list("pk", flat=True)[:TOGETHER]
    )
    if pks:
        _ACTS[category](pks, at)
        held.done += len(pks)
    else:
        held.finished_at, held.held = at, rows.count()
        publish(
            RetentionCarriedOut(
                category=held.category, run_id=held.pk, count=held.done, at=at
            )
        )
    held.save()
    return len(pks)


def keep_to_retention(at: datetime) -> None:
    """Carry out every rule that is on, what was cut off first."""
    for rule in RetentionRule.objects.filter(is_on=True).order_by("category"):
        run = _run_of(rule, at)
        while carry_out_part(KEEPER, run, at=at):
            pass


def _run_of(rule: RetentionRule, at: datetime) -> RetentionRun:
    cut_off = RetentionRun.objects.filter(
        category=rule.category, months=rule.months, finished_at__isnull=True
    ).first()
    return cut_off or RetentionRun.objects.create(
        category=rule.category,
        months=rule.months,
        before=limit_of(rule.months, at),
        started_at=at,
    )


def _rule(category: Category) -> RetentionRule:
    rule, _is_new = RetentionRule.objects.select_for_update().get_or_create(
        category=category, defaults={"months": SHIPPED[category].months}
    )
    return rule


def _erase(pks: Sequence[int], at: datetime) -> None:
    for pk in pks:
        with transaction.atomic():
            erasure, _is_new = Erasure.objects.get_or_create(
                customer_id=pk,
                defaults={
                    "reason": ErasureReason.RETENTION,
                    "identity": IdentityCheck.OWN_MOTION,
                    "requested_at": at,
                },
            )
            erase_customer(KEEPER, erasure, at=at)


def _delete_notes(pks: Sequence[int], _at: datetime) -> None:
    Note.objects.filter(pk__in=pks).delete()


def _delete_reports(pks: Sequence[int], _at: datetime) -> None:
    CreditReport.objects.filter(pk__in=pks).delete()


def _delete_files(pks: Sequence[int], _at: datetime) -> None:
    for run in ImportRun.objects.filter(pk__in=pks):
        forget_file_of(run)
        ImportRun.objects.filter(pk=run.pk).update(path="")


_ACTS: Mapping[Category, Callable[[Sequence[int], datetime], None]] = {
    Category.SILENT: _erase,
    Category.LOST: _erase,
    Category.NOTES: _delete_notes,
    Category.CREDIT: _delete_reports,
    Category.FILES: _delete_files,
}
