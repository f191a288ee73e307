"""Key findings: what changed and who should act; and what people say to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from guanxi.analytics import queries
from guanxi.analytics.colleagues import numbers_of
from guanxi.analytics.commands.discussion import (
    LONGEST,
    begin_discussion,
    put_aside,
    reply,
    settle_discussion,
    take_up,
)
from guanxi.analytics.findings.declared import Finding, Sort
from guanxi.analytics.findings.known import findings
from guanxi.analytics.findings.talk import (
    about,
    discussion,
    discussions,
    put_aside_by,
)
from guanxi.analytics.models import Discussion
from guanxi.analytics.outlooks import Step
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest, is_fragment

MOST_TALKS = 50


class SpanForm(forms.Form):
    """Of which span the findings are."""

    step = forms.ChoiceField(
        label=gettext_lazy("The latest whole"),
        choices=[("month", gettext_lazy("Month")), ("week", gettext_lazy("Week"))],
    )


class TalkForm(forms.Form):
    """What to say about a finding, and to whom."""

    people = forms.CharField(
        label=gettext_lazy("Tell"),
        help_text=gettext_lazy("Names, one after the other, with commas between."),
    )
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    subject = forms.CharField(max_length=300, widget=forms.HiddenInput)


class ReplyForm(forms.Form):
    """What to answer, and who else should know."""

    text = forms.CharField(
        label=gettext_lazy("Reply"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    people = forms.CharField(
        label=gettext_lazy("Tell also"),
        required=False,
        help_text=gettext_lazy("Names, one after the other, with commas between."),
    )


@dataclass(frozen=True)
class Shown:
    """A finding, what was said about it, and where to say something."""

    finding: Finding
    talks: Sequence[Discussion]
    talk_url: str


@login_required
@require_GET
def finding_list(request: StaffRequest) -> HttpResponse:
    """Show what changed, how sure that is, what is at stake, and who should act."""
    require(request.user, "analysis.read")
    form = SpanForm({"step": request.GET.get("step", "month")})
    step = Step(form.cleaned_data["step"]) if form.is_valid() else Step.MONTH
    known = findings(request.user, step, localdate())
    found = known.findings
    aside = put_aside_by(request.user)
    shows_aside = "aside" in request.GET
    here = [one for one in found if (one.key in aside) == shows_aside]
    talks = about(request.user, [one.key for one in here])
    parts = [
        (
            sort.label,
            [
                Shown(one, talks.get(one.key, ()), _talk_url(one))
                for one in here
                if one.sort is sort
            ],
        )
        for sort in Sort
    ]
    runs = queries.latest_runs(1)
    context = {
        "form": form,
        "run": runs[0] if runs else None,
        "parts": [(label, shown) for label, shown in parts if shown],
        "calm": known.looked_at
        if not any(one.sort is Sort.SALES for one in found)
        else 0,
        "aside": sum(one.key in aside for one in found),
        "shows_aside": shows_aside,
        "step": step.value,
        "open_talks": discussions(request.user).filter(settled_at=None).count(),
    }
    return render(request, "analytics/findings.html", context)


def _talk_url(one: Finding) -> str:
    names = pgettext("list", ", ").join(person.name for person in one.who)
    page = reverse("analytics:finding_talk", args=[one.key])
    return f"{page}?{urlencode({'subject': one.subject, 'people': names})}"


@login_required
@require_POST
def finding_aside(request: StaffRequest, key: str) -> HttpResponse:
    """Put a finding aside, or take it up again."""
    if "undo" in request.GET:
        take_up(request.user, key)
    else:
        put_aside(request.user, key, at=now())
        undo = f"{reverse('analytics:finding_aside', args=[key])}?undo"
        toasts.success(request, _("Put aside."), extra_tags=undo)
    return redirect("analytics:findings")


@login_required
@require_http_methods(["GET", "POST"])
def finding_talk(request: StaffRequest, key: str) -> HttpResponse:
    """Tell colleagues about a finding."""
    require(request.user, "analysis.read")
    usual = {name: request.GET.get(name, "") for name in ("subject", "people")}
    form = TalkForm(request.POST or None, initial=usual)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            begin_discussion(
                request.user,
                key=key,
                subject=data["subject"],
                people=numbers_of(request.user, data["people"], field="people"),
                text=data["text"],
                at=now(),
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            toasts.success(request, _("They have been told."))
            return redirect("analytics:findings")
    context = {
        "base": "ui/dialog.html" if is_fragment(request) else "ui/shell.html",
        "form": form,
        "subject": form["subject"].value(),
        "submit_label": _("Tell them"),
        "cancel_url": reverse("analytics:findings"),
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/finding_talk.html", context, status=status)


@login_required
@require_GET
def discussion_list(request: StaffRequest) -> HttpResponse:
    """List the talks one belongs to, the open ones first."""
    rows = discussions(request.user).order_by("settled_at", "-pk")[:MOST_TALKS]
    return render(request, "analytics/discussions.html", {"talks": rows})


@login_required
@require_http_methods(["GET", "POST"])
def discussion_page(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a talk; answer in it, settle it, or open it again."""
    found = discussion(request.user, pk)
    if request.method == "POST" and "settled" in request.POST:
        is_settled = request.POST["settled"] == "yes"
        settle_discussion(request.user, found, is_settled=is_settled, at=now())
        return redirect("analytics:discussion", pk)
    form = ReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            people = numbers_of(request.user, data["people"], field="people")
            reply(request.user, found, text=data["text"], people=people, at=now())
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return redirect("analytics:discussion", pk)
    context = {
        "talk": found,
        "items": _items(found),
        "form": form,
        "submit_label": _("Reply"),
        "cancel_url": reverse("analytics:discussions"),
        "can_analyse": allowed(request.user, "analysis.read"),
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/discussion.html", context, status=status)


def _items(found: Discussion) -> Sequence[Mapping[str, Any]]:
    """Return the remarks as the timeline shows them."""
    return [
        {
            "icon": "message",
            "tone": "blue",
            "title": one.author.name if one.author else _("Somebody who has left"),
            "body": one.text,
            "at": one.said_at,
        }
        for one in found.remarks.all()
    ]
