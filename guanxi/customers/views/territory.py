"""The pages on which an administrator draws territories."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.territory import (
    delete_territory,
    place_customers,
    save_territory,
)
from guanxi.customers.forms.territory import PlacingForm, TerritoryForm
from guanxi.customers.models import Territory
from guanxi.customers.queries import territory as queries
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import may, require


@login_required
@require_GET
def territories(request: StaffRequest) -> HttpResponse:
    """Show the territories as a tree, with their sizes and whose they are."""
    require(request.user, "territory.read")
    context = {
        "parts": queries.parts(request.user),
        "may_edit": may(request.user, "territory.edit"),
    }
    return render(request, "customers/territories.html", context)


@login_required
def new_territory(request: StaffRequest) -> HttpResponse:
    """Ask for a new territory, preview it, and draw it."""
    require(request.user, "territory.edit")
    form = TerritoryForm(request.POST or None, viewer=request.user)
    return _drawn(request, Territory(), form)


@login_required
def edit_territory(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one territory; draw it anew."""
    found = queries.territory(request.user, pk)
    require(request.user, "territory.edit", found)
    members = queries.members_of([found])[found.pk]
    first = {
        "name": found.name,
        "parent": found.parent_id,
        "provinces": _(", ").join(found.provinces),
        "cities": _(", ").join(found.cities),
        "industries": _(", ").join(found.industries),
        "kinds": found.kinds,
        "users": [one.user_id for one in members if one.user_id],
        "teams": [one.team_id for one in members if one.team_id],
    }
    form = TerritoryForm(request.POST or None, viewer=request.user, initial=first)
    return _drawn(request, found, form)


@login_required
@require_POST
def no_territory(request: StaffRequest, pk: int) -> HttpResponse:
    """Delete a territory in which no other lies."""
    try:
        delete_territory(request.user, queries.territory(request.user, pk), at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("customers:edit_territory", pk)
    messages.success(request, _("The territory is gone."))
    return redirect("customers:territories")


@login_required
def placing(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask into which territories a customer is put by hand."""
    found = bare_customer(request.user, pk)
    require(request.user, "territory.edit", found)
    present = queries.by_hand(found)
    form = PlacingForm(
        request.POST or None,
        viewer=request.user,
        initial={"territories": list(present)},
    )

    @transaction.atomic
    def place() -> None:
        chosen = {one.pk: one for one in form.cleaned_data["territories"]}
        for one in queries.territories(request.user):
            if one.pk in chosen.keys() - present:
                place_customers(request.user, one, [found], at=now())
            elif one.pk in present - chosen.keys():
                place_customers(request.user, one, removed=[found], at=now())

    if accepted(form, place):
        messages.success(request, _("Saved"))
        return redirect("customers:customer", pk)
    return dialog(request, form, _("Territories"), _("Save"), customer=found)


def _drawn(
    request: StaffRequest, found: Territory, form: TerritoryForm
) -> HttpResponse:
    """Draw the territory, or show what the rule would bring in."""

    def save() -> None:
        save_territory(request.user, found, plan=form.plan(), at=now())
        told = _("Saved. The customers are being sorted in now.")
        messages.success(request, told)

    wants_preview = "preview" in request.POST
    if not wants_preview and accepted(form, save):
        return redirect("customers:territories")
    preview = None
    if wants_preview and form.is_valid():
        preview = queries.rule_preview(request.user, form.rule())
    context = {"form": form, "territory": found, "preview": preview}
    status = 422 if form.errors else 200
    return render(request, "customers/territory.html", context, status=status)
