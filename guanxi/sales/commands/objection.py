"""Record what speaks against a sale, and take the answer through its five steps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Conflict, Denied, NotVisible, Refused
from guanxi.foundation.events import publish
from guanxi.sales.events import (
    ObjectionAnswered,
    ObjectionClassified,
    ObjectionRaised,
    ObjectionRemoved,
    ObjectionRestored,
    ObjectionStepped,
)
from guanxi.sales.models import Objection, Opportunity, Product
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.rules.objection import (
    ASKED,
    FACTS,
    LAST_STEP,
    LONGEST_TEXT,
    MOST_PARTS,
    STEPS,
    Nature,
    ObjectionKind,
    PayWay,
    PriceSide,
    pay_ways,
)

MOST = 100
FEWEST_PARTS = 2


class ObjectionFacts(TypedDict, total=False):
    """What one may say about an objection; what is left out stays as it is."""

    said: str
    feeling: str
    kind: ObjectionKind
    nature: Nature
    cause: str
    price_side: PriceSide | str
    product: Product | None
    shown: str
    pay_way: PayWay | str
    parts: int | None
    agreed: str


@command(needs="opportunity.edit")
def raise_objection(
    by: Actor,
    opportunity: Opportunity,
    *,
    kind: ObjectionKind,
    nature: Nature = Nature.TRUE,
    said: str,
    at: datetime,
) -> Objection:
    """
    Record an objection in the customer's words: the first step is taken by it.

    :raises Refused: without words, in the trash, or beyond `MOST` of one opportunity.
    :raises Denied: if ``by`` may not write objections.
    """
    found = _held(by, opportunity)
    if Objection.objects.filter(opportunity=found).count() >= MOST:
        text = _("There are %(most)d objections to this opportunity already.")
        raise Refused(text % {"most": MOST})
    made = Objection(opportunity=found, created_at=at, updated_at=at)
    _set(made, {"kind": kind, "nature": nature, "said": said})
    _require_step(made, 1)
    made.save()
    publish(ObjectionRaised(**_about(made), said=made.said, at=at))
    return made


@command(needs="opportunity.edit")
def change_objection(
    by: Actor,
    opportunity: Opportunity,
    *,
    objection_id: int,
    step: int | None = None,
    version: int | None = None,
    at: datetime,
    **facts: Unpack[ObjectionFacts],
) -> Objection:
    """
    Say what was learned about an objection, or answered; with ``step`` that one is taken.

    :raises Refused: for a step before its turn, without what it asks for, or a way of
        paying that is not offered against such an objection.
    :raises Conflict: if somebody changed it since ``version``.
    :raises NotVisible: if the opportunity has no such objection.
    :raises Denied: if ``by`` may not write objections.
    """
    found = _locked(_held(by, opportunity), objection_id)
    if version is not None and version != found.version:
        raise Conflict(
            _(
                "Somebody else has changed this objection meanwhile. Look at it again, "
                "then make your change."
            )
        )
    before = found.kind, found.nature
    _set(found, facts)
    _require_pay_way(found, is_asked="pay_way" in facts)
    if (found.kind, found.nature) != before:
        publish(ObjectionClassified(**_about(found), nature=found.nature, at=at))
    if step is not None:
        _take(found, step, at)
    _save(found, at)
    return found


@command(needs="opportunity.edit")
def remove_objection(
    by: Actor, opportunity: Opportunity, *, objection_id: int, at: datetime
) -> None:
    """
    Take an objection off the record.

    :raises NotVisible: if the opportunity has no such objection.
    :raises Denied: if ``by`` may not write objections.
    """
    found = _locked(_held(by, opportunity), objection_id)
    found.deleted_at = at
    _save(found, at)
    publish(ObjectionRemoved(**_about(found), at=at))


@command(needs="opportunity.edit")
def restore_objection(
    by: Actor, opportunity: Opportunity, *, objection_id: int, at: datetime
) -> Objection:
    """
    Put an objection on the record again.

    :raises NotVisible: if the opportunity has no such objection.
    :raises Denied: if ``by`` may not write objections.
    """
    found = _locked(_held(by, opportunity), objection_id, is_removed=True)
    found.deleted_at = None
    _save(found, at)
    publish(ObjectionRestored(**_about(found), at=at))
    return found


def _held(by: Actor, opportunity: Opportunity) -> Opportunity:
    """Return the opportunity under a lock, if ``by`` may write what speaks against it."""
    if "objections" not in OPPORTUNITY.writable(by):
        raise Denied("opportunity.objections")
    rows = Opportunity.objects.select_for_update(of=("self",))
    found = rows.get(pk=opportunity.pk)
    if found.deleted_at is not None:
        raise Refused(_("This opportunity is in the trash. Restore it first."))
    return found


def _locked(
    opportunity: Opportunity, objection_id: int, *, is_removed: bool = False
) -> Objection:
    rows = Objection.objects.filter(deleted_at__isnull=not is_removed)
    found = rows.filter(opportunity=opportunity, pk=objection_id).first()
    if found is None:
        raise NotVisible
    return found


def _set(found: Objection, facts: Mapping[str, Any]) -> None:
    """Write ``facts`` into the unsaved objection."""
    for name, value in facts.items():
        told = value.strip() if isinstance(value, str) else value
        if isinstance(told, str) and len(told) > LONGEST_TEXT:
            text = _("%(most)d characters at most.") % {"most": LONGEST_TEXT}
            raise Refused(text, field=name)
        setattr(found, name, told)
    if found.kind != ObjectionKind.PRICE:
        found.price_side = ""


def _require_pay_way(found: Objection, *, is_asked: bool) -> None:
    """Keep a way of paying only while it may be offered; one asked for is refused."""
    offered = pay_ways(found.kind, found.price_side)
    if found.pay_way and found.pay_way not in offered:
        if is_asked:
            raise Refused(
                _(
                    "Other ways of paying are offered only to whom the price is over "
                    "the budget. Show what the product is worth instead."
                ),
                field="pay_way",
            )
        found.pay_way, found.step = "", min(found.step, LAST_STEP - 1)
    if found.pay_way != PayWay.PARTS:
        found.parts = None
    elif found.parts is None or not FEWEST_PARTS <= found.parts <= MOST_PARTS:
        raise Refused(
            _("Give a number of instalments from 2 to 60."),
            field="parts",
        )


def _take(found: Objection, step: int, at: datetime) -> None:
    """Take a step, in its turn or once more."""
    if step not in FACTS or step > found.step + 1:
        raise Refused(
            _("First comes the step “%(step)s”.")
            % {"step": STEPS[min(found.step + 1, LAST_STEP)]}
        )
    _require_step(found, step)
    if step <= found.step:
        return
    found.step = step
    if step == LAST_STEP:
        publish(ObjectionAnswered(**_about(found), way=found.pay_way, at=at))
    else:
        publish(ObjectionStepped(**_about(found), step=step, at=at))


def _require_step(found: Objection, step: int) -> None:
    """
    Let a step be taken that has what it asks for.

    :raises Refused: if it has not, or a price is refused and nobody knows why.
    """
    if not getattr(found, ASKED[step]):
        text = _("The step “%(step)s” is not done without this.")
        raise Refused(text % {"step": STEPS[step]}, field=ASKED[step])
    asks_side = found.kind == ObjectionKind.PRICE and step >= _LEARNED
    if asks_side and not found.price_side:
        text = _("Find out whether it is not worth the price, or over the budget.")
        raise Refused(text, field="price_side")


_LEARNED = 3  # the step in which the true cause is found


def _save(found: Objection, at: datetime) -> None:
    found.version += 1
    found.updated_at = at
    found.save()


def _about(found: Objection) -> dict[str, Any]:
    return {
        "opportunity_id": found.opportunity_id,
        "customer_id": found.opportunity.customer_id,
        "objection_kind": found.kind,
    }
