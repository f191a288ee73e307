"""How the house uses its detectors."""

from dataclasses import replace

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.actions.commands.rule import set_rule
from guanxi.actions.forms import (
    RuleForm,
)
from guanxi.actions.queries.effect import effects_told
from guanxi.actions.queries.late import late_messages
from guanxi.actions.queries.rule import rule_in_use, rules_in_use, tried
from guanxi.actions.rules import Detector, Mode
from guanxi.actions.rules.effect import Verdict
from guanxi.actions.views.dialog import Dialog, answer, show
from guanxi.analytics.queries import present_day, run
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest


@login_required
@require_GET
def rule_list(request: StaffRequest) -> HttpResponse:
    """List the detectors with their modes."""
    require(request.user, "rule.read")
    effects = effects_told(request.user, localdate())
    return render(
        request,
        "actions/rules.html",
        {
            "rules": [
                (rule, effects.get(rule.watch.detector)) for rule in rules_in_use()
            ],
            "can_edit": allowed(request.user, "rule.edit"),
        },
    )


@login_required
@require_GET
def work_done(request: StaffRequest, run_pk: int) -> HttpResponse:
    """Show what rules change and what nobody acted on, beside the findings of a run."""
    require(request.user, "action_message.read")
    run(request.user, run_pk)
    today = localdate()
    reads_rules = allowed(request.user, "rule.read")
    effects = effects_told(request.user, today) if reads_rules else {}
    judged = [
        (Detector(key).label, effect)
        for key, effect in effects.items()
        if key in Detector.values and effect.verdict is not Verdict.TOO_FEW
    ]
    late = late_messages(request.user, today)
    if not (judged or late.count):
        raise NotVisible
    context = {"judged": judged, "late": late, "today": today}
    return render(request, "actions/_work_done.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def rule(request: StaffRequest, key: str) -> HttpResponse:
    """Set the mode and the parameters of one detector, or try what they would find."""
    require(request.user, "rule.edit")
    if key not in Detector.values:
        return redirect("actions:rules")
    detector = Detector(key)
    in_use = rule_in_use(detector)
    form = RuleForm(
        request.POST or None,
        watch=in_use.watch,
        initial={
            "mode": in_use.mode,
            "held_percent": in_use.held_percent,
            **in_use.parameters,
        },
    )

    def act() -> None:
        set_rule(
            request.user,
            detector,
            mode=Mode(form.cleaned_data["mode"]),
            parameters=form.parameters(),
            held_percent=form.cleaned_data["held_percent"],
            at=now(),
        )
        toasts.success(request, _("Rule saved. It applies from the next look."))

    dialog = Dialog(
        title=str(detector.label),
        verb=_("Save rule"),
        template="actions/rule.html",
        back=reverse("actions:rules"),
        more={"try_label": _("Try it")},
    )
    if "try" in request.POST and form.is_valid():
        found = tried(in_use.watch, form.parameters(), present_day(now()))
        return show(
            request, form, replace(dialog, more={**dialog.more, "found": found})
        )
    return answer(request, form, act, dialog)
