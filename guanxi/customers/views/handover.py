"""Hand over the customers of an owner: plan, preview, progress, report, undo."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.handover import start_handover, undo_handover
from guanxi.customers.commands.handover_report import take_report
from guanxi.customers.forms.handover import HandoverForm
from guanxi.customers.models import Handover
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries import handover as queries
from guanxi.customers.queries.customer import customer
from guanxi.customers.rules import State, Tier
from guanxi.customers.rules.handover import HANDOVER_TONES, HandoverState, Spread
from guanxi.customers.tables import HANDOVERS
from guanxi.customers.views.portrait import Figure
from guanxi.customers.views.request import StaffRequest, accepted
from guanxi.foundation.actor import Level
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.figures import grouped
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.export import csv_answer
from guanxi.foundation.tables.page import table_page

ACTIVE = frozenset({HandoverState.RUNNING, HandoverState.UNDOING})


@login_required
def handovers(request: StaffRequest) -> HttpResponse:
    """List the handovers."""
    require(request.user, "handover.read")
    return table_page(request, HANDOVERS)


@login_required
def new_handover(request: StaffRequest) -> HttpResponse:
    """Ask what goes to whom, show what that comes to, and begin once it was seen."""
    require(request.user, "handover.create")
    require(request.user, "customer.assign")
    asked = {"old_owner": request.GET.get("owner", "")}
    form = HandoverForm(request.POST or None, viewer=request.user, initial=asked)
    if "start" in request.POST:
        made: list[int] = []
        if accepted(form, lambda: made.append(_start(request, form))):
            return redirect("customers:handover", made[0])
    shares = None
    if form.is_valid():
        shares = queries.preview(request.user, form.plan())
    context = {"form": form, "shares": shares}
    status = 422 if form.errors else 200
    return render(request, "customers/handover_new.html", context, status=status)


@login_required
@require_GET
def handover(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a handover: how far it is, and who got what."""
    found = queries.handover(request.user, pk)
    context = _shown(request, found) | {
        "shares": queries.shares_of(request.user, found),
        "can_undo": may(request.user, "handover.undo", found)
        and bool(found.given)
        and found.state in (HandoverState.DONE, HandoverState.FAILED),
        "criteria": _criteria(found),
        "spread": Spread(found.spread).label if len(found.takers) > 1 else "",
    }
    return render(request, "customers/handover.html", context)


@login_required
@require_GET
def handover_state(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how far it is; once it has ended, the whole page is asked for again."""
    found = queries.handover(request.user, pk)
    if found.state in ACTIVE:
        return render(
            request, "customers/_handover_progress.html", _shown(request, found)
        )
    return HttpResponse(
        headers={"HX-Redirect": reverse("customers:handover", args=[pk])}
    )


@login_required
@require_GET
def handover_report(request: StaffRequest, pk: int) -> FileResponse:
    """Give back who got which customer, as CSV."""
    found = queries.handover(request.user, pk)
    report = take_report(request.user, found, at=now())
    return csv_answer(report.name, report.header, report.rows)


@login_required
@require_POST
def handover_undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a handover back."""
    found = queries.handover(request.user, pk)
    try:
        undo_handover(request.user, found, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("customers:handover", pk)


@login_required
@require_GET
def owners(request: StaffRequest, pk: int) -> HttpResponse:
    """Show who looked after a customer, as a panel on its page."""
    found = customer(request.user, pk)
    is_shown = CUSTOMER.level(request.user, "owner") >= Level.READ
    periods = queries.owners_of(found) if is_shown else []
    context = {"periods": periods, "is_shown": is_shown}
    return render(request, "customers/_owners.html", context)


def _start(request: StaffRequest, form: HandoverForm) -> int:
    clean = form.cleaned_data
    made = start_handover(
        request.user,
        clean["old_owner"],
        list(clean["takers"]),
        spread=Spread(clean["spread"]),
        criteria=form.criteria(),
        at=now(),
    )
    return made.pk


def _shown(request: StaffRequest, found: Handover) -> dict[str, object]:
    state = HandoverState(found.state)
    is_undo = state == HandoverState.UNDOING
    done = found.returned + found.kept if is_undo else found.given
    total = found.given if is_undo else found.total
    return {
        "handover": found,
        "state_label": state.label,
        "state_tone": HANDOVER_TONES[state],
        "is_active": state in ACTIVE,
        "done": done,
        "total": max(total, done, 1),
        "figures": _figures(found),
    }


def _figures(found: Handover) -> list[Figure]:
    """Return how many customers went over, and how many came back."""
    counts = {pgettext("handover", "Handed over"): found.given}
    if found.state in (HandoverState.UNDOING, HandoverState.UNDONE):
        counts[pgettext("handover", "Given back")] = found.returned
        counts[pgettext("handover", "Stayed")] = found.kept
    return [Figure(label, grouped(count)) for label, count in counts.items()]


def _criteria(found: Handover) -> list[tuple[str, str]]:
    """Return which customers went, in words."""
    words = {"state": State, "tier": Tier}
    return [
        (
            str(CUSTOMER.fields[name].label),
            str(words[name](value).label) if name in words else value,
        )
        for name, value in found.criteria.items()
    ]
