"""What colleagues owe before they see protected data: one's own, and the register."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import may, require
from guanxi.foundation.rooms import Banner
from guanxi.identity.commands.duty import (
    confirm_document,
    create_duty,
    publish_version,
    record_fulfilments,
    remind_lacking,
    save_duty,
    withdraw_fulfilment,
)
from guanxi.identity.forms.duty import (
    DutyForm,
    FulfilmentForm,
    NewDutyForm,
    VersionForm,
)
from guanxi.identity.models import User
from guanxi.identity.models.gate import is_blocking
from guanxi.identity.queries import (
    asked_version,
    debts,
    fulfilments,
)
from guanxi.identity.queries import (
    duties as register,
)
from guanxi.identity.queries import (
    duty as one_duty,
)
from guanxi.identity.queries import (
    user as one_user,
)
from guanxi.identity.rules.duty import (
    GATE_LABELS,
    KIND_LABELS,
    STANDING_LABELS,
    DutyKind,
    Gate,
    Owed,
    Standing,
)
from guanxi.identity.views.page import SignedIn, accepted, form_page

TONES = {
    Standing.DONE: "green",
    Standing.RENEW: "amber",
    Standing.DUE: "amber",
    Standing.OVERDUE: "red",
}


def duty_banner(viewer: Actor) -> Banner | None:
    """Tell ``viewer`` above each page what he is overdue with, or must renew or do."""
    waiting = (
        [one for one in viewer.duties if one.standing is not Standing.DONE]
        if isinstance(viewer, User)
        else []
    )
    if not waiting:
        return None
    overdue = [one for one in waiting if one.standing is Standing.OVERDUE]
    shown = overdue or waiting
    names = _(", ").join(one.asked.title for one in shown)
    if any(is_blocking(one) for one in shown):
        text = _("Protected data are closed to you until this is done: %(names)s")
    elif overdue:
        text = _("You are overdue with: %(names)s")
    else:
        text = _("Due for you: %(names)s")
    return Banner(
        text=text % {"names": names},
        label=_("See to it"),
        url=reverse("identity:my_duties"),
        tone="red" if overdue else "amber",
    )


@login_required
def my_duties(request: SignedIn) -> HttpResponse:
    """Show the viewer what is owed, and what is done."""
    lines = [_line(one) for one in request.user.duties]
    return render(request, "identity/duty/mine.html", {"lines": lines})


@login_required
def my_duty(request: SignedIn, duty_id: int) -> HttpResponse:
    """Show the text of a duty; let the viewer confirm that a document was read."""
    owed = next((o for o in request.user.duties if o.asked.duty_id == duty_id), None)
    version = asked_version(duty_id, localdate())
    if owed is None or version is None:
        raise NotVisible
    if request.method == "POST":
        confirm_document(request.user, duty_id, at=now())
        messages.success(request, _("Thank you. It is on record that you read it."))
        return redirect("identity:my_duties")
    is_read = (
        owed.asked.kind is DutyKind.DOCUMENT and owed.standing is not Standing.DONE
    )
    context = {"version": version, "line": _line(owed), "may_confirm": is_read}
    return render(request, "identity/duty/read.html", context)


@login_required
def duties(request: SignedIn) -> HttpResponse:
    """Show the register: each duty, and how many lack it."""
    require(request.user, "duty.read")
    found = debts(request.user, localdate())
    lines = [
        {
            "duty": duty,
            "kind": KIND_LABELS[DutyKind(duty.kind)],
            "gate": GATE_LABELS[Gate(duty.gate)],
            "lacking": sum(
                d.owed.asked.duty_id == duty.pk and d.owed.standing is Standing.OVERDUE
                for d in found
            ),
            "people": sum(d.owed.asked.duty_id == duty.pk for d in found),
        }
        for duty in register(request.user)
    ]
    context = {"lines": lines, "may_edit": may(request.user, "duty.edit")}
    return render(request, "identity/duty/list.html", context)


@login_required
def duty_create(request: SignedIn) -> HttpResponse:
    """Ask for a new duty, and set it down."""
    require(request.user, "duty.edit")
    form = NewDutyForm(request.POST or None)

    def create() -> None:
        clean = form.cleaned_data
        create_duty(
            request.user,
            DutyKind(clean["kind"]),
            form.facts,
            text=clean["text"],
            effective_on=clean["effective_on"],
            at=now(),
        )

    if accepted(form, create):
        return redirect("identity:duties")
    return form_page(request, "identity/duty/form.html", form, title=_("New duty"))


@login_required
def duty_page(request: SignedIn, duty_id: int) -> HttpResponse:
    """Show who lacks a duty, and who has fulfilled it."""
    found = one_duty(request.user, duty_id)
    order = list(reversed(Standing))
    owing = sorted(
        (
            d
            for d in debts(request.user, localdate())
            if d.owed.asked.duty_id == duty_id
        ),
        key=lambda debt: order.index(debt.owed.standing),
    )
    context = {
        "duty": found,
        "kind": KIND_LABELS[DutyKind(found.kind)],
        "gate": GATE_LABELS[Gate(found.gate)],
        "versions": found.versions.order_by("-number"),
        "people": [{"user": d.user, **_line(d.owed)} for d in owing],
        "fulfilments": fulfilments(request.user, duty_id)[:200],
        "may_edit": may(request.user, "duty.edit"),
        "may_record": may(request.user, "duty.record"),
    }
    return render(request, "identity/duty/page.html", context)


@login_required
def duty_edit(request: SignedIn, duty_id: int) -> HttpResponse:
    """Ask what a duty is to be, and change it."""
    found = one_duty(request.user, duty_id)
    require(request.user, "duty.edit", found)
    known = {name: getattr(found, name) for name in DutyForm.base_fields}
    form = DutyForm(request.POST or None, initial=known)

    def save() -> None:
        save_duty(request.user, found, form.facts, at=now())

    if accepted(form, save):
        return redirect("identity:duty", duty_id)
    return form_page(
        request, "identity/duty/form.html", form, title=found.title, duty=found
    )


@login_required
def version(request: SignedIn, duty_id: int) -> HttpResponse:
    """Ask for a new text of a duty, and publish it."""
    found = one_duty(request.user, duty_id)
    require(request.user, "duty.edit", found)
    last = found.versions.order_by("-number").first()
    form = VersionForm(
        request.POST or None, initial={"text": last.text if last else ""}
    )

    def publish() -> None:
        clean = form.cleaned_data
        text, day = clean["text"], clean["effective_on"]
        publish_version(request.user, found, text=text, effective_on=day, at=now())

    if accepted(form, publish):
        return redirect("identity:duty", duty_id)
    title = _("New version of %(title)s") % {"title": found.title}
    return form_page(request, "identity/duty/form.html", form, title=title, duty=found)


@login_required
def record(request: SignedIn, duty_id: int) -> HttpResponse:
    """Ask who passed or signed, and record it."""
    found = one_duty(request.user, duty_id)
    require(request.user, "duty.record", found)
    form = FulfilmentForm(request.user, request.POST or None)

    def note() -> None:
        people = list(form.cleaned_data["users"])
        record_fulfilments(request.user, found, people, form.evidence, at=now())

    if accepted(form, note):
        messages.success(request, _("It is on record."))
        return redirect("identity:duty", duty_id)
    title = _("Record: %(title)s") % {"title": found.title}
    return form_page(request, "identity/duty/form.html", form, title=title, duty=found)


@login_required
@require_POST
def remind(request: SignedIn, duty_id: int) -> HttpResponse:
    """Remind all who lack a duty."""
    count = remind_lacking(request.user, one_duty(request.user, duty_id), at=now())
    told = ngettext(
        "%(count)s person was reminded.", "%(count)s people were reminded.", count
    )
    messages.success(request, told % {"count": count})
    return redirect("identity:duty", duty_id)


@login_required
@require_POST
def withdrawal(request: SignedIn, duty_id: int, fulfilment_id: int) -> HttpResponse:
    """Let what somebody has fulfilled count no more."""
    one_duty(request.user, duty_id)
    rows = fulfilments(request.user, duty_id).filter(pk=fulfilment_id)
    found = rows.first()
    if found is None:
        raise NotVisible
    holder = one_user(request.user, found.user_id)
    withdraw_fulfilment(request.user, holder, fulfilment_id, at=now())
    messages.success(request, _("It counts no more."))
    return redirect("identity:duty", duty_id)


def _line(owed: Owed) -> dict[str, object]:
    """Return what a duty of somebody looks like in a list."""
    return {
        "owed": owed,
        "kind": KIND_LABELS[owed.asked.kind],
        "state": STANDING_LABELS[owed.standing],
        "tone": TONES[owed.standing],
    }
