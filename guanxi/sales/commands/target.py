"""Set what the months of a year are to bring."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Conflict, Refused
from guanxi.foundation.events import publish
from guanxi.sales.events import TargetsSet
from guanxi.sales.models import Target
from guanxi.sales.rules.target import BY_CATEGORY, MONTHS, Measure, is_sound, months_of


@command(needs="target.edit")
def set_targets(
    by: Actor,
    place: Target,
    *,
    measure: Measure,
    year: int,
    months: Sequence[Decimal | None],
    seen: datetime | None,
    at: datetime,
    category: str = "",
) -> None:
    """
    Set the twelve months of ``year`` for whom ``place`` names; None means no target.

    ``place`` is an unsaved target that says whose it is; ``seen`` when the months were
    last set as far as ``by`` knew.

    :raises Refused: for a value out of bounds, or a category where there is none.
    :raises Conflict: if somebody set one of them since ``seen``.
    """
    _require_sound(measure, category, months)
    kept = {
        one.month: one
        for one in Target.objects.select_for_update().filter(
            _whose(place),
            measure=measure,
            category=category,
            month__in=months_of(year),
        )
    }
    if max((one.set_at for one in kept.values()), default=None) != seen:
        raise _changed_meanwhile()
    changes: dict[str, tuple[str, str]] = {}
    for month, value in zip(months_of(year), months, strict=True):
        old = kept.get(month)
        if (old.value if old else None) != value:
            changes[f"{month:%Y-%m}"] = (
                _told(old.value if old else None),
                _told(value),
            )
            _write(old, place, measure, category, month, value, at)
    if changes:
        event = TargetsSet(
            of=place.of, measure=measure, category=category, year=year, at=at
        )
        publish(event, changes=changes)


def _whose(place: Target) -> Q:
    if place.user_id:
        return Q(user_id=place.user_id)
    return Q(user__isnull=True, team_id=place.team_id)


def _require_sound(
    measure: Measure, category: str, months: Sequence[Decimal | None]
) -> None:
    if len(months) != MONTHS:
        raise Refused(
            _("Twelve months are needed, empty ones included."), field="months"
        )
    if category and measure not in BY_CATEGORY:
        raise Refused(_("This aim has no categories of products."), field="category")
    if not all(one is None or is_sound(measure, one) for one in months):
        raise Refused(_("A value is too high, too low or not whole."), field="months")


def _write(
    old: Target | None,
    place: Target,
    measure: Measure,
    category: str,
    month: date,
    value: Decimal | None,
    at: datetime,
) -> None:
    if value is None:
        if old:
            old.delete()
        return
    row = old or Target(
        measure=measure, category=category, month=month, user_id=place.user_id
    )
    row.team_id, row.value, row.set_at = place.team_id, value, at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _changed_meanwhile() from error


def _changed_meanwhile() -> Conflict:
    return Conflict(
        _("Somebody else has set these targets meanwhile. Look at them again.")
    )


def _told(value: Decimal | None) -> str:
    return "" if value is None else str(value)
