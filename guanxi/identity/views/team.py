"""The tree of teams."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.foundation.clock import now
from guanxi.foundation.policies import may, require
from guanxi.identity.commands.team import (
    create_team,
    delete_team,
    move_team,
    rename_team,
)
from guanxi.identity.forms.team import TeamForm
from guanxi.identity.queries import team, teams_in_order, users
from guanxi.identity.views.page import SignedIn, accepted, form_page


@login_required
def teams(request: SignedIn) -> HttpResponse:
    """Show the tree."""
    require(request.user, "team.read")
    context = {
        "teams": teams_in_order(request.user),
        "may_create": may(request.user, "team.create"),
    }
    return render(request, "identity/teams.html", context)


@login_required
def team_create(request: SignedIn) -> HttpResponse:
    """Ask for a new team, and create it."""
    require(request.user, "team.create")
    below = {"parent": request.GET.get("parent")}
    form = TeamForm(request.user, request.POST or None, initial=below)

    def create() -> None:
        create_team(request.user, **form.cleaned_data, at=now())

    if accepted(form, create):
        messages.success(request, _("Saved"))
        return redirect("identity:teams")
    return form_page(request, "identity/team_create.html", form)


@login_required
def team_page(request: SignedIn, team_id: int) -> HttpResponse:
    """Show one team and its people; rename it, move it."""
    found = team(request.user, team_id)
    now_is = {"name": found.name, "parent": found.parent_id}
    form = TeamForm(
        request.user, request.POST or None, initial=now_is, leaving_out=found
    )

    @transaction.atomic
    def change() -> None:
        # Where the new name is refused, the team has not moved either.
        moved = move_team(
            request.user, found, parent=form.cleaned_data["parent"], at=now()
        )
        rename_team(request.user, moved, name=form.cleaned_data["name"], at=now())

    if accepted(form, change):
        messages.success(request, _("Saved"))
        return redirect("identity:teams")
    facts = {
        "team": found,
        "people": users(request.user).filter(team=found, is_active=True),
        "may_edit": may(request.user, "team.edit", found),
        "may_delete": may(request.user, "team.delete", found),
    }
    return form_page(request, "identity/team.html", form, **facts)


@login_required
@require_POST
def team_deletion(request: SignedIn, team_id: int) -> HttpResponse:
    """Delete a team that nothing belongs to."""
    delete_team(request.user, team(request.user, team_id), at=now())
    messages.success(request, _("The team is gone."))
    return redirect("identity:teams")
