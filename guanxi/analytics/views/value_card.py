"""What one customer is worth beyond its orders: a card on the customer's page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.queries.customer import customer
from guanxi.customers.queries.network import Referrals, referrals_of
from guanxi.foundation.figures import amount, grouped
from guanxi.foundation.policies import COVERED, policy_of, require
from guanxi.foundation.viewer import StaffRequest

if TYPE_CHECKING:
    from guanxi.customers.models import Customer

UNKNOWN = "–"


@dataclass(frozen=True)
class Component:
    """
    One of the four components of a customer's value.

    ``lines`` are labels with what is known; ``note`` says what that is, and what is not.
    """

    title: str
    value: str
    note: str
    lines: Sequence[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@login_required
@require_GET
def value_card(request: StaffRequest, pk: int) -> HttpResponse:
    """Show profit, gathering effect, information value and word of mouth, as a panel."""
    require(request.user, "analysis.read")
    about = customer(request.user, pk)
    readable = policy_of("customer").readable(request.user)
    brought = referrals_of(request.user, about)
    parts = [
        _profit(about, readable),
        _gathering(about, brought),
        _information(about, readable),
        _word_of_mouth(about, brought, readable),
    ]
    return render(request, "analytics/_value_card.html", {"parts": parts})


def _profit(about: "Customer", readable: Collection[str]) -> Component:
    if not {"lifetime_value", "future_value"} <= set(readable):
        return Component(
            _("Source of profit"), COVERED, _("Your role may not read it.")
        )
    whole, future = about.traits.lifetime_value, about.traits.future_value
    if whole is None or future is None:
        note = _("Not known yet: no analysis, no purchase or no purchase cost says it.")
        return Component(_("Source of profit"), UNKNOWN, note)
    return Component(
        _("Source of profit"),
        _money(whole),
        _(
            "Lifetime value: profit after all costs so far, and the present value to come."
        ),
        [(_("So far"), _money(whole - future)), (_("Value to come"), _money(future))],
        reverse("analytics:why", args=[about.pk, "lifetime_value"]),
    )


def _gathering(about: "Customer", brought: Referrals) -> Component:
    if not brought.brought:
        note = _(
            "No customer is recorded as referred by this one: enter it as a relation."
        )
        return Component(_("Gathering effect"), UNKNOWN, note)
    lines = [(_("Referred directly"), grouped(brought.directly))]
    if brought.buyers is not None:
        lines.append((_("Of all, have bought"), grouped(brought.buyers)))
    return Component(
        _("Gathering effect"),
        grouped(brought.brought),
        _("Customers that came through this one, and through those in turn."),
        lines,
        reverse("customers:network", args=[about.pk]),
    )


def _information(about: "Customer", readable: Collection[str]) -> Component:
    traits, lines = about.traits, []
    if "order_count" in readable:
        lines.append((_("Purchase records"), grouped(traits.order_count)))
    if "quality" in readable and traits.quality is not None:
        lines.append((_("Data quality"), str(traits.quality)))
    known = traits.completeness if "completeness" in readable else None
    return Component(
        _("Value of information"),
        UNKNOWN if known is None else f"{known}%",
        _(
            "How complete the data are, and what there is to learn from. Nobody has put a price on it."
        ),
        lines,
    )


def _word_of_mouth(
    about: "Customer", brought: Referrals, readable: Collection[str]
) -> Component:
    lines = []
    satisfied = about.traits.satisfaction if "satisfaction" in readable else None
    if satisfied is not None:
        lines.append((_("Satisfaction (0–10)"), f"{satisfied:g}"))
    if not brought.brought:
        note = _(
            "Sales that its recommendations brought are not recorded; there may be some."
        )
        return Component(_("Word of mouth"), UNKNOWN, note, lines)
    if brought.worth is not None:
        lines.insert(0, (_("Their lifetime value"), _money(brought.worth)))
    return Component(
        _("Word of mouth"),
        COVERED if brought.revenue is None else _money(brought.revenue),
        _(
            "What customers that came through it have bought. Recommendations that nobody recorded are not in it."
        ),
        lines,
    )


def _money(value: Decimal) -> str:
    return amount(value, settings.CURRENCY)
