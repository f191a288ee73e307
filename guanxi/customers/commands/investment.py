"""Log contacts with customers and what they cost, and what else is spent on them."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.customers.events import (
    ContactLogged,
    CostRecorded,
    InvestmentChanged,
    InvestmentRestored,
    InvestmentTrashed,
)
from guanxi.customers.models import Customer, Investment
from guanxi.customers.policies import INVESTMENT
from guanxi.customers.rules.investment import (
    LARGEST_AMOUNT,
    LONGEST_NOTE,
    LONGEST_PLACE,
    Aim,
    ContactMode,
)
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.foundation.events import publish

CENT = Decimal("0.01")
_AUDITED = ("aim", "mode", "happened_at", "place", "amount", "note")


class BadInvestment(Refused):
    """A contact has a time that has come, a cost an amount."""

    code = "bad_investment"


class InvestmentFacts(TypedDict, total=False):
    """What can be said of a contact or cost; without ``mode`` it is a cost alone."""

    aim: Aim
    mode: ContactMode | None
    happened_at: datetime
    place: str
    amount: Decimal
    note: str


@command(needs="investment.create")
def record_investment(
    by: Actor, customer: Customer, *, at: datetime, **facts: Unpack[InvestmentFacts]
) -> Investment:
    """
    Log a contact with ``customer`` and its expense, or another cost.

    It took place now and was for service if nothing else is said.

    :raises BadInvestment: for a cost without amount, or a time that is still to come.
    :raises Denied: for what ``by`` may not write.
    """
    _require_writable(by, facts)
    new = Investment(
        customer=customer,
        aim=Aim.SERVICE,
        happened_at=at,
        made_by_id=by.actor_id,
        created_at=at,
    )
    _fill(new, facts, at)
    new.save(force_insert=True)
    if new.is_contact:
        publish(ContactLogged(**new.about, at=at))
    else:
        publish(CostRecorded(**new.about, amount=_shown(new), at=at))
    return new


@command(needs="investment.edit")
def change_investment(
    by: Actor,
    investment: Investment,
    *,
    at: datetime,
    version: int | None = None,
    **facts: Unpack[InvestmentFacts],
) -> Investment:
    """
    Write a contact or cost down differently; what is left out stays.

    :raises Conflict: if it is not the one of ``version`` any more.
    :raises BadInvestment: as `record_investment`.
    :raises Denied: for what ``by`` may not write.
    """
    _require_writable(by, facts)
    found = _locked(investment)
    if version not in (None, found.version):
        raise Conflict(_("Somebody has changed this meanwhile. Look at it again."))
    before = _audited(found)
    _fill(found, facts, at)
    changes = changes_of(INVESTMENT, before, _audited(found))
    if changes:
        found.version += 1
        found.save()
        told = InvestmentChanged(**found.about, amount=_shown(found), at=at)
        publish(told, changes=changes)
    return found


@command(needs="investment.delete")
def trash_investment(by: Actor, investment: Investment, *, at: datetime) -> None:
    """Put a contact or cost into the trash, where it counts for nothing."""
    found = _locked(investment)
    if found.deleted_at is None:
        Investment.objects.filter(pk=found.pk).update(deleted_at=at)
        publish(InvestmentTrashed(**found.about, at=at))


@command(needs="investment.delete")
def restore_investment(by: Actor, investment: Investment, *, at: datetime) -> None:
    """Take a contact or cost out of the trash."""
    found = _locked(investment)
    if found.deleted_at is not None:
        Investment.objects.filter(pk=found.pk).update(deleted_at=None)
        publish(InvestmentRestored(**found.about, at=at))


def _require_writable(by: Actor, facts: InvestmentFacts) -> None:
    # What everybody sees of a record is said by whoever may make one.
    open_to_all = {"aim", "mode", "happened_at"}
    for name in facts.keys() - open_to_all:
        if INVESTMENT.level(by, name) < Level.WRITE:
            raise Denied(INVESTMENT.permission("edit"))


def _fill(found: Investment, facts: InvestmentFacts, at: datetime) -> None:
    for name, value in facts.items():
        setattr(found, name, value or "" if name == "mode" else value)
    if found.happened_at > at:
        told = _("This is still to come. Plan a task for it instead.")
        raise BadInvestment(told, field="happened_at")
    if not 0 <= found.amount <= LARGEST_AMOUNT:
        raise BadInvestment(_("This amount cannot be."), field="amount")
    if found.amount != found.amount.quantize(CENT):
        raise BadInvestment(_("Two decimals at most."), field="amount")
    found.amount = found.amount.quantize(CENT)
    if not found.mode and not found.amount:
        raise BadInvestment(_("Enter what it cost."), field="amount")
    if len(found.place) > LONGEST_PLACE:
        told = _("Write at most 120 characters.")
        raise BadInvestment(told, field="place")
    if len(found.note) > LONGEST_NOTE:
        told = _("Write at most 4,000 characters.")
        raise BadInvestment(told, field="note")


def _locked(investment: Investment) -> Investment:
    return Investment.objects.select_for_update().get(pk=investment.pk)


def _shown(found: Investment) -> str:
    return figures.amount(found.amount, settings.CURRENCY)


def _audited(found: Investment) -> dict[str, str]:
    values = {name: getattr(found, name) for name in _AUDITED}
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in values.items()
    }
