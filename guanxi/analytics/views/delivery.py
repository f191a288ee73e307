"""Dashboards and saved views that come by mail: arrange it, and end it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanxi.analytics.boards.forms import DeliveryForm
from guanxi.analytics.boards.known import board, deliveries_of
from guanxi.analytics.boards.sent_view import sent_view
from guanxi.analytics.boards.span import Against, Span
from guanxi.analytics.boards.timetable import FileForm, Rhythm
from guanxi.analytics.colleagues import numbers_of
from guanxi.analytics.commands.delivery import (
    arrange_delivery,
    arrange_view_delivery,
    end_delivery,
    leave_delivery,
)
from guanxi.analytics.models import BoardDelivery
from guanxi.analytics.views.dashboard import require_figures
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.viewer import StaffRequest, is_fragment, key_of


@dataclass(frozen=True)
class _Subject:
    """
    What is sent: where it is looked at, its deliveries, and how one is arranged.

    ``asks`` are the fields about its days; ``arrange`` takes them and what all ask for.
    """

    url: str
    of: Mapping[str, Any]
    asks: Sequence[str]
    arrange: Callable[..., BoardDelivery]


@login_required
@require_http_methods(["GET", "POST"])
def deliveries(request: StaffRequest, key: str) -> HttpResponse:
    """Have a dashboard sent by the clock, or end that; others' one can leave."""
    require_figures(request)
    shown = board(request.user, key)
    url = reverse("analytics:dashboard", args=[key])
    arrange = partial(arrange_delivery, request.user, shown.key)
    asks = ("span", "against")
    return _page(request, _Subject(url, {"board": key}, asks, arrange))


@login_required
@require_http_methods(["GET", "POST"])
def view_deliveries(request: StaffRequest, pk: int) -> HttpResponse:
    """Have a saved view sent by the clock, or end that; others' one can leave."""
    shown = sent_view(request.user, pk)
    arrange = partial(arrange_view_delivery, request.user, shown.kept, span=None)
    asks = () if shown.table else ("span",)
    subject = _Subject(shown.url(None), {"view_id": pk}, asks, arrange)
    return _page(request, subject)


def _page(request: StaffRequest, subject: _Subject) -> HttpResponse:
    usual = {name: request.GET[name] for name in subject.asks if name in request.GET}
    form = DeliveryForm(request.POST or None, initial=usual, asks=subject.asks)
    if request.method == "POST" and _ended(request, subject):
        return redirect(subject.url)
    if request.method == "POST" and form.is_valid():
        try:
            _arrange(request, subject, form)
        except Refused as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, refusal.message)
        else:
            toasts.success(request, _("It will be sent by the clock."))
            return redirect(subject.url)
    context = {
        "base": "ui/dialog.html" if is_fragment(request) else "ui/shell.html",
        "form": form,
        "submit_label": _("Send by the clock"),
        "cancel_url": subject.url,
        "deliveries": deliveries_of(request.user, **subject.of),
        "has_mail": bool(settings.EMAIL_HOST),
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/deliveries.html", context, status=status)


def _arrange(request: StaffRequest, subject: _Subject, form: DeliveryForm) -> None:
    data = form.cleaned_data
    kinds = {"span": Span, "against": Against}
    subject.arrange(
        recipients=[request.user.pk] * bool(data["to_me"])
        + numbers_of(request.user, data["others"], field="others"),
        rhythm=Rhythm(data["rhythm"]),
        hour=data["hour"],
        form=FileForm(data["form"]),
        at=now(),
        **{name: kinds[name](data[name]) for name in subject.asks},
    )


def _ended(request: StaffRequest, subject: _Subject) -> bool:
    """End the delivery that the form names, or leave it; tell whether it names one."""
    number = key_of(request.POST.get("end", ""))
    if number is None:
        return False
    of = [one.kept for one in deliveries_of(request.user, **subject.of)]
    found = next((one for one in of if one.pk == number), None)
    if found is None:
        raise NotVisible
    if found.owner_id == request.user.pk:
        end_delivery(request.user, found)
    else:
        leave_delivery(request.user, found)
    toasts.success(request, _("It is sent no more."))
    return True
