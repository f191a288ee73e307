"""Record opportunities, take them through their stages, and close them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from django.conf import settings
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.names import pinyin_forms
from guanxi.foundation.search_text import search_text
from guanxi.sales.events import (
    OpportunityAssigned,
    OpportunityChanged,
    OpportunityCreated,
    OpportunityLost,
    OpportunityMoved,
    OpportunityReopened,
    OpportunityRestored,
    OpportunityTrashed,
    OpportunityWon,
)
from guanxi.sales.models import Opportunity, Product, Stage, StageMove
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.rules.opportunity import (
    LARGEST_AMOUNT,
    NEEDS,
    SURE,
    LostReason,
    OpportunityState,
)
from guanxi.sales.rules.order import Channel

if TYPE_CHECKING:
    from guanxi.customers.models import Customer
    from guanxi.identity.models import User

LONGEST_NOTE = 400


class OpportunityFacts(TypedDict, total=False):
    """What a person may say about an opportunity; what is left out stays as it is."""

    name: str
    customer: "Customer | None"
    product: Product | None
    amount: Decimal | None
    probability: int | None
    expected_on: date | None
    engaged_on: date | None
    channel: Channel
    next_step: str
    next_step_on: date | None
    note: str
    external_id: str


@command(needs="opportunity.create")
def create_opportunity(
    by: Actor,
    *,
    stage: Stage,
    owner: "User | None" = None,
    at: datetime,
    **facts: Unpack[OpportunityFacts],
) -> Opportunity:
    """
    Record an opportunity in ``stage``; it belongs to ``owner``, or to whom ``by`` is.

    :raises Refused: without a title, for an amount or chance out of bounds, or without
        what the stage asks for.
    :raises Denied: for a field ``by`` may not write.
    """
    made = Opportunity(
        stage=stage,
        owner_id=owner.pk if owner else by.actor_id or None,
        team_id=owner.team_id if owner else by.team_id,
        currency=settings.CURRENCY,
        stage_since=at,
        created_at=at,
        updated_at=at,
    )
    _set(by, made, facts)
    _require_what_it_needs(by, made, stage)
    made.save()
    StageMove.objects.create(opportunity=made, stage=stage, at=at)
    publish(OpportunityCreated(**_about(made), at=at))
    return made


@command(needs="opportunity.edit")
def change_opportunity(
    by: Actor,
    opportunity: Opportunity,
    *,
    version: int,
    at: datetime,
    **facts: Unpack[OpportunityFacts],
) -> Opportunity:
    """
    Describe an opportunity otherwise.

    :raises Refused: as `create_opportunity`, or if it is in the trash.
    :raises Conflict: if somebody changed it since ``version``.
    """
    found = _locked(opportunity)
    if found.version != version:
        raise Conflict(
            _(
                "Somebody else has changed this opportunity meanwhile. Look at it again, "
                "then make your change."
            )
        )
    before = _audited(found)
    _set(by, found, facts)
    _save(found, at)
    changes = changes_of(OPPORTUNITY, before, _audited(found))
    publish(OpportunityChanged(**_about(found), at=at), changes=changes)
    return found


@command(needs="opportunity.edit")
def move_opportunity(
    by: Actor,
    opportunity: Opportunity,
    *,
    stage_id: int,
    at: datetime,
    **facts: Unpack[OpportunityFacts],
) -> Opportunity:
    """
    Take an open opportunity to another stage, with what that stage asks for.

    :raises Refused: if it is closed, there is no such stage, or something is missing.
    """
    found = _open(opportunity)
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None:
        raise Refused(_("There is no such stage any more."), field="stage")
    _set(by, found, facts)
    _require_what_it_needs(by, found, stage)
    if stage.pk != found.stage_id:
        found.stage, found.stage_since = stage, at
        StageMove.objects.create(opportunity=found, stage=stage, at=at)
        moved = OpportunityMoved(
            **_about(found), stage=stage.name, stage_key=stage.key, at=at
        )
        publish(moved)
    _save(found, at)
    return found


@command(needs="opportunity.edit")
def win_opportunity(
    by: Actor,
    opportunity: Opportunity,
    *,
    amount: Decimal | None,
    closed_on: date,
    note: str = "",
    at: datetime,
) -> Opportunity:
    """
    Close an open opportunity as won, for ``amount``.

    :raises Refused: if it is closed, the amount is out of bounds, or the day not come.
    """
    found = _open(opportunity)
    if amount is not None:
        _set(by, found, {"amount": amount})
    _close(found, OpportunityState.WON, closed_on, note, at)
    told = "–" if found.amount is None else found.shown(found.amount)
    publish(OpportunityWon(**_about(found), amount=told, at=at))
    return found


@command(needs="opportunity.edit")
def lose_opportunity(
    by: Actor,
    opportunity: Opportunity,
    *,
    reason: LostReason,
    closed_on: date,
    note: str = "",
    at: datetime,
) -> Opportunity:
    """
    Close an open opportunity as lost, for ``reason``.

    :raises Refused: if it is closed, or the day has not come.
    """
    found = _open(opportunity)
    found.lost_reason = reason
    _close(found, OpportunityState.LOST, closed_on, note, at)
    publish(OpportunityLost(**_about(found), reason=reason, at=at))
    return found


@command(needs="opportunity.edit")
def reopen_opportunity(
    by: Actor, opportunity: Opportunity, *, at: datetime
) -> Opportunity:
    """
    Open a closed opportunity again, in the stage in which it ended.

    :raises Refused: if it is open, or in the trash.
    """
    found = _locked(opportunity)
    if found.state == OpportunityState.OPEN:
        raise Refused(_("This opportunity is open."))
    found.state, found.closed_on = OpportunityState.OPEN, None
    found.lost_reason = found.close_note = ""
    found.stage_since = at
    _save(found, at)
    publish(OpportunityReopened(**_about(found), at=at))
    return found


@command(needs="opportunity.assign")
def assign_opportunity(
    by: Actor, opportunity: Opportunity, owner: "User", *, at: datetime
) -> Opportunity:
    """
    Let ``owner`` pursue an opportunity.

    :raises Refused: for somebody who cannot sign in any more, or if it is in the trash.
    """
    found = _locked(opportunity)
    if not owner.is_active:
        raise Refused(
            _("%(name)s cannot sign in any more. Choose somebody else.")
            % {"name": owner.name},
            field="owner",
        )
    found.owner_id, found.team_id = owner.pk, owner.team_id
    _save(found, at)
    publish(OpportunityAssigned(**_about(found), owner_name=owner.name, at=at))
    return found


@command(needs="opportunity.delete")
def trash_opportunity(
    by: Actor, opportunity: Opportunity, *, at: datetime
) -> Opportunity:
    """Put an opportunity into the trash."""
    found = Opportunity.objects.select_for_update().get(pk=opportunity.pk)
    if found.deleted_at is None:
        found.deleted_at = at
        _save(found, at)
        publish(OpportunityTrashed(**_about(found), at=at))
    return found


@command(needs="opportunity.delete")
def restore_opportunity(
    by: Actor, opportunity: Opportunity, *, at: datetime
) -> Opportunity:
    """Take an opportunity out of the trash."""
    found = Opportunity.objects.select_for_update().get(pk=opportunity.pk)
    if found.deleted_at is not None:
        found.deleted_at = None
        _save(found, at)
        publish(OpportunityRestored(**_about(found), at=at))
    return found


def opportunity_search(name: str, external_id: str) -> str:
    """Return the search column: the title, its pinyin, and the external number."""
    return search_text(name, *pinyin_forms(name).all, external_id)


def _set(by: Actor, found: Opportunity, facts: Mapping[str, Any]) -> None:
    """Write ``facts`` into the unsaved opportunity, and all that follows from them."""
    hidden = facts.keys() - OPPORTUNITY.writable(by)
    if hidden:
        raise Denied(f"opportunity.{min(hidden)}")
    for name, value in facts.items():
        setattr(found, name, value.strip() if isinstance(value, str) else value)
    if not found.name:
        raise Refused(_("Give the opportunity a title."), field="name")
    if found.amount is not None and not 0 <= found.amount <= LARGEST_AMOUNT:
        text = _("An amount lies between zero and a million million.")
        raise Refused(text, field="amount")
    if found.probability is not None and not 0 <= found.probability <= SURE:
        raise Refused(
            _("A chance lies between 0 and 100 percent."), field="probability"
        )
    found.search = opportunity_search(found.name, found.external_id)


def _require_what_it_needs(by: Actor, found: Opportunity, stage: Stage) -> None:
    """
    Let an opportunity into ``stage`` that has what this asks for.

    What ``by`` does not read he is not asked for: the refusal would tell that it is empty.

    :raises Refused: naming the first field that is empty.
    """
    given: Mapping[str, Callable[[], object]] = {
        "customer": lambda: found.customer_id,
        "amount": lambda: found.amount,
        "expected_on": lambda: found.expected_on,
        "next_step": lambda: found.next_step,
    }
    asked = OPPORTUNITY.readable(by) & given.keys()
    for name in stage.needs:
        if name in asked and given[name]() in (None, ""):
            raise Refused(
                _("The stage “%(stage)s” asks for: %(field)s.")
                % {"stage": stage, "field": NEEDS[name]},
                field=name,
            )


def _close(
    found: Opportunity,
    state: OpportunityState,
    closed_on: date,
    note: str,
    at: datetime,
) -> None:
    if closed_on > localdate(at, get_default_timezone()):
        raise Refused(_("This day has not come yet."), field="closed_on")
    found.state, found.closed_on = state, closed_on
    found.close_note = note.strip()[:LONGEST_NOTE]
    _save(found, at)


def _locked(opportunity: Opportunity) -> Opportunity:
    rows = Opportunity.objects.select_for_update(of=("self",)).select_related("stage")
    found = rows.get(pk=opportunity.pk)
    if found.deleted_at is not None:
        raise Refused(_("This opportunity is in the trash. Restore it first."))
    return found


def _open(opportunity: Opportunity) -> Opportunity:
    found = _locked(opportunity)
    if found.state != OpportunityState.OPEN:
        raise Refused(_("This opportunity is closed. Open it again first."))
    return found


def _save(found: Opportunity, at: datetime) -> None:
    found.version += 1
    found.updated_at = at
    found.save()


def _about(found: Opportunity) -> dict[str, Any]:
    return {"opportunity_id": found.pk, "customer_id": found.customer_id}


def _audited(found: Opportunity) -> dict[str, str]:
    linked = {"customer", "product", "stage", "owner", "team", "objections"}
    values = {name: getattr(found, name) for name in OPPORTUNITY.fields.keys() - linked}
    values |= {"customer": found.customer_id, "product": found.product_id}
    return {k: "" if v is None else str(v) for k, v in values.items()}
