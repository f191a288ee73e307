"""The early-warning list: who may leave, with all signs of it side by side."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from guanxi.analytics import early_warnings as warnings
from guanxi.analytics.bonds import require_bonds
from guanxi.analytics.commands.core import segment_core
from guanxi.analytics.early_warnings import A_PAGE, RECENT_DAYS, Warned
from guanxi.analytics.views.bond import bond_tabs
from guanxi.customers.rules.bond import shown_score
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import policy_of
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest, key_of

USUAL = 2


class LeastForm(forms.Form):
    """With how many signs somebody stands in the list."""

    least = forms.TypedChoiceField(
        label=gettext_lazy("Signs at least"),
        choices=[(n, str(n)) for n in (1, 2, 3, 4)],
        coerce=int,
    )

    def __init__(self, asked: QueryDict) -> None:
        super().__init__({"least": asked.get("least", USUAL)})

    @property
    def signs(self) -> int:
        """What was chosen, or the usual number."""
        return int(self.cleaned_data["least"]) if self.is_valid() else USUAL


@login_required
@require_http_methods(["GET", "POST"])
def early_warnings(request: StaffRequest) -> HttpResponse:
    """List who may leave, the most signs first; a POST makes a segment of them all."""
    require_bonds(request.user)
    form, at = LeastForm(request.GET), now()
    if request.method == "POST":
        return _segmented(request, form.signs)
    after = key_of(request.GET.get("after", "")) or 0
    found = warnings.warned(request.user, least=form.signs, at=at, after=after)
    count = warnings.warned_count(request.user, least=form.signs, at=at)
    shown = {
        one.customer.pk: {"name": one.customer.name, "satisfaction": one.satisfaction}
        for one in found
    }
    record_shown(request.user, policy_of("customer"), shown, at=at)
    asked = request.GET.copy()
    asked["after"] = str(after + A_PAGE)
    context: dict[str, Any] = {
        "tabs": bond_tabs("early_warnings"),
        "form": form,
        "count": count,
        "rows": [(one, _signs(one)) for one in found],
        "days": RECENT_DAYS,
        "shows_owner": "owner" in policy_of("customer").readable(request.user),
        "next_url": f"?{asked.urlencode()}" if count > after + A_PAGE else "",
        "can_segment": allowed(request.user, "segment.create"),
    }
    return render(request, "analytics/early_warnings.html", context)


def _signs(one: Warned) -> Sequence[tuple[str, str]]:
    """Return the signs in words, each with the tone of its badge."""
    fallen = 0 if one.trend is None else round(100 * (1 - one.trend))
    score = shown_score(one.satisfaction)
    words = {
        "low": (_("Satisfaction %(score)s of 10") % {"score": score}, "red"),
        "refund": (_("Money refunded lately"), "amber"),
        "trouble": (_("Trouble with a contract"), "amber"),
        "falling": (_("Buys %(percent)s%% less") % {"percent": fallen}, "amber"),
        "risk": (_("Risk to leave %(risk)s%%") % {"risk": one.risk}, "red"),
        "free": (_("Nothing holds it"), "gray"),
    }
    return [words[key] for key in one.signs]


def _segmented(request: StaffRequest, least: int) -> HttpResponse:
    at = now()
    ids = warnings.warned_ids(request.user, least=least, at=at)
    try:
        made = segment_core(request.user, ids, name=_("Early warnings"), at=at)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(request.get_full_path())
    messages.success(request, _("Segment made"))
    return redirect("customers:segment", made)
