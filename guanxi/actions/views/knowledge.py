"""What the house has learned about its customers: record it, apply it, see its worth."""

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from guanxi.actions.commands.knowledge import (
    KnowledgeFacts,
    apply_knowledge,
    change_knowledge,
    end_knowledge,
    record_knowledge,
)
from guanxi.actions.forms import KnowledgeForm
from guanxi.actions.queries.knowledge import knowledge_item, knowledge_lines
from guanxi.actions.views.dialog import Dialog, answer
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest

_FIELDS = ("title", "statement", "segment", "advice", "source")


@login_required
@require_GET
def knowledge_list(request: StaffRequest) -> HttpResponse:
    """List what is known, with what became of it; or what has been put away."""
    require(request.user, "knowledge.read")
    is_ended = "ended" in request.GET
    context = {
        "lines": knowledge_lines(request.user, localdate(), is_ended=is_ended),
        "is_ended": is_ended,
        "can_edit": allowed(request.user, "knowledge.edit"),
    }
    return render(request, "actions/knowledge.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def knowledge_new(request: StaffRequest) -> HttpResponse:
    """Write down what was learned."""
    require(request.user, "knowledge.edit")
    usual = {name: request.GET[name] for name in _FIELDS if name in request.GET}
    form = KnowledgeForm(request.POST or None, viewer=request.user, initial=usual)

    def act() -> None:
        record_knowledge(request.user, _facts(form), at=now())
        toasts.success(request, _("Recorded. Apply it when owners shall be told."))

    title = _("Record customer knowledge")
    return answer(request, form, act, _dialog(title, pgettext("knowledge", "Record")))


@login_required
@require_http_methods(["GET", "POST"])
def knowledge_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Let something known read otherwise."""
    require(request.user, "knowledge.edit")
    item = knowledge_item(request.user, pk)
    usual = {name: getattr(item, name) for name in _FIELDS}
    form = KnowledgeForm(request.POST or None, viewer=request.user, initial=usual)

    def act() -> None:
        change_knowledge(request.user, item, _facts(form), at=now())
        toasts.success(request, _("Saved. It counts from the next look on."))

    return answer(request, form, act, _dialog(item.title, _("Save")))


@login_required
@require_POST
def knowledge_use(request: StaffRequest, pk: int) -> HttpResponse:
    """Apply something known, or let it rest."""
    require(request.user, "knowledge.edit")
    item = knowledge_item(request.user, pk)
    try:
        is_applied = "rest" not in request.POST
        apply_knowledge(request.user, item, is_applied=is_applied, at=now())
    except Refused as refusal:
        toasts.error(request, refusal.message)
    else:
        toasts.success(request, _told(is_applied=is_applied))
    return redirect("actions:knowledge")


@login_required
@require_POST
def knowledge_end(request: StaffRequest, pk: int) -> HttpResponse:
    """Put something known away, or take it up again."""
    require(request.user, "knowledge.edit")
    item = knowledge_item(request.user, pk)
    is_ended = "undo" not in request.GET
    end_knowledge(request.user, item, is_ended=is_ended, at=now())
    if is_ended:
        undo = f"{reverse('actions:knowledge_end', args=[pk])}?undo"
        toasts.success(request, _("Put away."), extra_tags=undo)
    return redirect("actions:knowledge")


def _told(*, is_applied: bool) -> str:
    if is_applied:
        return _("Owners are told from the next nightly look on.")
    return _("Nobody is told any more; open messages close at the next look.")


def _facts(form: Form) -> KnowledgeFacts:
    return KnowledgeFacts(**{name: form.cleaned_data[name] for name in _FIELDS})


def _dialog(title: str, verb: str) -> Dialog:
    return Dialog(title=title, verb=verb, back=reverse("actions:knowledge"))
