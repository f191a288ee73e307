"""Propose who is a key customer, and carry out what people say to it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.analytics.events import (
    KeyProposalAccepted,
    KeyProposalDeclined,
    KeyProposalReopened,
)
from guanxi.analytics.models import KeyProposal
from guanxi.analytics.rules import ProposalState
from guanxi.analytics.science.key_customer import KeyFigures, KeySettings, has_moved
from guanxi.customers.commands.customer import change_customer
from guanxi.customers.queries.customer import customer
from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish

TOGETHER = 2_000
_WRITTEN = ("becomes_key", "orders", "amount", "profit_rate", "asked", "state")


class ProposalSettled(Refused):
    """Somebody has decided about the proposal before."""

    code = "proposal_settled"


@command(needs="customer.score")
def store_key_proposals(
    by: Actor,
    found: Mapping[int, tuple[bool, KeyFigures]],
    *,
    rule: KeySettings,
    at: datetime,
) -> int:
    """
    Keep who is to become a key customer and who no longer is one, with the figures.

    What is proposed no more goes; what was declined stays so until a figure moves by a
    fifth or the rule changes. Return how many proposals are new.

    :raises Denied: for whoever does not speak for all customers: what is not found goes.
    """
    if by.grants.depth("customer.score") is not Depth.ALL:
        raise Denied("customer.score")
    known = {row.customer_id: row for row in KeyProposal.objects.select_for_update()}
    gone = [
        row.pk
        for pk, row in known.items()
        if pk not in found and row.state != ProposalState.ACCEPTED
    ]
    KeyProposal.objects.filter(pk__in=gone).delete()
    asked = {name: str(value or "") for name, value in asdict(rule).items()}
    fresh = [
        _row(pk, *told, asked, at) for pk, told in found.items() if pk not in known
    ]
    KeyProposal.objects.bulk_create(fresh, batch_size=TOGETHER)
    moved = [row for pk, row in known.items() if _renew(row, found.get(pk), asked, at)]
    fields = (*_WRITTEN, "found_at", "decided_at", "decided_by")
    KeyProposal.objects.bulk_update(moved, fields, batch_size=TOGETHER)
    return len(fresh)


@command(needs="key_proposal.decide")
def accept_key_proposal(
    by: Actor, proposal: KeyProposal, *, at: datetime
) -> KeyProposal:
    """
    Make the customer a key customer, or let it be one no longer, as proposed.

    :raises ProposalSettled: if somebody has decided before.
    :raises Denied: if ``by`` may not change the customer.
    """
    held = _held(proposal, ProposalState.OPEN)
    _mark(by, held, at=at, is_key=held.becomes_key)
    return _decide(by, held, ProposalState.ACCEPTED, at)


@command(needs="key_proposal.decide")
def decline_key_proposal(
    by: Actor, proposal: KeyProposal, *, at: datetime
) -> KeyProposal:
    """
    Leave the customer as it is; this is not proposed again until the facts change.

    :raises ProposalSettled: if somebody has decided before.
    """
    return _decide(by, _held(proposal, ProposalState.OPEN), ProposalState.DECLINED, at)


@command(needs="key_proposal.decide")
def reopen_key_proposal(
    by: Actor, proposal: KeyProposal, *, at: datetime
) -> KeyProposal:
    """
    Take back what was said; the customer is again what it was before.

    :raises ProposalSettled: if the proposal is open.
    :raises Denied: if ``by`` may not change the customer.
    """
    held = _held(proposal, ProposalState.ACCEPTED, ProposalState.DECLINED)
    if held.state == ProposalState.ACCEPTED:
        _mark(by, held, at=at, is_key=not held.becomes_key)
    return _decide(by, held, ProposalState.OPEN, at)


def forget_key_proposal(customer_id: int) -> None:
    """Remove what is proposed about somebody who objects to being judged."""
    KeyProposal.objects.filter(customer=customer_id).delete()


def _row(
    pk: int,
    becomes_key: bool,  # noqa: FBT001 -- one of the pair that was found
    figures: KeyFigures,
    asked: Mapping[str, str],
    at: datetime,
) -> KeyProposal:
    told = asdict(figures)
    return KeyProposal(
        customer_id=pk, becomes_key=becomes_key, asked=asked, found_at=at, **told
    )


def _renew(
    row: KeyProposal,
    told: tuple[bool, KeyFigures] | None,
    asked: Mapping[str, str],
    at: datetime,
) -> bool:
    """Write into ``row`` what was found now; tell whether that is something else."""
    if told is None:
        return False
    becomes_key, figures = told
    is_declined = row.state == ProposalState.DECLINED
    is_same = (row.becomes_key, row.asked) == (becomes_key, asked)
    if is_declined and is_same and not has_moved(row.figures, figures):
        return False
    if row.state == ProposalState.OPEN and is_same and row.figures == figures:
        return False
    fresh = _row(row.customer_id, becomes_key, figures, asked, at)
    for name in (*_WRITTEN, "found_at", "decided_at", "decided_by_id"):
        setattr(row, name, getattr(fresh, name))
    return True


def _held(proposal: KeyProposal, *states: ProposalState) -> KeyProposal:
    held = KeyProposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state not in states:
        raise ProposalSettled(_("Somebody else has decided this meanwhile."))
    return held


def _mark(by: Actor, held: KeyProposal, *, at: datetime, is_key: bool) -> None:
    found = customer(by, held.customer_id)
    change_customer(by, found, version=found.version, at=at, is_key=is_key)


def _decide(
    by: Actor, held: KeyProposal, state: ProposalState, at: datetime
) -> KeyProposal:
    is_open = state is ProposalState.OPEN
    held.state = state
    held.decided_at = None if is_open else at
    held.decided_by_id = None if is_open else by.actor_id
    held.save(update_fields=["state", "decided_at", "decided_by"])
    event = {
        ProposalState.OPEN: KeyProposalReopened,
        ProposalState.ACCEPTED: KeyProposalAccepted,
        ProposalState.DECLINED: KeyProposalDeclined,
    }[state]
    publish(
        event(
            proposal_id=held.pk,
            customer_id=held.customer_id,
            becomes_key=held.becomes_key,
            at=at,
        )
    )
    return held
