"""Keep in touch with peers, and make leads of what they tell."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from guanxi.customers.commands.customer import create_customer
from guanxi.customers.events import PeerChanged, PeerRegistered, PeerRemoved, TipLogged
from guanxi.customers.models import Peer, Tip
from guanxi.customers.policies import PEER
from guanxi.customers.queries.consent import house_day
from guanxi.customers.rules import Form, PointKind
from guanxi.customers.rules.peer import (
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_PHONE,
    TIP_SOURCE,
    DealOutcome,
)
from guanxi.customers.rules.point import Point
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish


class BadPeer(Refused):
    """A peer has a name, and sells something that goes with ours."""

    code = "bad_peer"


class BadTip(Refused):
    """A tip says what is needed, and was told on a day that has come."""

    code = "bad_tip"


class PeerFacts(TypedDict, total=False):
    """What can be said of a peer; what is left out stays."""

    name: str
    company: str
    product: str
    is_upstream: bool
    phone: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Lead:
    """Who needs something: a person or an organization, with a phone if it is known."""

    name: str
    form: Form = Form.PERSON
    phone: str = ""


@command(needs="peer.create")
def register_peer(by: Actor, *, at: datetime, **facts: Unpack[PeerFacts]) -> Peer:
    """
    Register a peer, who is the registering colleague's own.

    :raises BadPeer: without a name or a product, or for what is too long.
    """
    new = Peer(owner_id=by.actor_id, team_id=by.team_id, created_at=at)
    _fill(by, new, facts)
    new.save(force_insert=True)
    publish(PeerRegistered(peer_id=new.pk, at=at))
    return new


@command(needs="peer.edit")
def change_peer(
    by: Actor, peer: Peer, *, at: datetime, **facts: Unpack[PeerFacts]
) -> Peer:
    """
    Say something else of a peer.

    :raises BadPeer: as `register_peer`.
    """
    _fill(by, peer, facts)
    peer.save()
    publish(PeerChanged(peer_id=peer.pk, at=at))
    return peer


@command(needs="peer.delete")
def remove_peer(by: Actor, peer: Peer, *, at: datetime) -> None:
    """Forget a peer and what was told; the leads stay."""
    pk = peer.pk
    peer.delete()
    publish(PeerRemoved(peer_id=pk, at=at))


@command(needs="peer.edit")
def log_tip(
    by: Actor,
    peer: Peer,
    lead: Lead,
    *,
    outcome: DealOutcome,
    need: str,
    told_on: date,
    at: datetime,
) -> Tip:
    """
    Make a potential customer of whom ``peer`` told after a deal won or lost.

    :raises BadTip: without a need, or for a day that is still to come.
    :raises Refused: as `create_customer`; Denied for who may enter no customers.
    """
    if not 0 < len(need.strip()) <= LONGEST_NOTE:
        told = _("Say what is needed, in at most 2,000 characters.")
        raise BadTip(told, field="need")
    if told_on > house_day(at):
        raise BadTip(_("This day is still to come."), field="told_on")
    points = [Point(PointKind.PHONE, lead.phone)] if lead.phone else []
    customer = create_customer(
        by, name=lead.name, at=at, points=points, form=lead.form, source=TIP_SOURCE
    )
    tip = Tip.objects.create(
        peer_id=peer.pk,
        customer=customer,
        outcome=outcome,
        need=need.strip(),
        told_on=told_on,
        made_by_id=by.actor_id,
        made_at=at,
    )
    told_of = TipLogged(
        customer_id=customer.pk, tip_id=tip.pk, outcome=outcome.value, at=at
    )
    publish(told_of)
    return tip


def _fill(by: Actor, peer: Peer, facts: PeerFacts) -> None:
    for name, value in facts.items():
        if name in PEER.fields and PEER.level(by, name) < _needed(name):
            raise Denied(PEER.permission("edit"))
        setattr(peer, name, value)
    for name, most in (("name", LONGEST_NAME), ("product", LONGEST_NAME)):
        if not 0 < len(getattr(peer, name).strip()) <= most:
            told = _("Enter something, at most 120 characters.")
            raise BadPeer(told, field=name)
    if len(peer.company) > LONGEST_NAME:
        raise BadPeer(_("Write at most 120 characters."), field="company")
    if len(peer.phone) > LONGEST_PHONE or len(peer.note) > LONGEST_NOTE:
        raise BadPeer(_("This is too long."), field="note")


def _needed(name: str) -> Level:
    # What everybody sees of a peer is said by whoever may register one.
    return Level.READ if name in PEER.always else Level.WRITE
