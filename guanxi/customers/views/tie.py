"""Whom a customer is opened to and shut from: the panel, and its dialogs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.commands.share import revoke_share, share_customer
from guanxi.customers.commands.wall import set_wall, take_wall_down
from guanxi.customers.forms.tie import ShareForm, TieForm
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.tie import shares_of, walls_of
from guanxi.customers.views.request import StaffRequest, accepted, dialog
from guanxi.foundation.clock import now
from guanxi.foundation.policies import may, require
from guanxi.foundation.ties.models import ShareLevel
from guanxi.identity.queries.who import tells_owner


@login_required
@require_GET
def ties(request: StaffRequest, pk: int) -> HttpResponse:
    """Show with whom a customer is shared, and its walls, as a panel."""
    viewer, found = request.user, bare_customer(request.user, pk)
    require(viewer, "customer.share", found)
    context = {
        "customer": found,
        "shares": shares_of(found),
        "walls": walls_of(viewer, found),
        "may_wall": may(viewer, "wall.edit"),
        "may_place": may(viewer, "territory.edit"),
        "may_look": tells_owner(viewer, CUSTOMER)
        and may(viewer, "customer.view_access", found),
    }
    return render(request, "customers/_ties.html", context)


@login_required
def new_share(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask with whom a customer is shared, and share it; can be undone."""
    found = bare_customer(request.user, pk)
    require(request.user, "customer.share", found)
    form = ShareForm(request.POST or None, viewer=request.user)

    def share() -> None:
        clean = form.cleaned_data
        made = share_customer(
            request.user,
            found,
            to=form.to(),
            level=ShareLevel(clean["level"]),
            reason=clean["reason"],
            expires_at=clean["expires_at"],
            at=now(),
        )
        undo = reverse("customers:no_share", args=[pk, made.pk])
        told = _("Shared with %(name)s.") % {"name": made.principal}
        messages.success(request, told, extra_tags=undo)

    if accepted(form, share):
        return redirect("customers:customer", pk)
    return dialog(
        request,
        form,
        _("Share the customer"),
        pgettext("share", "Share"),
        customer=found,
    )


@login_required
@require_POST
def no_share(request: StaffRequest, pk: int, share_id: int) -> HttpResponse:
    """Take a share back."""
    found = bare_customer(request.user, pk)
    revoke_share(request.user, found, share_id, at=now())
    messages.success(request, _("The share is taken back."))
    return redirect("customers:customer", pk)


@login_required
def new_wall(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask from whom a customer is shut, and shut it; can be undone."""
    found = bare_customer(request.user, pk)
    require(request.user, "wall.edit", found)
    form = TieForm(request.POST or None, viewer=request.user)

    def shut() -> None:
        reason = form.cleaned_data["reason"]
        made = set_wall(request.user, found, to=form.to(), reason=reason, at=now())
        undo = reverse("customers:no_wall", args=[pk, made.pk])
        told = _("Walled off from %(name)s.") % {"name": made.principal}
        messages.success(request, told, extra_tags=undo)

    if accepted(form, shut):
        return redirect("customers:customer", pk)
    return dialog(
        request, form, _("Wall the customer off"), _("Wall off"), customer=found
    )


@login_required
@require_POST
def no_wall(request: StaffRequest, pk: int, wall_id: int) -> HttpResponse:
    """Take a wall down."""
    found = bare_customer(request.user, pk)
    take_wall_down(request.user, found, wall_id, at=now())
    messages.success(request, _("The wall is taken down."))
    return redirect("customers:customer", pk)
