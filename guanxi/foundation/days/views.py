"""The working days of the house, a year at a time."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.foundation.clock import now
from guanxi.foundation.days.commands import (
    remove_special_day,
    restore_special_day,
    set_special_days,
)
from guanxi.foundation.days.forms import WORK, SpecialDaysForm
from guanxi.foundation.days.year import (
    FIRST_YEAR,
    LAST_YEAR,
    WEEKDAYS,
    months_of,
    special_days_of,
    working_days_of,
)
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest, key_of
from guanxi.foundation.working_days import is_known


@login_required
@require_GET
def working_days(request: StaffRequest) -> HttpResponse:
    """Show a year: on which days people work, and what the house has said of them."""
    asked = key_of(request.GET.get("year", "")) or localdate().year
    year = min(max(asked, FIRST_YEAR), LAST_YEAR)
    own = special_days_of(request.user, year)
    months = months_of(year, own)
    context = {
        "year": year,
        "months": months,
        "weekdays": WEEKDAYS,
        "own": own,
        "count": working_days_of(months),
        "is_known": is_known(months[0].first_on),
        "earlier": year - 1 if year > FIRST_YEAR else None,
        "later": year + 1 if year < LAST_YEAR else None,
        "may_edit": allowed(request.user, "special_day.edit"),
    }
    return render(request, "days/year.html", context)


@login_required
def new_days(request: StaffRequest) -> HttpResponse:
    """Ask for days off or make-up workdays, and keep them."""
    require(request.user, "special_day.edit")
    form = SpecialDaysForm(request.POST or None)
    if form.is_valid() and _is_set(request, form):
        messages.success(request, _("Saved. The days count from now on."))
        return _to_year(form.cleaned_data["first_on"].year)
    context = {
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": reverse("foundation:working_days"),
    }
    status = 422 if form.errors else 200
    return render(request, "days/new.html", context, status=status)


@login_required
@require_POST
def no_day(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a day be again what the calendar says; can be undone."""
    gone = remove_special_day(request.user, pk, at=now())
    undo = reverse("foundation:day_back", args=[pk])
    messages.success(request, _("The day is removed."), extra_tags=undo)
    return _to_year(gone.day.year)


@login_required
@require_POST
def day_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a removal back."""
    try:
        back = restore_special_day(request.user, pk, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("foundation:working_days")
    messages.success(request, _("The day is back."))
    return _to_year(back.day.year)


def _is_set(request: StaffRequest, form: SpecialDaysForm) -> bool:
    """Keep the days of ``form``, and tell whether that went through."""
    values = form.cleaned_data
    try:
        set_special_days(
            request.user,
            values["first_on"],
            values["last_on"],
            is_working=values["what"] == WORK,
            name=values["name"],
            at=now(),
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return False
    return True


def _to_year(year: int) -> HttpResponse:
    return redirect(f"{reverse('foundation:working_days')}?year={year}")
