"""Who may see a record, and why."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from guanxi.identity.queries.who import record_of, who_sees
from guanxi.identity.views.page import SignedIn


@login_required
@require_GET
def who(request: SignedIn, kind: str, pk: int) -> HttpResponse:
    """List who may read and change a record, by which roles and shares."""
    policy, record = record_of(request.user, kind, pk)
    context = {
        "who": who_sees(request.user, policy, record),
        "kind": policy.label,
        "page_url": reverse(policy.page, args=[pk]) if policy.page else "",
    }
    return render(request, "identity/who.html", context)
