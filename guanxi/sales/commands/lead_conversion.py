"""A lead becomes a customer, with its whole story, and perhaps an opportunity."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _

from guanxi.customers.commands.customer import create_customer
from guanxi.customers.commands.relation import add_relation
from guanxi.customers.rules import Form, PointKind, RelationKind, State
from guanxi.customers.rules.point import Place, Point
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.identity.queries import active_user
from guanxi.sales.commands.opportunity import create_opportunity
from guanxi.sales.events import LeadConverted
from guanxi.sales.models import Lead, Opportunity, Stage
from guanxi.sales.rules.lead import TEST, LeadState

if TYPE_CHECKING:
    from guanxi.customers.models import Customer

# What was said before it had a customer stands on that customer's timeline now.
_STORY = """
    UPDATE foundation_loggedevent SET party_id = %s
    WHERE kind = 'lead' AND subject_id = %s AND party_id IS NULL
"""


@dataclass(frozen=True)
class NewDeal:
    """The opportunity that a lead becomes beside a customer."""

    name: str
    stage: Stage
    amount: Decimal | None = None
    expected_on: date | None = None


@command(needs="lead.edit")
def convert_lead(
    by: Actor,
    lead: Lead,
    *,
    customer: "Customer | None" = None,
    deal: NewDeal | None = None,
    at: datetime,
) -> Lead:
    """
    Make a potential customer of a lead, or join it to ``customer`` who is there already.

    A company becomes an organization for which the person of the lead works. Who
    referred the lead is related to the new customer. The story of the lead goes along.

    :raises Refused: if it is not open, or the test of a potential customer is not passed
        and it is no customer yet.
    :raises Denied: if ``by`` may not create customers, or opportunities.
    """
    found = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    if found.deleted_at is not None or not found.is_open:
        raise Refused(_("This lead is closed."))
    if customer is None:
        _require_test(found)
        customer = _new_customer(by, found, at)
    found.customer = customer
    if deal:
        found.opportunity = _new_opportunity(by, found, deal, at)
    found.state, found.converted_at = LeadState.CONVERTED, at
    found.next_contact_on = found.protected_until = None
    if found.owner_id is None:
        found.owner_id, found.team_id = by.actor_id, by.team_id
    found.version += 1
    found.updated_at = at
    found.save()
    with connection.cursor() as cursor:
        cursor.execute(_STORY, [customer.pk, found.pk])
    told = LeadConverted(
        lead_id=found.pk,
        customer_id=customer.pk,
        opportunity_id=found.opportunity_id,
        at=at,
    )
    publish(told)
    return found


def _require_test(lead: Lead) -> None:
    """
    Let only those become potential customers who pass the test.

    :raises Refused: naming what is missing.
    """
    if lead.failed:
        missing = _(", ").join(str(TEST[key]) for key in lead.failed)
        raise Refused(
            _("Not a potential customer yet. Still to be affirmed: %(missing)s.")
            % {"missing": missing}
        )


def _new_customer(by: Actor, lead: Lead, at: datetime) -> "Customer":
    """Create the customer of a lead: the company with its person, or the person alone."""
    is_company = bool(lead.company)
    owner = active_user(lead.owner_id) if lead.owner_id else None
    points = [
        Point(kind, text)
        for kind, text in (
            (PointKind.PHONE, lead.phone),
            (PointKind.EMAIL, lead.email),
        )
        if text
    ]
    place = Place(province=lead.province, city=lead.city)
    has_person = is_company and lead.name != lead.company
    made = create_customer(
        by,
        name=lead.company or lead.name,
        form=Form.ORGANIZATION if is_company else Form.PERSON,
        state=State.POTENTIAL,
        owner=owner,
        points=[] if has_person else points,
        place=place if place else None,
        note=lead.note,
        at=at,
    )
    if has_person:
        person = create_customer(
            by,
            name=lead.name,
            form=Form.PERSON,
            state=State.POTENTIAL,
            owner=owner,
            points=points,
            at=at,
        )
        add_relation(by, person, target=made, kind=RelationKind.WORKS_FOR, at=at)
    if lead.referrer and lead.referrer != made:
        add_relation(
            by, made, target=lead.referrer, kind=RelationKind.REFERRED_BY, at=at
        )
    return made


def _new_opportunity(by: Actor, lead: Lead, deal: NewDeal, at: datetime) -> Opportunity:
    return create_opportunity(
        by,
        stage=deal.stage,
        owner=active_user(lead.owner_id) if lead.owner_id else None,
        name=deal.name,
        customer=lead.customer,
        product=lead.product,
        amount=deal.amount,
        expected_on=deal.expected_on,
        at=at,
    )
