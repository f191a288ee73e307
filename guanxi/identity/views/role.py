"""The roles and their matrix."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.foundation.clock import now
from guanxi.foundation.policies import may, require
from guanxi.identity.commands.role import create_role, delete_role, save_role
from guanxi.identity.forms.role import RoleForm
from guanxi.identity.queries import role, roles_with_holders
from guanxi.identity.views.page import SignedIn, accepted, form_page


@login_required
def roles(request: SignedIn) -> HttpResponse:
    """Show the roles."""
    require(request.user, "role.read")
    context = {
        "roles": roles_with_holders(request.user),
        "may_create": may(request.user, "role.create"),
    }
    return render(request, "identity/roles.html", context)


@login_required
def role_create(request: SignedIn) -> HttpResponse:
    """Ask for a new role, and create it."""
    require(request.user, "role.create")
    form = RoleForm(request.POST or None)
    if accepted(form, lambda: create_role(request.user, form.rights(), at=now())):
        messages.success(request, _("Saved"))
        return redirect("identity:roles")
    return form_page(request, "identity/role_create.html", form, may_edit=True)


@login_required
def role_page(request: SignedIn, role_id: int) -> HttpResponse:
    """Show what one role allows; change it."""
    found = role(request.user, role_id)
    form = RoleForm(request.POST or None, role=found)
    if accepted(form, lambda: save_role(request.user, found, form.rights(), at=now())):
        messages.success(request, _("Saved. It counts from the next click on."))
        return redirect("identity:roles")
    facts = {
        "role": found,
        "may_edit": may(request.user, "role.edit", found),
        "may_delete": may(request.user, "role.delete", found) and not found.key,
    }
    return form_page(request, "identity/role.html", form, **facts)


@login_required
@require_POST
def role_deletion(request: SignedIn, role_id: int) -> HttpResponse:
    """Delete a role nobody holds."""
    delete_role(request.user, role(request.user, role_id), at=now())
    messages.success(request, _("The role is gone."))
    return redirect("identity:roles")
