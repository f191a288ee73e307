"""What the key customer rule proposes, to be decided by people."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.analytics import queries
from guanxi.analytics.commands.analysis import set_analysis_settings
from guanxi.analytics.forms import KeyRuleForm
from guanxi.analytics.tables import KEY_PROPOSALS
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.tables.page import table_page
from guanxi.foundation.viewer import StaffRequest


@login_required
def key_proposals(request: StaffRequest) -> HttpResponse:
    """List who is to become a key customer, and who is one no longer."""
    require(request.user, "key_proposal.read")
    may_configure = allowed(request.user, "analysis.configure")
    return table_page(request, KEY_PROPOSALS, {"can_configure": may_configure})


@login_required
def key_rule(request: StaffRequest) -> HttpResponse:
    """Set what a key customer reaches."""
    require(request.user, "analysis.configure")
    rule = queries.analysis_settings().key
    form = KeyRuleForm(request.POST or None, initial=vars(rule))
    if request.method == "POST" and form.is_valid():
        values = {**queries.changed_settings(), "key": form.values()}
        set_analysis_settings(request.user, values=values, at=now())
        messages.success(request, _("Rule saved. It applies from the next analysis."))
        return redirect("analytics:key_proposals")
    context = {
        "base": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "form": form,
        "submit_label": _("Save rule"),
        "cancel_url": reverse("analytics:key_proposals"),
        "draft": "",
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/key_rule.html", context, status=status)
