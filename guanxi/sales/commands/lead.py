"""Record leads, take them out of the pool, keep in touch, and let them go."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _

from guanxi.customers.rules.investment import ContactMode
from guanxi.customers.rules.point import plain_place
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.emails import parse_email
from guanxi.foundation.errors import Conflict, Denied, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.names import pinyin_forms
from guanxi.foundation.phones import parse_phone
from guanxi.foundation.search_text import search_text
from guanxi.sales.commands.lead_rule import (
    give_by_rule,
    tell_of_leads,
    terms_in_force,
)
from guanxi.sales.events import (
    LeadChanged,
    LeadClaimed,
    LeadContacted,
    LeadCreated,
    LeadDiscarded,
    LeadGiven,
    LeadReleased,
    LeadReopened,
    LeadRestored,
    LeadTrashed,
)
from guanxi.sales.models import Lead, LeadClaim, Product
from guanxi.sales.policies import LEAD
from guanxi.sales.queries.lead import in_reach
from guanxi.sales.rules.lead import (
    LONGEST_NOTE,
    DiscardReason,
    LeadState,
    Origin,
    protected_until,
)
from guanxi.sales.rules.opportunity import LARGEST_AMOUNT

if TYPE_CHECKING:
    from guanxi.customers.models import Customer
    from guanxi.identity.models import User

DAY = timedelta(days=1)


class LeadFacts(TypedDict, total=False):
    """What a person may say about a lead; what is left out stays as it is."""

    name: str
    company: str
    phone: str
    email: str
    province: str
    city: str
    product: Product | None
    amount: Decimal | None
    origin: Origin
    origin_note: str
    referrer: "Customer | None"
    has_need: bool | None
    has_motive: bool | None
    has_means: bool | None
    is_new: bool | None
    next_contact_on: date | None
    note: str
    external_id: str


@command(needs="lead.create")
def create_lead(
    by: Actor,
    /,
    *,
    at: datetime,
    is_mine: bool = False,
    **facts: Unpack[LeadFacts],
) -> Lead:
    """
    Record a lead, for whom ``by`` is or else for whom the rules say, or the public pool.

    :raises Refused: without a name or a company, for a wrong phone or address.
    :raises Denied: for a field ``by`` may not write.
    """
    made = Lead(team_id=by.team_id, created_at=at, updated_at=at)
    _set(by, made, facts)
    if is_mine and by.actor_id:
        made.owner_id, made.given_at = by.actor_id, at
        made.protected_until = protected_until(at, terms_in_force().protect_days)
    made.save()
    publish(LeadCreated(**_about(made), at=at))
    if made.owner_id is None:
        give_by_rule(made, at=at)
    return made


@command(needs="lead.edit")
def change_lead(
    by: Actor, lead: Lead, *, version: int, at: datetime, **facts: Unpack[LeadFacts]
) -> Lead:
    """
    Describe a lead otherwise.

    :raises Refused: as `create_lead`, or if it is in the trash or converted.
    :raises Conflict: if somebody changed it since ``version``.
    """
    found = _locked(lead)
    if found.version != version:
        raise Conflict(
            _(
                "Somebody else has changed this lead meanwhile. Look at it again, then "
                "make your change."
            )
        )
    if found.state == LeadState.CONVERTED:
        raise Refused(_("This lead has become a customer; change it there."))
    before = _audited(found)
    _set(by, found, facts)
    _save(found, at)
    changes = changes_of(LEAD, before, _audited(found))
    publish(LeadChanged(**_about(found), at=at), changes=changes)
    return found


@command(needs="lead.edit")
def contact_lead(
    by: Actor,
    lead: Lead,
    *,
    mode: ContactMode,
    note: str,
    next_on: date | None = None,
    at: datetime,
) -> Lead:
    """
    Log that somebody was in touch with an open lead; its protection begins anew.

    :raises Refused: if it is not open, without a word on what was said, or for a day past.
    """
    found = _open(lead)
    if not note.strip():
        raise Refused(_("Say what came of it."), field="note")
    if next_on and next_on < localdate(at, get_default_timezone()):
        raise Refused(_("This day is past."), field="next_on")
    found.state, found.contacted_at, found.next_contact_on = (
        LeadState.WORKING,
        at,
        next_on,
    )
    if found.owner_id:
        days = terms_in_force().protect_days
        found.protected_until = protected_until(at, days)
    _save(found, at)
    told = note.strip()[:LONGEST_NOTE]
    publish(LeadContacted(**_about(found), mode=mode.value, note=told, at=at))
    return found


@command(needs="lead.claim")
def claim_lead(by: Actor, pk: int, /, *, at: datetime) -> Lead:
    """
    Take a lead out of the public pool for oneself.

    :raises Refused: if it is not, or no longer, in the pool that ``by`` reaches, or he
        holds or took as many as may be.
    """
    rows = Lead.objects.pooled().filter(in_reach(by), pk=pk)
    found = rows.select_for_update(of=("self",)).first()
    if found is None or not by.actor_id:
        raise Refused(
            _("The lead is not in the pool: perhaps a colleague was quicker.")
        )
    _require_room(by, at)
    terms = terms_in_force()
    found.owner_id, found.team_id, found.given_at = by.actor_id, by.team_id, at
    found.protected_until = protected_until(at, terms.protect_days)
    _save(found, at)
    LeadClaim.objects.create(lead=found, user_id=by.actor_id, at=at)
    publish(LeadClaimed(**_about(found), at=at))
    return found


@command(needs="lead.edit")
def release_lead(by: Actor, lead: Lead, *, at: datetime) -> Lead:
    """
    Put an open lead back into the public pool.

    :raises Refused: if it is not open, or lies there already.
    """
    found = _open(lead)
    if found.owner_id is None:
        raise Refused(_("The lead lies in the public pool."))
    found.owner_id = found.protected_until = None
    _save(found, at)
    publish(LeadReleased(**_about(found), at=at))
    return found


@command(needs="lead.assign")
def assign_lead(by: Actor, lead: Lead, owner: "User", *, at: datetime) -> Lead:
    """
    Give an open lead to ``owner``; its protection begins anew.

    :raises Refused: if it is not open, or for somebody who cannot sign in any more.
    """
    found = _open(lead)
    if not owner.is_active:
        raise Refused(
            _("%(name)s cannot sign in any more. Choose somebody else.")
            % {"name": owner.name},
            field="owner",
        )
    found.owner_id, found.team_id, found.given_at = owner.pk, owner.team_id, at
    found.protected_until = protected_until(at, terms_in_force().protect_days)
    _save(found, at)
    publish(LeadGiven(**_about(found), owner_name=owner.name, at=at))
    if by.actor_id not in (None, owner.pk):
        tell_of_leads(owner.pk, 1, at=at)
    return found


@command(needs="lead.edit")
def discard_lead(
    by: Actor, lead: Lead, *, reason: DiscardReason, note: str = "", at: datetime
) -> Lead:
    """
    Close an open lead that comes to nothing.

    :raises Refused: if it is not open.
    """
    found = _open(lead)
    found.state, found.discard_reason = LeadState.DISCARDED, reason
    found.next_contact_on = None
    if note.strip():
        found.note = "\n".join(filter(None, (found.note, note.strip())))[:LONGEST_NOTE]
    _save(found, at)
    publish(LeadDiscarded(**_about(found), reason=reason, at=at))
    return found


@command(needs="lead.edit")
def reopen_lead(by: Actor, lead: Lead, *, at: datetime) -> Lead:
    """
    Open a discarded lead again.

    :raises Refused: if it is not discarded.
    """
    found = _locked(lead)
    if found.state != LeadState.DISCARDED:
        raise Refused(_("Only discarded leads can be opened again."))
    was_contacted = found.contacted_at is not None
    found.state = LeadState.WORKING if was_contacted else LeadState.NEW
    found.discard_reason = ""
    if found.owner_id:
        found.protected_until = protected_until(at, terms_in_force().protect_days)
    _save(found, at)
    publish(LeadReopened(**_about(found), at=at))
    return found


@command(needs="lead.delete")
def trash_lead(by: Actor, lead: Lead, *, at: datetime) -> Lead:
    """Put a lead into the trash."""
    found = Lead.objects.select_for_update().get(pk=lead.pk)
    if found.deleted_at is None:
        found.deleted_at = at
        _save(found, at)
        publish(LeadTrashed(**_about(found), at=at))
    return found


@command(needs="lead.delete")
def restore_lead(by: Actor, lead: Lead, *, at: datetime) -> Lead:
    """Take a lead out of the trash."""
    found = Lead.objects.select_for_update().get(pk=lead.pk)
    if found.deleted_at is not None:
        found.deleted_at = None
        _save(found, at)
        publish(LeadRestored(**_about(found), at=at))
    return found


def _set(by: Actor, found: Lead, facts: Mapping[str, Any]) -> None:
    """Write ``facts`` into the unsaved lead, and what follows from them."""
    hidden = facts.keys() - LEAD.writable(by)
    if hidden:
        raise Denied(f"lead.{min(hidden)}")
    for name, value in facts.items():
        setattr(found, name, value.strip() if isinstance(value, str) else value)
    if not found.name and not found.company:
        raise Refused(_("Enter a name or a company."), field="name")
    found.name = found.name or found.company
    try:
        if "phone" in facts and found.phone:
            found.phone = parse_phone(found.phone).e164
    except Invalid as error:
        raise Refused(str(error), field="phone") from error
    try:
        if "email" in facts and found.email:
            found.email = parse_email(found.email).address
    except Invalid as error:
        raise Refused(str(error), field="email") from error
    if found.amount is not None and not 0 <= found.amount <= LARGEST_AMOUNT:
        text = _("An amount lies between zero and a million million.")
        raise Refused(text, field="amount")
    found.province, found.city = plain_place(found.province), plain_place(found.city)
    found.search = search_text(
        found.name,
        *pinyin_forms(found.name).all,
        found.company,
        *pinyin_forms(found.company).all,
        found.external_id,
    )


def _require_room(by: Actor, at: datetime) -> None:
    """
    Let only somebody claim who holds, and has claimed within a day, less than may be.

    :raises Refused: saying which limit it is.
    """
    terms = terms_in_force()
    if terms.most_held:
        held = Lead.objects.open().filter(owner_id=by.actor_id).count()
        if held >= terms.most_held:
            raise Refused(
                _(
                    "You hold %(count)s open leads, and no more may be. Convert, discard or "
                    "release some first."
                )
                % {"count": held}
            )
    if terms.most_claims:
        recent = LeadClaim.objects.filter(user_id=by.actor_id or 0, at__gt=at - DAY)
        if recent.count() >= terms.most_claims:
            raise Refused(
                _("You may claim %(count)s leads within a day. Come back tomorrow.")
                % {"count": terms.most_claims}
            )


def _locked(lead: Lead) -> Lead:
    found = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    if found.deleted_at is not None:
        raise Refused(_("This lead is in the trash. Restore it first."))
    return found


def _open(lead: Lead) -> Lead:
    found = _locked(lead)
    if not found.is_open:
        raise Refused(_("This lead is closed."))
    return found


def _save(found: Lead, at: datetime) -> None:
    found.version += 1
    found.updated_at = at
    found.save()


def _about(found: Lead) -> dict[str, Any]:
    return {"lead_id": found.pk, "customer_id": found.customer_id}


def _audited(found: Lead) -> dict[str, str]:
    linked = {"product", "referrer", "customer", "owner", "team"}
    values = {name: getattr(found, name) for name in LEAD.fields.keys() - linked}
    values |= {"product": found.product_id, "referrer": found.referrer_id}
    return {k: "" if v is None else str(v) for k, v in values.items()}
