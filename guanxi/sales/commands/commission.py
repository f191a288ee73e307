"""Draw up, adjust, approve and pay commissions; set plans, and who shares in an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Conflict, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.figures import amount as written
from guanxi.foundation.notices import notify
from guanxi.identity.queries import team_ids_of
from guanxi.sales.commands.guard import require_kept
from guanxi.sales.events import (
    CommissionAdjusted,
    CommissionApproved,
    CommissionDrawn,
    CommissionPaid,
    CommissionPlanSaved,
    CommissionReopened,
    CommissionShared,
)
from guanxi.sales.models import (
    CommissionLine,
    CommissionPlan,
    CommissionShare,
    CommissionStatement,
    Order,
    PlanMember,
)
from guanxi.sales.policies import COMMISSION
from guanxi.sales.queries.commission import (
    PlansOfMonth,
    earned_in,
    rates_of,
    target_of,
)
from guanxi.sales.queries.order import locked_order
from guanxi.sales.rules.commission import (
    HUNDRED,
    LARGEST_AMOUNT,
    MOST_SHARES,
    MOST_TIERS,
    Basis,
    Earned,
    Entry,
    RateTier,
    Source,
    StatementState,
    TierBy,
    earned,
    month_of,
    thresholds,
    wrong_with,
)
from guanxi.sales.rules.target import CENT, month_after

if TYPE_CHECKING:
    from guanxi.identity.models import Team, User

LONGEST_REASON = 200
_APPROVED = gettext_noop("Your commission for %(month)s is approved: %(amount)s")


@dataclass(frozen=True)
class PlanTerms:
    """What a plan says; ``ends_on`` None as long as nothing else is said."""

    name: str
    basis: Basis
    tier_by: TierBy
    is_stepped: bool
    tiers: Sequence[RateTier]
    starts_on: date
    ends_on: date | None = None
    users: "Sequence[User]" = ()
    teams: "Sequence[Team]" = ()


@command(needs="commission_plan.edit")
def save_commission_plan(
    by: Actor, plan: CommissionPlan, *, terms: PlanTerms, version: int, at: datetime
) -> CommissionPlan:
    """
    Add a plan, or change one; statements that are approved stay as they are.

    :raises Refused: for a taken name, or tiers or days that make no sense.
    :raises Conflict: if somebody changed it since ``version``.
    """
    if plan.pk:
        plan = CommissionPlan.objects.select_for_update().get(pk=plan.pk)
        if plan.version != version:
            raise Conflict(_("Somebody else has changed this plan meanwhile."))
        plan.version += 1
    _require_sound(terms)
    plan.name, plan.basis, plan.tier_by = terms.name.strip(), terms.basis, terms.tier_by
    plan.is_stepped, plan.starts_on = terms.is_stepped, month_of(terms.starts_on)
    plan.ends_on, plan.updated_at = terms.ends_on, at
    plan.tiers = [[str(one.start), str(one.rate)] for one in terms.tiers]
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        text = _("There is already a plan with this name.")
        raise Refused(text, field="name") from error
    PlanMember.objects.filter(plan=plan).delete()
    PlanMember.objects.bulk_create(
        [PlanMember(plan=plan, user=one) for one in terms.users]
        + [PlanMember(plan=plan, team=one) for one in terms.teams]
    )
    publish(CommissionPlanSaved(plan_id=plan.pk, name=plan.name, at=at))
    return plan


@command(needs="order.edit")
def share_commission(
    by: Actor, order: Order, *, shares: "Mapping[User, Decimal]", at: datetime
) -> None:
    """
    Say which colleagues share in the commission of an order, in percent.

    The owner has the rest. Statements that are approved stay as they are.

    :raises Refused: for more than 100 percent in all, or a share of nothing.
    """
    order = locked_order(order.pk)
    require_kept(order)
    if len(shares) > MOST_SHARES or any(one <= 0 for one in shares.values()):
        raise Refused(_("Each share is above 0 percent, and there are four at most."))
    if sum(shares.values(), Decimal(0)) > HUNDRED:
        raise Refused(_("The shares come to more than 100 percent."))
    CommissionShare.objects.filter(order=order).delete()
    CommissionShare.objects.bulk_create(
        CommissionShare(order=order, user=user, percent=percent)
        for user, percent in shares.items()
    )
    publish(CommissionShared(order_id=order.pk, at=at))


@command(needs="commission.draw")
def draw_commissions(by: Actor, *, month: date, at: datetime) -> int:
    """
    Draw up the statements of ``month`` for all whose commissions ``by`` may draw up.

    Those not approved yet are worked out anew; adjustments by hand stay. Return how many.
    """
    month, drawn = month_of(month), []
    plans, found = PlansOfMonth(month), {one: earned_in(month, one) for one in Basis}
    people = sorted({pk for entries in found.values() for pk in entries})
    teams = team_ids_of(people)
    # In one order always, so that two draws at once wait for each other.
    for user_id in people:
        place = CommissionStatement(user_id=user_id, team_id=teams.get(user_id))
        plan = plans.of(user_id, place.team_id)
        if plan is None or not COMMISSION.reaches(by, "draw", place):
            continue
        entries = found[Basis(plan.basis)].get(user_id, ())
        if entries and _draw(place, plan, month, entries, at):
            drawn.append(user_id)
    _empty_others(by, month, drawn, at)
    return len(drawn)


@command(needs="commission.draw")
def adjust_commission(
    by: Actor,
    statement: CommissionStatement,
    *,
    amount: Decimal,
    reason: str,
    at: datetime,
) -> None:
    """
    Add an amount to a draft, or take one away, for a reason.

    :raises Refused: without a reason, for nothing, or once it is approved.
    """
    statement = _locked(statement)
    _require_state(statement, StatementState.DRAFT)
    if not reason.strip():
        raise Refused(_("Say what the amount is for."), field="reason")
    if not amount or amount != amount.quantize(CENT) or abs(amount) > LARGEST_AMOUNT:
        text = _("Enter an amount above or below zero, with at most two decimals.")
        raise Refused(text, field="amount")
    CommissionLine.objects.create(
        statement=statement,
        user_id=statement.user_id,
        source=Source.ADJUSTMENT,
        at=at,
        amount=amount,
        reason=reason.strip()[:LONGEST_REASON],
    )
    statement.total += amount
    _save(statement)
    told = written(amount, statement.currency)
    publish(CommissionAdjusted(**_about(statement), amount=told, reason=reason, at=at))


@command(needs="commission.approve")
def approve_commission(
    by: Actor, statement: CommissionStatement, *, at: datetime
) -> CommissionStatement:
    """
    Approve a draft: from now on it stands, and its person is told.

    :raises Refused: for one's own, before the month is over, or if it is no draft.
    """
    statement = _locked(statement)
    _require_state(statement, StatementState.DRAFT)
    if by.actor_id and statement.user_id == by.actor_id:
        raise Refused(_("Somebody else has to approve your own commission."))
    if localdate(at, get_default_timezone()) < month_after(statement.month):
        raise Refused(_("The month is not over yet: more may come in."))
    statement.state, statement.approved_at = StatementState.APPROVED, at
    statement.approved_by_id = by.actor_id
    _save(statement)
    publish(CommissionApproved(**_about(statement), at=at))
    words = {
        "month": f"{statement.month:%Y-%m}",
        "amount": written(statement.total, statement.currency),
    }
    url = f"/sales/commissions/{statement.pk}/"
    notify(statement.user_id, _APPROVED, words, at=at, url=url)
    return statement


@command(needs="commission.approve")
def reopen_commission(
    by: Actor, statement: CommissionStatement, *, at: datetime
) -> CommissionStatement:
    """
    Take an approval back.

    :raises Refused: if it is not approved, or paid out already.
    """
    statement = _locked(statement)
    _require_state(statement, StatementState.APPROVED)
    statement.state, statement.approved_at = StatementState.DRAFT, None
    statement.approved_by_id = None
    _save(statement)
    publish(CommissionReopened(**_about(statement), at=at))
    return statement


@command(needs="commission.pay")
def pay_commission(
    by: Actor, statement: CommissionStatement, *, at: datetime
) -> CommissionStatement:
    """
    Say that an approved statement is paid out.

    :raises Refused: if it is not approved, or paid out already.
    """
    statement = _locked(statement)
    _require_state(statement, StatementState.APPROVED)
    statement.state, statement.paid_at = StatementState.PAID, at
    _save(statement)
    publish(CommissionPaid(**_about(statement), at=at))
    return statement


def _draw(
    place: CommissionStatement,
    plan: CommissionPlan,
    month: date,
    entries: Sequence[Entry],
    at: datetime,
) -> bool:
    """Draw up one statement, unless it is approved; tell whether it was."""
    known = CommissionStatement.objects.select_for_update()
    kept = known.filter(user_id=place.user_id, month=month).first()
    if kept and kept.state != StatementState.DRAFT:
        return False
    statement = kept or CommissionStatement(user_id=place.user_id, month=month)
    target = target_of(place.user_id, month)
    lines = earned(
        entries,
        thresholds(plan.steps, TierBy(plan.tier_by), target),
        is_stepped=plan.is_stepped,
        rates=rates_of(place.user_id, {one.order_id for one in entries}),
    )
    statement.team_id, statement.plan = place.team_id, plan
    statement.currency, statement.target = settings.CURRENCY, target
    statement.base = sum((one.entry.base for one in lines), Decimal(0))
    statement.total = sum((one.amount for one in lines), _adjusted(statement))
    statement.drawn_at = at
    _save(statement)
    _replace_lines(statement, lines)
    if kept is None:
        publish(CommissionDrawn(**_about(statement), at=at))
    return True


def _adjusted(statement: CommissionStatement) -> Decimal:
    """Return what was added to a statement by hand."""
    if not statement.pk:
        return Decimal(0)
    rows = CommissionLine.objects.filter(
        statement=statement, source=Source.ADJUSTMENT
    ).values_list("amount", flat=True)
    return sum(rows, Decimal(0))


def _replace_lines(statement: CommissionStatement, lines: Sequence[Earned]) -> None:
    kept = CommissionLine.objects.filter(statement=statement)
    kept.exclude(source=Source.ADJUSTMENT).delete()
    CommissionLine.objects.bulk_create(
        CommissionLine(
            statement=statement,
            user_id=statement.user_id,
            source=one.entry.source,
            source_id=one.entry.source_id,
            order_id=one.entry.order_id,
            at=one.entry.at,
            share=one.entry.share,
            base=one.entry.base,
            rate=one.rate.quantize(Decimal("0.0001")),
            amount=one.amount,
        )
        for one in lines
    )


def _empty_others(by: Actor, month: date, drawn: Sequence[int], at: datetime) -> None:
    """Leave on drafts of ``month`` for which nothing counts any more what was adjusted."""
    drafts = CommissionStatement.objects.select_for_update().filter(
        COMMISSION.visible(by, "draw"), month=month, state=StatementState.DRAFT
    )
    for one in drafts.exclude(user_id__in=drawn).order_by("user_id"):
        one.base, one.total, one.drawn_at = Decimal(0), _adjusted(one), at
        _replace_lines(one, ())
        _save(one)


def _require_sound(terms: PlanTerms) -> None:
    if not terms.name.strip():
        raise Refused(_("Give the plan a name."), field="name")
    if len(terms.tiers) > MOST_TIERS or (wrong := wrong_with(terms.tiers)):
        raise Refused(str(wrong or _("There are too many tiers.")), field="tiers")
    if terms.ends_on and terms.ends_on < terms.starts_on:
        raise Refused(_("The last day is before the first."), field="ends_on")


def _locked(statement: CommissionStatement) -> CommissionStatement:
    return CommissionStatement.objects.select_for_update().get(pk=statement.pk)


def _require_state(statement: CommissionStatement, wanted: StatementState) -> None:
    if statement.state != wanted:
        raise Refused(
            _("This cannot be done with a statement that is “%(state)s”.")
            % {"state": statement.get_state_display()}
        )


def _save(statement: CommissionStatement) -> None:
    statement.version = (statement.version or 0) + 1
    statement.save()


def _about(statement: CommissionStatement) -> dict[str, Any]:
    return {
        "statement_id": statement.pk,
        "user_id": statement.user_id,
        "month": statement.month,
    }
