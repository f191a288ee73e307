"""What every view of this room is called with, and how its dialogs answer."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from guanxi.customers.forms.base import RecordForm
from guanxi.foundation.errors import Refused

if TYPE_CHECKING:
    from guanxi.identity.models import User


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in; `login_required` sees to it."""

    user: "User"
    htmx: HtmxDetails


def accepted(form: RecordForm, act: Callable[[], object]) -> bool:
    """
    Run ``act`` if ``form`` was sent in order, and tell whether it went through.

    What the command refuses is shown at the field it is about.
    """
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refusal:
        form.add_refusal(refusal)
        return False
    return True


def dialog(
    request: StaffRequest,
    form: RecordForm,
    title: str,
    submit_label: str,
    **more: object,
) -> HttpResponse:
    """Show a small form: in the dialog when asked by htmx, else as a page."""
    context = {
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "form": form,
        "title": title,
        "submit_label": submit_label,
        **more,
    }
    status = 422 if form.errors else 200
    template = str(more.get("template", "customers/dialog.html"))
    return render(request, template, context, status=status)
