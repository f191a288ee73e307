"""The data bank of one customer: original data, studies, and what was put into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from guanxi.customers.models import Customer, Investment
from guanxi.customers.policies import CUSTOMER, INVESTMENT
from guanxi.customers.queries.customer import bare_customer, customer
from guanxi.customers.queries.field import source_channels
from guanxi.customers.queries.finding import FIELD, findings_of, may_read_findings
from guanxi.customers.queries.investment import (
    MOST_ON_A_PAGE,
    Invested,
    invested,
    investments_of,
)
from guanxi.customers.queries.peer import tips_about
from guanxi.customers.rules.field import SourceChannel
from guanxi.customers.views.portrait import Fact, Portrait, portrait_of
from guanxi.customers.views.request import StaffRequest
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.policies import may
from guanxi.foundation.words import Words


@dataclass(frozen=True)
class Original:
    """Facts that were learned the same way, under their title."""

    title: Words
    origin: Words
    facts: Sequence[Fact]


@login_required
@require_GET
def panel(request: StaffRequest, pk: int) -> HttpResponse:
    """Show in short what was put into a customer, as a panel on its page."""
    found = bare_customer(request.user, pk)
    context = {
        "customer": found,
        "invested": _invested(request.user, found),
        "currency": settings.CURRENCY,
        "can_record": may(request.user, "investment.create"),
    }
    return render(request, "customers/_data_bank_panel.html", context)


@login_required
@require_GET
def data_bank(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the data bank of a customer, part by part, with where each part is from."""
    found = customer(request.user, pk)
    portrait = portrait_of(request.user, found)
    findings = findings_of(request.user, found)
    told = {**portrait.values, FIELD: bool(findings)}
    record_shown(request.user, CUSTOMER, {pk: told}, at=now())
    context = {
        "customer": found,
        "observations": [one for one in findings if one.is_observation],
        "studies": [one for one in findings if not one.is_observation],
        "tips": tips_about(request.user, found),
        "reads_findings": may_read_findings(request.user),
        "originals": _originals(portrait),
        "source": CUSTOMER.shown(request.user, "source", found.source),
        **_investment_part(request, found),
    }
    return render(request, "customers/data_bank.html", context)


def _investment_part(request: StaffRequest, found: Customer) -> dict[str, object]:
    viewer = request.user
    known = _invested(viewer, found)
    rows = investments_of(viewer, found) if known else []
    _record(viewer, rows)
    return {
        "invested": known,
        "entries": rows,
        "has_more": known is not None and known.entries > MOST_ON_A_PAGE,
        "readable": INVESTMENT.readable(viewer),
        "currency": settings.CURRENCY,
        "can": {
            "record": may(viewer, "investment.create"),
            "edit": bool(rows) and may(viewer, "investment.edit", rows[0]),
            "delete": bool(rows) and may(viewer, "investment.delete", rows[0]),
            "edit_findings": FIELD in CUSTOMER.writable(viewer)
            and may(viewer, "customer.edit", found),
        },
    }


def _invested(viewer: Actor, found: Customer) -> Invested | None:
    """Return what was put into a customer; None for who may not see such records."""
    is_told = may(viewer, "investment.read")
    return invested(viewer, found) if is_told else None


def _originals(portrait: Portrait) -> Sequence[Original]:
    """Return the facts of a portrait, split where they were learned in other ways."""
    channels = source_channels()
    return [
        Original(group.title, origin.label, facts)
        for group in portrait.groups
        for origin in SourceChannel
        if (facts := [f for f in group.facts if _channel(f, channels) is origin])
    ]


def _channel(fact: Fact, channels: Mapping[str, SourceChannel]) -> SourceChannel:
    # What every customer has is asked of the customer itself.
    return channels.get(fact.field, SourceChannel.DIRECT)


def _record(viewer: Actor, rows: Sequence[Investment]) -> None:
    shown = {row.pk: {"place": row.place, "note": row.note} for row in rows}
    record_shown(viewer, INVESTMENT, shown, at=now())
