"""What could be offered to a customer next, because others like it bought it."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, F, OuterRef, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.actions.detectors.base import WATCH, Parameter, Parameters, Watch
from guanxi.actions.models import ActionMessage
from guanxi.actions.rules import (
    LOW,
    Detector,
    Finding,
    Kind,
    MessageState,
    due_on,
    importance_of,
)
from guanxi.analytics.queries import first_offers
from guanxi.customers.queries.contact_policy import left_in_peace
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_unprofiled

OBJECT = "next_product"


def offer_next(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """
    Yield the strongest suggestions of each owner, so many as he can deal with.

    Of one customer only what he was told of already: others may be stronger.
    """
    told = ActionMessage.objects.filter(
        detector=Detector.OFFER_NEXT, object_kind=OBJECT, object_id=OuterRef("pk")
    )
    is_settled = Exists(told.filter(state__in=_SETTLED))
    busy = customers(WATCH).filter(is_unprofiled() | left_in_peace())
    rows = first_offers(WATCH).filter(
        ~is_settled,
        customer__owner__is_active=True,
        share__gte=parameters["share"] / 100,
    )
    rows = rows.exclude(customer__in=busy.order_by().values("pk"))
    if customer_id is not None:
        is_open = Exists(told.filter(state=MessageState.OPEN))
        rows = rows.filter(is_open, customer=customer_id)
    strongest = Window(
        RowNumber(),
        partition_by=F("customer__owner_id"),
        order_by=[F("share").desc(), F("pk").asc()],
    )
    rows = rows.annotate(place=strongest).filter(place__lte=int(parameters["most"]))
    for row in rows.select_related("customer__traits", "product", "ground").iterator():
        customer = row.customer
        yield Finding(
            customer_id=customer.pk,
            owner_id=customer.owner_id,
            team_id=customer.team_id,
            object_kind=OBJECT,
            object_id=row.pk,
            urgency=LOW,
            importance=importance_of(customer.traits.tier),
            due_on=due_on(as_of, LOW),
            fingerprint=str(row.product_id),
            facts={
                "product": row.product.name,
                "share": round(100 * row.ground.share),
                "base": round(100 * row.ground.base),
            },
        )


_SETTLED = (MessageState.DONE, MessageState.DISMISSED)

WATCHES = (
    Watch(
        detector=Detector.OFFER_NEXT,
        kind=Kind.CONTACT,
        evidence=gettext_noop(
            "Does not have %(product)s; %(share)s%% of the customers like it bought it"
            " (all: %(base)s%%)."
        ),
        suggestion=gettext_noop(
            "Offer %(product)s, and record on the customer's page what came of it."
        ),
        explanation=_(
            "The product that is proposed first for a customer, by the goods it bought"
            " or by customers of the same class; the strongest ones of each owner, until"
            " they are offered."
        ),
        urgency=_("Always 1."),
        find=offer_next,
        held_percent=10,
        parameters=(
            Parameter(
                "share", _("Share of others like it who bought it (%)"), 30, 1, 100
            ),
            Parameter("most", _("Messages for one owner, at most"), 5, 1, 100),
        ),
    ),
)
