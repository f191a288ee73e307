"""Pages and dialogs about action messages."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.actions.commands.action_message import (
    apply_message,
    assign_message,
    dismiss_message,
    plan_task,
    record_contact,
    reopen_message,
)
from guanxi.actions.forms import (
    AssignForm,
    ContactForm,
    DismissForm,
    DraftForm,
    TaskForm,
)
from guanxi.actions.models import ActionMessage
from guanxi.actions.policies import ACTION_MESSAGE
from guanxi.actions.queries.action_message import (
    Told,
    message,
    messages_of,
    problem_of,
    told,
)
from guanxi.actions.queries.contact import (
    WRITTEN,
    by_message,
    by_phone,
    objected,
    purpose_of,
)
from guanxi.actions.queries.line import line_of
from guanxi.actions.queries.priority import why_priority
from guanxi.actions.queries.rule import rule_in_use
from guanxi.actions.queries.task import open_tasks
from guanxi.actions.rules import Detector, DismissReason, Outcome, TaskKind
from guanxi.actions.tables import MESSAGES
from guanxi.actions.views.dialog import Dialog, answer, back, undoable
from guanxi.actions.views.planned import first_day, usual_kind, warn_of
from guanxi.customers.queries.approach import approach_of
from guanxi.customers.queries.contact_policy import conduct_of, talk_of
from guanxi.customers.queries.customer import customer
from guanxi.customers.queries.handling import card_of
from guanxi.customers.rules.consent import SERVICE, ContactChannel
from guanxi.customers.rules.handling import Tone
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.phones import show_phone
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.page import table_page
from guanxi.foundation.viewer import StaffRequest


@login_required
@require_http_methods(["GET", "POST"])
def message_list(request: StaffRequest) -> HttpResponse:
    """List all action messages, settled ones too."""
    require(request.user, "action_message.read")
    return table_page(request, MESSAGES)


@login_required
@require_GET
def contacts_due(request: StaffRequest) -> HttpResponse:
    """Lead to the contacts that are due by the contact policies, the most pressing first."""
    require(request.user, "action_message.read")
    due = f"{Detector.CONTACT_DUE},{Detector.FOLLOW_UP_DUE}"
    asked = {"where": f"detector.in.({due}),state.eq.open"}
    return redirect(f"{reverse('actions:messages')}?{urlencode(asked)}")


@login_required
@require_GET
def message_page(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one message with everything that can be done about it."""
    found = message(request.user, pk)
    return render(
        request,
        "actions/message.html",
        {
            "message": found,
            "line": line_of(request.user, found),
            "watch": rule_in_use(Detector(found.detector)).watch,
            "can_reopen": found.can_be_taken_back,
        },
    )


@login_required
@require_GET
def priority(request: StaffRequest, pk: int) -> HttpResponse:
    """Say how the priority of a message came about."""
    found = message(request.user, pk)
    context = {
        "message": found,
        "line": line_of(request.user, found),
        "why": why_priority(request.user, found),
    }
    return render(request, "actions/priority.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def contact(request: StaffRequest, pk: int) -> HttpResponse:
    """Record what came of a call."""
    found = message(request.user, pk)
    require(request.user, "action_message.act", found)
    form = ContactForm(request.POST or None)

    def act() -> None:
        record_contact(
            request.user,
            found,
            outcome=Outcome(form.cleaned_data["outcome"]),
            note=form.cleaned_data["note"],
            at=now(),
        )
        undoable(request, found, _("Call recorded."))

    return answer(
        request,
        form,
        act,
        Dialog(
            title=_("Call"),
            verb=_("Record call"),
            template="actions/contact.html",
            about=found,
            more=_call_of(request.user, found),
        ),
    )


def _call_of(viewer: Actor, found: ActionMessage) -> Mapping[str, object]:
    """Return whether the customer may be called, and the number if so."""
    ways = by_phone(found, now())
    if objected(ways):
        return {"ways": ways, "is_closed": True}
    card = card_of(viewer, found.customer)
    conduct = conduct_of(viewer, found.customer, at=now())
    return {
        "ways": ways,
        "card": card,
        "conduct": conduct,
        "cautions": conduct.cautions([ContactChannel.PHONE]),
        **_number_of(viewer, found),
    }


def _number_of(viewer: Actor, found: ActionMessage) -> Mapping[str, str]:
    """Return the number to call as ``viewer`` may see it, and note it if in clear."""
    policy, number = policy_of("customer"), found.customer.phone
    if "phone" not in policy.readable(viewer):
        return {"phone": policy.shown(viewer, "phone", number)}
    record_shown(viewer, policy, {found.customer_id: {"phone": number}}, at=now())
    return {
        "phone": show_phone(number),
        "call_url": f"tel:{number}" if number else "",
    }


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: StaffRequest, pk: int) -> HttpResponse:
    """Offer a message to send, and record that it was sent."""
    found = message(request.user, pk)
    require(request.user, "action_message.act", found)
    form = DraftForm(
        request.POST or None, initial={"text": _draft_text(request.user, found)}
    )

    def act() -> None:
        record_contact(
            request.user,
            found,
            outcome=Outcome.SENT,
            note=form.cleaned_data["text"],
            at=now(),
        )
        undoable(request, found, _("Message recorded as sent."))

    return answer(
        request,
        form,
        act,
        Dialog(
            title=_("Write a message"),
            verb=_("Record as sent"),
            template="actions/draft.html",
            about=found,
            more=_letter_of(request.user, found),
        ),
    )


