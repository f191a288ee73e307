"""A supervisor looks into who saw, revealed and took out protected data."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.audit_pages import ACTS, accesses_of, told_fields
from guanxi.foundation.clock import now
from guanxi.foundation.policies import may, policy_of
from guanxi.foundation.tables.page import table_page
from guanxi.identity.commands.access_day import review_days
from guanxi.identity.models import AccessDay
from guanxi.identity.policies import ACCESS_DAY
from guanxi.identity.queries.access_day import access_day
from guanxi.identity.rules.access_day import LONGEST_REMARK, MOST_SHOWN
from guanxi.identity.rules.duty import Standing
from guanxi.identity.tables import ACCESS_DAYS
from guanxi.identity.views.page import SignedIn, accepted


class ReviewForm(forms.Form):
    """What the supervisor found."""

    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=LONGEST_REMARK,
        required=False,
        help_text=gettext_lazy("What you asked, and what came of it."),
    )


@login_required
def access_days(request: SignedIn) -> HttpResponse:
    """List what each person saw on each day, and mark days as reviewed."""
    return table_page(request, ACCESS_DAYS)


@login_required
def review(request: SignedIn, access_day_id: int) -> HttpResponse:
    """Show one person's day: each read, reveal and export, and why; mark it reviewed."""
    found = access_day(request.user, access_day_id)
    form = ReviewForm(request.POST or None)

    def mark() -> None:
        remark = form.cleaned_data["remark"]
        review_days(request.user, [found], remark=remark, at=now())

    if request.method == "POST" and accepted(form, mark):
        messages.success(request, _("Reviewed."))
        return redirect("identity:access_days")
    shown = ACCESS_DAY.readable(request.user)
    context = {
        "found": found,
        "form": form,
        "shown": shown,
        "lines": _lines(request.user, found) if "acts" in shown else [],
        "lacking": [o for o in found.user.duties if o.standing is Standing.OVERDUE],
        "may_review": may(request.user, "access_day.review", found)
        and found.user_id != request.user.pk,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "identity/review/page.html", context, status=status)


def _lines(viewer: Actor, found: AccessDay) -> list[dict[str, object]]:
    """Return the single acts of a day in words."""
    acts = dict(ACTS)
    return [
        {
            "at": row.at,
            "act": acts.get(row.act, row.act),
            "kind": policy_of(row.kind).label,
            "fields": told_fields(row),
            "rows": row.rows,
            "reason": row.reason,
        }
        for row in accesses_of(viewer, found.user_id, found.day, most=MOST_SHOWN)
    ]
