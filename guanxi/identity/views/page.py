"""What all pages of identity share."""

from collections.abc import Callable

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guanxi.foundation.errors import Refused
from guanxi.identity.models import User


class SignedIn(HttpRequest):
    """A request of somebody who has signed in, which login_required sees to."""

    user: User


def accepted(form: Form, act: Callable[[], object]) -> bool:
    """
    Run ``act`` if ``form`` is in order, and tell whether it went through.

    What the command refuses is shown at the field it is about.
    """
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, refusal.message)
        return False
    return True


def form_page(
    request: HttpRequest, template: str, form: Form, **facts: object
) -> HttpResponse:
    """Return the page of a form; 422 if what was sent was not in order."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **facts}, status=status)
