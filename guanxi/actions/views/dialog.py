"""One form in a dialog: shown by htmx above the page, or as a page of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from guanxi.actions.models import ActionMessage
from guanxi.actions.queries.line import line_of
from guanxi.foundation.errors import Refused
from guanxi.foundation.viewer import StaffRequest


@dataclass(frozen=True)
class Dialog:
    """
    What a dialog says: its title, the verb on its button, what it is about.

    ``back`` is where to go when it is done; empty: to the page it was opened on.
    ``more`` is what its own template shows besides.
    """

    title: str
    verb: str
    about: ActionMessage | None = None
    template: str = "actions/dialog.html"
    back: str = ""
    more: Mapping[str, object] = field(default_factory=dict)


def answer(
    request: StaffRequest, form: forms.Form, act: Callable[[], None], dialog: Dialog
) -> HttpResponse:
    """Show ``form``; once it is valid, act and go back. A refusal stands in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return back(request, dialog.back)
    return show(request, form, dialog)


def show(request: StaffRequest, form: forms.Form, dialog: Dialog) -> HttpResponse:
    """Show ``form`` with what was entered, and its errors if there are any."""
    context = {
        "base": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "form": form,
        "title": dialog.title,
        "submit_label": dialog.verb,
        "cancel_url": dialog.back or reverse("actions:home"),
        "line": line_of(request.user, dialog.about) if dialog.about else None,
        **dialog.more,
    }
    status = 422 if form.errors else 200
    return render(request, dialog.template, context, status=status)


def back(request: StaffRequest, url: str = "") -> HttpResponse:
    """Go to ``url``, or to the page the request came from if it is another of ours."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get(
        "Referer", ""
    )
    own = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    # A form that was opened as a page of its own would only ask once more.
    leads_away = own and urlsplit(came_from).path != request.path
    return redirect(url or (came_from if leads_away else "actions:home"))


def undoable(request: StaffRequest, found: ActionMessage, text: str) -> None:
    """Toast ``text`` with a button that takes the deed back."""
    undo = reverse("actions:reopening", args=[found.pk])
    toasts.success(request, text, extra_tags=undo)
