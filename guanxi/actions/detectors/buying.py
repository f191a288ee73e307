"""Conflicts between how a customer used to buy and how it buys now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import (
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Value,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.actions.detectors.base import WATCH, Parameter, Parameters, Watch
from guanxi.actions.models import DetectorRule
from guanxi.actions.rules import (
    Detector,
    Finding,
    Kind,
    Mode,
    due_on,
    importance_of,
    urgency_of,
)
from guanxi.analytics.queries import leaving_reasons, usual_return_days
from guanxi.customers.queries.contact_policy import left_in_peace
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_unprofiled
from guanxi.customers.rules import PurchaseState, Tier
from guanxi.sales.queries.order import orders

if TYPE_CHECKING:
    from guanxi.customers.models import Customer


def vital_silent(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield vital customers silent longer than their own rhythm allows."""
    limit = parameters["ratio"]
    known = _silent(as_of, limit, customer_id).filter(traits__tier=Tier.VITAL)
    for customer in known.iterator():
        allowed = (customer.traits.silence_limit_days or 1) * limit
        yield _finding(customer, as_of, _days(customer, as_of) / allowed)


def first_not_back(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield first-time buyers whose usual time of return has just passed."""
    usual = usual_return_days()
    if usual is None:
        return
    known = _known(as_of, customer_id).filter(
        traits__purchase_state=PurchaseState.FIRST_TIME,
        traits__last_order_on__lt=as_of - timedelta(days=usual),
        traits__last_order_on__gte=as_of
        - timedelta(days=usual * parameters["give_up"]),
    )
    for customer in known.iterator():
        finding = _finding(customer, as_of, _days(customer, as_of) / usual)
        finding.facts["rhythm"] = round(usual)
        yield finding


def amount_falling(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield customers still buying whose usual amount fell by a share."""
    fall = parameters["fall"]
    known = (
        _known(as_of, customer_id)
        .filter(
            traits__order_count__gte=parameters["orders"],
            traits__amount_trend__lte=1 - fall,
        )
        .exclude(pk__in=_silent(as_of, 1, customer_id).values("pk"))
    )
    for customer in known.iterator():
        share = 1 - (customer.traits.amount_trend or 0)
        finding = _finding(customer, as_of, share / fall)
        finding.facts["fall"] = round(share * 100)
        yield finding


def likely_to_leave(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """
    Yield vital and major customers whom the model holds likely to leave.

    A vital customer who is silent beyond his own rhythm is told by the rule of silence.
    """
    known = list(
        _known(as_of, customer_id)
        .filter(
            traits__tier__in=[Tier.VITAL, Tier.MAJOR],
            traits__churn_risk__gte=parameters["risk"],
            traits__expected_amount__gt=0,
        )
        .exclude(pk__in=_told_silent(as_of, customer_id).values("pk"))
    )
    reasons = leaving_reasons([customer.pk for customer in known]) if known else {}
    for customer in known:
        risk = customer.traits.churn_risk or 0
        loss = risk * (customer.traits.expected_amount or 0) / 100
        if loss < parameters["loss"]:
            continue
        finding = _finding(customer, as_of, risk / parameters["risk"])
        yield replace(
            finding,
            # Another fifth of the way to certainty is news; a few percent rarely are.
            fingerprint=f"{customer.traits.last_order_on}:{risk // 20}",
            facts={
                **finding.facts,
                "risk": risk,
                "total": str(round(loss, 2)),
                "leaving": [list(one) for one in reasons.get(customer.pk, ())],
            },
        )


def _told_silent(as_of: date, customer_id: int | None) -> "QuerySet[Customer]":
    """Return whom the rule of silence tells of, as the house has set it."""
    rule = DetectorRule.objects.filter(pk=Detector.VITAL_SILENT).first()
    if rule and rule.mode == Mode.OFF:
        return _known(as_of, customer_id).none()
    ratio = float(rule.parameters.get("ratio", _SILENCE)) if rule else _SILENCE
    return _silent(as_of, ratio, customer_id).filter(traits__tier=Tier.VITAL)


def _silent(as_of: date, limit: float, customer_id: int | None) -> "QuerySet[Customer]":
    since = ExpressionWrapper(
        Value(as_of, DateField()) - F("traits__last_order_on"), DurationField()
    )
    allowed = ExpressionWrapper(
        F("traits__silence_limit_days") * Value(timedelta(days=limit)), DurationField()
    )
    return _known(as_of, customer_id).alias(since=since).filter(since__gt=allowed)


def _days(customer: "Customer", as_of: date) -> int:
    """Return for how many days the customer has been silent."""
    last_on = customer.traits.last_order_on
    return (as_of - last_on).days if last_on else 0


def _known(as_of: date, customer_id: int | None) -> "QuerySet[Customer]":
    """
    Return the customers with traits that bought nothing since, up to ``as_of``.

    Nobody who objects to being profiled is among them.
    """
    newer = (
        orders(WATCH)
        .real()
        .filter(
            customer=OuterRef("pk"),
            ordered_on__gt=OuterRef("traits__last_order_on"),
            ordered_on__lte=as_of,
        )
    )
    known = (
        customers(WATCH)
        .filter(traits__last_order_on__lte=as_of)
        .exclude(Exists(newer))
        .exclude(is_unprofiled())
        # Whom the house leaves in peace is not called because of a silence.
        .exclude(left_in_peace())
        .select_related("traits")
        .only("owner_id", "team_id", "traits")
    )
    return known if customer_id is None else known.filter(pk=customer_id)


def _finding(customer: "Customer", as_of: date, ratio: float) -> Finding:
    traits = customer.traits
    urgency = urgency_of(ratio)
    return Finding(
        customer_id=customer.pk,
        owner_id=customer.owner_id,
        team_id=customer.team_id,
        object_kind="customer",
        object_id=customer.pk,
        urgency=urgency,
        importance=importance_of(traits.tier),
        due_on=due_on(as_of, urgency),
        # A silence that has doubled is news; another day of it is not.
        fingerprint=f"{traits.last_order_on}:{urgency}",
        facts={
            "days": _days(customer, as_of),
            "rhythm": round(traits.rhythm_days or 0),
            "total": str(traits.order_total),
            "count": traits.order_count,
            "last_on": str(traits.last_order_on),
        },
    )


_SILENCE, _LEAST_RISK, _LEAST_LOSS = 1.0, 60, 1_000
_SILENCE_URGENCY = _(
    "3 if the silence lasts at least twice the time allowed, 2 from one and a half times "
    "on, otherwise 1."
)

WATCHES = (
    Watch(
        detector=Detector.VITAL_SILENT,
        kind=Kind.CONTACT,
        evidence=gettext_noop(
            "Silent for %(days)s days; usually buys every %(rhythm)s days, "
            "%(count)s orders worth %(total)s so far."
        ),
        suggestion=gettext_noop("Call in person and ask what has changed."),
        explanation=_(
            "Compares the days since the last order with the customer's own gaps "
            "between purchase days, for vital customers only."
        ),
        urgency=_SILENCE_URGENCY,
        find=vital_silent,
        held_percent=5,
        parameters=(
            Parameter("ratio", _("Times the own limit of silence"), _SILENCE, 0.5, 5.0),
        ),
    ),
    Watch(
        detector=Detector.FIRST_NOT_BACK,
        kind=Kind.CONTACT,
        evidence=gettext_noop(
            "Bought once, %(days)s days ago for %(total)s; most who come back do so "
            "within %(rhythm)s days."
        ),
        suggestion=gettext_noop(
            "Ask how the first purchase went, offer the next step."
        ),
        explanation=_(
            "Compares the days since the first purchase with the time in which "
            "returning customers usually came back."
        ),
        urgency=_SILENCE_URGENCY,
        find=first_not_back,
        held_percent=10,
        parameters=(
            Parameter(
                "give_up",
                _("Give up after this many times the usual time"),
                2.0,
                1.1,
                10.0,
            ),
        ),
    ),
    Watch(
        detector=Detector.AMOUNT_FALLING,
        kind=Kind.CONTACT,
        evidence=gettext_noop(
            "The latest orders are %(fall)s%% smaller than before; %(count)s orders worth "
            "%(total)s so far."
        ),
        suggestion=gettext_noop(
            "Ask whether needs have changed or a competitor delivers."
        ),
        explanation=_("Compares the latest orders with the customer's earlier ones."),
        urgency=_(
            "3 if the amount fell at least twice as far as the rule watches for, 2 from "
            "one and a half times on, otherwise 1."
        ),
        find=amount_falling,
        held_percent=10,
        parameters=(
            Parameter("fall", _("Share by which the amount fell"), 0.4, 0.05, 0.95),
            Parameter("orders", _("Orders needed to judge"), 5, 3, 50),
        ),
    ),
    Watch(
        detector=Detector.LIKELY_TO_LEAVE,
        kind=Kind.CONTACT,
        evidence=gettext_noop(
            "Risk to leave %(risk)s%%: %(total)s of what is to be expected in 12 months "
            "may be lost. Last order %(days)s days ago, %(count)s orders so far."
        ),
        suggestion=gettext_noop(
            "Get in touch before it is quiet: ask what is needed next, and what went wrong."
        ),
        explanation=_(
            "Goes by the risk that the nightly model tells, for vital and major customers; "
            "what may be lost is the risk times the amount expected in 12 months. Vital "
            "customers who are silent beyond their own rhythm are told by that rule."
        ),
        urgency=_(
            "3 if the risk is at least twice the one the rule watches for, 2 from one and a "
            "half times on, otherwise 1."
        ),
        find=likely_to_leave,
        held_percent=10,
        parameters=(
            Parameter("risk", _("Risk to leave (%)"), _LEAST_RISK, 20, 95),
            Parameter(
                "loss",
                _("Least amount that may be lost"),
                _LEAST_LOSS,
                0,
                1_000_000_000,
            ),
        ),
    ),
)
