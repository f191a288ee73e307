"""The birthdays of the next days, for whoever sends wishes."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.forms.quality import BirthdaysForm
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.birthday import birthdays
from guanxi.customers.queries.credit import house_day
from guanxi.customers.rules.birthday import lunar_day
from guanxi.customers.views.request import StaffRequest
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require

MOST = 200


@dataclass(frozen=True)
class Line:
    """Somebody who has a birthday, on which day, and how old he or she becomes."""

    customer: Customer
    day: date
    told: str
    age: int | None


@login_required
@require_GET
def upcoming(request: StaffRequest) -> HttpResponse:
    """Show whose birthday is next, by the sun or by the moon."""
    require(request.user, "customer.read")
    at = now()
    form = BirthdaysForm(request.GET, viewer=request.user)
    is_told = "next_birthday_on" in CUSTOMER.readable(request.user)
    rows = birthdays(
        request.user, today=house_day(at), days=form.days(), whose=form.condition()
    )
    # One more than is shown tells that there are more.
    found = list(rows[: MOST + 1]) if is_told else []
    seen = {one.pk: {"birth_on": "1"} for one in found[:MOST]}
    record_shown(request.user, CUSTOMER, seen, at=at)
    context = {
        "form": form,
        "lines": [_line(one) for one in found[:MOST]],
        "has_more": len(found) > MOST,
        "is_told": is_told,
        "most": MOST,
    }
    return render(request, "customers/birthdays.html", context)


def _line(one: Customer) -> Line:
    day = one.traits.next_birthday_on
    assert day is not None
    if one.lunar_birthday:
        told = _("lunar: %(day)s") % {"day": lunar_day(one.lunar_birthday)}
        return Line(one, day, told, None)
    return Line(one, day, "", day.year - one.birth_on.year if one.birth_on else None)
