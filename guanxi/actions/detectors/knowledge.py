"""Customers to whom something applies that the house has learned."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.actions.detectors.base import WATCH, Parameter, Parameters, Watch
from guanxi.actions.models import ActionMessage, Draw, Knowledge
from guanxi.actions.rules import (
    LOW,
    Detector,
    Finding,
    Kind,
    MessageState,
    due_on,
    importance_of,
)
from guanxi.actions.rules.effect import quarter_of
from guanxi.customers.queries.contact_policy import left_in_peace
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_unprofiled
from guanxi.customers.queries.segment import segment_members, segments
from guanxi.identity.queries import active_user

if TYPE_CHECKING:
    from guanxi.customers.models import Customer

_SETTLED = (MessageState.DONE, MessageState.DISMISSED)


def knowledge_applies(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """
    Yield, for each thing known that is applied, the most valuable customers it is about.

    Of each owner so many as he can deal with; of one customer only what was told already:
    others may matter more.
    """
    applied = Knowledge.objects.filter(
        is_applied=True, ended_at=None, segment__deleted_at=None
    )
    for item in applied.select_related("segment").order_by("pk"):
        for customer in _about(item, as_of, int(parameters["most"]), customer_id):
            yield _finding(item, customer, as_of)


def _about(
    item: Knowledge, as_of: date, most: int, customer_id: int | None
) -> "QuerySet[Customer]":
    """Return whom to tell of now: not those dealt with, nor those held out."""
    assert item.segment is not None
    told = ActionMessage.objects.filter(
        detector=Detector.KNOWLEDGE, object_kind=item.trial, object_id=OuterRef("pk")
    )
    held = Draw.objects.filter(
        detector=item.trial,
        quarter_on=quarter_of(as_of),
        is_held=True,
        customer=OuterRef("pk"),
    )
    busy = customers(WATCH).filter(is_unprofiled() | left_in_peace())
    members = segment_members(WATCH, item.segment).order_by()
    rows = (
        members.filter(
            ~Exists(told.filter(state__in=_SETTLED)),
            ~Exists(held),
            owner_id__in=_readers(members, item),
        )
        .exclude(pk__in=busy.order_by().values("pk"))
        .select_related("traits")
    )
    if customer_id is not None:
        return rows.filter(Exists(told.filter(state=MessageState.OPEN)), pk=customer_id)
    worth = Window(
        RowNumber(),
        partition_by=F("owner_id"),
        order_by=[F("traits__order_total").desc(nulls_last=True), F("pk").asc()],
    )
    return rows.annotate(place=worth).filter(place__lte=most)


def _readers(members: "QuerySet[Customer]", item: Knowledge) -> list[int]:
    """
    Return the owners who may see the segment.

    To hear that a customer belongs to it tells what its conditions ask.
    """
    about = item.segment_id or 0
    owners = members.filter(owner__is_active=True).values_list("owner_id", flat=True)
    found = (active_user(pk) for pk in owners.distinct() if pk)
    return [one.pk for one in found if one and segments(one).filter(pk=about).exists()]


def _finding(item: Knowledge, customer: "Customer", as_of: date) -> Finding:
    return Finding(
        customer_id=customer.pk,
        owner_id=customer.owner_id,
        team_id=customer.team_id,
        object_kind=item.trial,
        object_id=customer.pk,
        urgency=LOW,
        importance=importance_of(customer.traits.tier),
        due_on=due_on(as_of, LOW),
        fingerprint=item.trial,
        facts={
            "knowledge": item.title,
            "statement": item.statement,
            "advice": item.advice,
        },
        trial=item.trial,
    )


WATCHES = (
    Watch(
        detector=Detector.KNOWLEDGE,
        kind=Kind.CONTACT,
        evidence=gettext_noop("%(statement)s"),
        suggestion=gettext_noop("%(advice)s"),
        explanation=_(
            "Goes by what is recorded under customer knowledge and set to be applied: for "
            "each, the most valuable customers of its segment, to owners who may see the "
            "segment, until they are dealt with."
        ),
        urgency=_("Always 1."),
        find=knowledge_applies,
        held_percent=10,
        parameters=(
            Parameter(
                "most", _("Messages for one owner about one thing, at most"), 5, 1, 100
            ),
        ),
    ),
)
