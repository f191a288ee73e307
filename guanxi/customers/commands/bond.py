"""Keep why customers stay: assess it, list what leaving costs, work out what offers give."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from guanxi.customers.events import (
    BondAssessed,
    BondRestored,
    BondTrashed,
    DeliveredValueAdded,
    DeliveredValueRemoved,
    DeliveredValueRestored,
    SwitchingCostAdded,
    SwitchingCostRemoved,
    SwitchingCostRestored,
)
from guanxi.customers.models import (
    BondAssessment,
    Customer,
    DeliveredValue,
    SwitchingCost,
    Traits,
)
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.bond import FIELD, Record, latest_of, record_of
from guanxi.customers.queries.consent import house_day
from guanxi.customers.rules.bond import (
    CENT,
    FACTORS,
    LARGEST_AMOUNT,
    LONGEST_NAME,
    LONGEST_NOTE,
    SCORES,
    TENTH,
    TOP,
    AssessmentMethod,
    SwitchingItem,
    shown_score,
)
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish


class BadBond(Refused):
    """A score is 0 to 10, an amount is no less than nothing, a day has come."""

    code = "bad_bond"


class Scores(TypedDict, total=False):
    """What can be scored, each 0 to 10; what is left out is not known."""

    satisfaction: Decimal | None
    perceived_value: Decimal | None
    repurchase: Decimal | None
    surplus: Decimal | None
    attachment: Decimal | None
    sunk_cost: Decimal | None
    transaction_cost: Decimal | None
    moving_cost: Decimal | None
    opportunity_cost: Decimal | None
    exit_barrier: Decimal | None


class Parts(TypedDict):
    """The parts of value and cost of an offer, in the house currency."""

    product_value: Decimal
    service_value: Decimal
    personnel_value: Decimal
    image_value: Decimal
    money_cost: Decimal
    time_cost: Decimal
    energy_cost: Decimal
    effort_cost: Decimal


@command(needs="customer.edit")
def assess_bond(
    by: Actor,
    customer: Customer,
    method: AssessmentMethod,
    *,
    assessed_on: date,
    at: datetime,
    note: str = "",
    **scores: Unpack[Scores],
) -> BondAssessment:
    """
    Keep how satisfied ``customer`` is and what binds it, as of one day.

    :raises BadBond: for a score that cannot be, some factors without the others, nothing
        scored, or a day that is still to come.
    """
    _require_writable(by)
    wrong = wrong_scores(scores, assessed_on, today=house_day(at))
    if wrong or len(note) > LONGEST_NOTE:
        field, told = wrong or ("note", _("Write at most 2,000 characters."))
        raise BadBond(told, field=field)
    new = BondAssessment(
        customer=customer, method=method, assessed_on=assessed_on, note=note.strip()
    )
    for name, score in scores.items():
        setattr(new, name, score)
    _keep(new, by, at)
    publish(BondAssessed(**_about(new), score=shown_score(new.satisfaction), at=at))
    refresh_bonds([customer.pk])
    return new


@command(needs="customer.edit")
def trash_bond(by: Actor, customer: Customer, pk: int, *, at: datetime) -> None:
    """Put a bond assessment into the trash: the one before it counts again."""
    found = _moved(by, BondAssessment, customer, pk, at=at, is_trashed=True)
    publish(BondTrashed(**_about(found), at=at))


@command(needs="customer.edit")
def restore_bond(by: Actor, customer: Customer, pk: int, *, at: datetime) -> None:
    """Take a bond assessment out of the trash."""
    found = _moved(by, BondAssessment, customer, pk, at=at, is_trashed=False)
    publish(BondRestored(**_about(found), at=at))


@command(needs="customer.edit")
def add_switching_cost(
    by: Actor,
    customer: Customer,
    item: SwitchingItem,
    *,
    amount: Decimal,
    at: datetime,
    product: str = "",
    note: str = "",
) -> SwitchingCost:
    """
    List something that changing to another supplier would cost ``customer``.

    Without ``product`` it is so whatever the customer buys.

    :raises BadBond: for an amount of nothing or less, or more words than fit.
    """
    _require_writable(by)
    if amount <= 0:
        raise BadBond(_("Enter what it would cost."), field="amount")
    _require_words(product=product, note=note)
    new = SwitchingCost(
        customer=customer,
        item=item,
        product=product.strip(),
        amount=_amount("amount", amount),
        note=note.strip(),
    )
    _keep(new, by, at)
    publish(SwitchingCostAdded(**_about(new), at=at))
    refresh_bonds([customer.pk])
    return new


@command(needs="customer.edit")
def trash_switching_cost(
    by: Actor, customer: Customer, pk: int, *, at: datetime
) -> None:
    """Put a switching cost into the trash, where it counts for nothing."""
    found = _moved(by, SwitchingCost, customer, pk, at=at, is_trashed=True)
    publish(SwitchingCostRemoved(**_about(found), at=at))


@command(needs="customer.edit")
def restore_switching_cost(
    by: Actor, customer: Customer, pk: int, *, at: datetime
) -> None:
    """Take a switching cost out of the trash."""
    found = _moved(by, SwitchingCost, customer, pk, at=at, is_trashed=False)
    publish(SwitchingCostRestored(**_about(found), at=at))


@command(needs="customer.edit")
def add_delivered_value(
    by: Actor,
    customer: Customer,
    offer: str,
    *,
    assessed_on: date,
    at: datetime,
    supplier: str = "",
    **parts: Unpack[Parts],
) -> DeliveredValue:
    """
    Keep what ``offer`` gives ``customer`` and costs it; ``supplier`` empty is us.

    :raises BadBond: without the name of the offer, or for amounts that cannot be.
    """
    _require_writable(by)
    if not offer.strip():
        raise BadBond(_("Say which offer."), field="offer")
    if assessed_on > house_day(at):
        raise BadBond(_("This day is still to come."), field="assessed_on")
    _require_words(offer=offer, supplier=supplier)
    new = DeliveredValue(
        customer=customer,
        offer=offer.strip(),
        supplier=supplier.strip(),
        assessed_on=assessed_on,
    )
    given: Mapping[str, Decimal] = {**parts}  # type: ignore[dict-item]  # -- all are amounts
    for name, amount in given.items():
        setattr(new, name, _amount(name, amount))
    _keep(new, by, at)
    publish(DeliveredValueAdded(**_about(new), at=at))
    return new


@command(needs="customer.edit")
def trash_delivered_value(
    by: Actor, customer: Customer, pk: int, *, at: datetime
) -> None:
    """Put the delivered value of an offer into the trash."""
    found = _moved(by, DeliveredValue, customer, pk, at=at, is_trashed=True)
    publish(DeliveredValueRemoved(**_about(found), at=at))


@command(needs="customer.edit")
def restore_delivered_value(
    by: Actor, customer: Customer, pk: int, *, at: datetime
) -> None:
    """Take the delivered value of an offer out of the trash."""
    found = _moved(by, DeliveredValue, customer, pk, at=at, is_trashed=False)
    publish(DeliveredValueRestored(**_about(found), at=at))


def wrong_scores(
    scores: Scores, assessed_on: date, *, today: date
) -> tuple[str, str] | None:
    """Return the field that cannot be and why, or None if an assessment can be kept."""
    if assessed_on > today:
        return "assessed_on", _("This day is still to come.")
    known = {name: scores.get(name) for name in SCORES}
    for name, score in known.items():
        if isinstance(score, Decimal) and not _is_score(score):
            return name, _("Enter a score from 0 to 10, with one decimal at most.")
    missing = [name for name in FACTORS if known[name] is None]
    if missing and len(missing) < len(FACTORS):
        return missing[0], _("Score all seven factors, or none of them.")
    if all(score is None for score in known.values()):
        return "satisfaction", _("Score something.")
    return None


def refresh_bonds(customers: Sequence[int]) -> None:
    """Write what is known last of ``customers`` where lists read it."""
    known = latest_of(customers)
    rows = list(Traits.objects.filter(customer_id__in=customers).only("customer_id"))
    for row in rows:
        latest = known[row.customer_id]
        row.satisfaction = latest.satisfaction
        row.lock_in = latest.lock_in
        row.switching_cost = latest.switching_cost
    names = ["satisfaction", "lock_in", "switching_cost"]
    Traits.objects.bulk_update(rows, names, batch_size=1_000)


def _is_score(score: Decimal) -> bool:
    return 0 <= score <= TOP and score == score.quantize(TENTH)


def _keep(
    new: BondAssessment | SwitchingCost | DeliveredValue, by: Actor, at: datetime
) -> None:
    new.made_by_id, new.made_at = by.actor_id, at
    new.save(force_insert=True)


def _moved(
    by: Actor,
    kind: type[Record],
    customer: Customer,
    pk: int,
    *,
    at: datetime,
    is_trashed: bool,
) -> Record:
    """Put a record into the trash, or take it out, and count anew."""
    _require_writable(by)
    found = record_of(by, kind, customer, pk, is_trashed=not is_trashed)
    found.trashed_at = at if is_trashed else None
    found.save(update_fields=["trashed_at"])
    refresh_bonds([customer.pk])
    return found


def _about(found: BondAssessment | SwitchingCost | DeliveredValue) -> dict[str, int]:
    return {"customer_id": found.customer_id, "record_id": found.pk}


def _require_writable(by: Actor) -> None:
    if CUSTOMER.level(by, FIELD) < Level.WRITE:
        raise Denied(CUSTOMER.permission("edit"))


def _require_words(note: str = "", **names: str) -> None:
    for field, text in names.items():
        if len(text) > LONGEST_NAME:
            raise BadBond(_("Write at most 120 characters."), field=field)
    if len(note) > LONGEST_NOTE:
        raise BadBond(_("Write at most 2,000 characters."), field="note")


def _amount(field: str, amount: Decimal) -> Decimal:
    if not 0 <= amount <= LARGEST_AMOUNT:
        raise BadBond(_("This amount cannot be."), field=field)
    if amount != amount.quantize(CENT):
        raise BadBond(_("Two decimals at most."), field=field)
    return amount