def _letter_of(viewer: Actor, found: ActionMessage) -> Mapping[str, object]:
    """Return by what the customer may be written to, and how it is treated."""
    ways = by_message(found, now())
    conduct = conduct_of(viewer, found.customer, at=now())
    return {
        "ways": ways,
        "is_closed": objected(ways),
        "card": card_of(viewer, found.customer),
        "conduct": conduct,
        "cautions": conduct.cautions(WRITTEN),
    }


@login_required
@require_http_methods(["GET", "POST"])
def message_task(request: StaffRequest, pk: int) -> HttpResponse:
    """Turn a message into a task."""
    found = message(request.user, pk)
    require(request.user, "action_message.act", found)
    conduct = conduct_of(request.user, found.customer, at=now())
    form = TaskForm(
        request.POST or None,
        viewer=request.user,
        initial={
            "kind": usual_kind(conduct),
            "title": problem_of(found),
            "due_on": first_day(conduct),
        },
    )

    def act() -> None:
        plan_task(
            request.user,
            found,
            kind=TaskKind(form.cleaned_data["kind"]),
            title=form.cleaned_data["title"],
            due_on=form.cleaned_data["due_on"],
            assignee=form.cleaned_data["assignee"],
            at=now(),
        )
        toasts.success(request, _("Task planned."))
        warn_of(request, form, conduct)

    return answer(
        request,
        form,
        act,
        Dialog(
            title=_("Plan a task"),
            verb=_("Plan task"),
            about=found,
            more={"conduct": conduct},
        ),
    )


@login_required
@require_POST
def application(request: StaffRequest, pk: int) -> HttpResponse:
    """Do what the message suggests."""
    found = message(request.user, pk)
    apply_message(request.user, found, at=now())
    toasts.success(
        request, _("Done: %(step)s") % {"step": told(request.user, found).suggestion}
    )
    return back(request)


@login_required
@require_http_methods(["GET", "POST"])
def assignment(request: StaffRequest, pk: int) -> HttpResponse:
    """Pass a message to somebody else."""
    found = message(request.user, pk)
    require(request.user, "action_message.assign", found)
    form = AssignForm(request.POST or None, viewer=request.user)

    def act() -> None:
        assignee = form.cleaned_data["assignee"]
        assign_message(request.user, found, assignee, at=now())
        toasts.success(request, _("Passed to %(name)s.") % {"name": assignee.name})

    return answer(
        request, form, act, Dialog(title=_("Pass on"), verb=_("Pass on"), about=found)
    )


@login_required
@require_http_methods(["GET", "POST"])
def dismissal(request: StaffRequest, pk: int) -> HttpResponse:
    """Close a message without acting, with the reason."""
    found = message(request.user, pk)
    require(request.user, "action_message.dismiss", found)
    form = DismissForm(request.POST or None)

    def act() -> None:
        dismiss_message(
            request.user,
            found,
            reason=DismissReason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            at=now(),
        )
        undoable(request, found, _("Dismissed."))

    return answer(
        request, form, act, Dialog(title=_("Dismiss"), verb=_("Dismiss"), about=found)
    )


@login_required
@require_POST
def reopening(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back a dismissal or a recorded contact."""
    reopen_message(request.user, message(request.user, pk), at=now())
    toasts.success(request, _("Taken back."))
    return back(request)


@login_required
@require_GET
def of_customer(request: StaffRequest, customer_pk: int) -> HttpResponse:
    """Show what is to be done about a customer: open messages, else the next task."""
    whom = customer(request.user, customer_pk)
    found = messages_of(request.user, customer_pk)
    lines = [line_of(request.user, row) for row in found]
    purpose = purpose_of(found[0]) if found else SERVICE
    conduct = conduct_of(request.user, whom, at=now())
    context: dict[str, object] = {"lines": lines, "conduct": conduct}
    if "consent" in policy_of("customer").readable(request.user):
        context["approach"] = approach_of(
            request.user, whom, purpose, at=now(), conduct=conduct
        )
        context["is_told"] = True
    if not lines and allowed(request.user, "task.read"):
        planned = open_tasks(request.user).filter(customer_id=customer_pk)
        context["task"] = planned.select_related("assignee").first()
    return render(request, "actions/_of_customer.html", context)


def _draft_text(viewer: Actor, found: ActionMessage) -> str:
    """Return a letter in the tone that the customer's contact policy asks for."""
    words = told(viewer, found)
    letter = _letter_in(talk_of(viewer, found.customer).tone)
    return letter % {
        "name": ACTION_MESSAGE.shown(viewer, "customer", found.customer.name),
        "sender": viewer.actor_name,
        "reason": _REASONS.get(found.object_kind, _default_reason)(words),
    }


def _letter_in(tone: Tone | None) -> str:
    if tone is Tone.RESPECTFUL:
        return _(
            "Dear %(name)s,\n\nI hope this finds you well. My name is %(sender)s, and I am "
            "at your service. %(reason)s\n\nMay I ask for a few minutes of your time? "
            "Thank you for your trust.\n\nYours sincerely\n%(sender)s"
        )
    if tone is Tone.WARM:
        return _(
            "Hello %(name)s,\n\nit is %(sender)s. I hope all is well with you! %(reason)s"
            "\n\nWrite or call me any time."
        )
    if tone is Tone.FACTUAL:
        return _("%(name)s: %(reason)s Please reply here if needed. %(sender)s")
    return _(
        "Dear %(name)s,\n\nthis is %(sender)s. %(reason)s\n\nI would be glad to hear "
        "from you."
    )


def _default_reason(words: Told) -> str:
    return _("We have not heard from you for a while. Is there anything we can do?")


def _order_reason(words: Told) -> str:
    return _("I am writing about your order. %(fact)s") % {"fact": words.evidence}


_REASONS: dict[str, Callable[[Told], str]] = {"order": _order_reason}
