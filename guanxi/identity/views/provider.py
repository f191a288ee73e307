"""Sign-in with the identity provider: how it is set, and what its groups give."""

from collections.abc import Callable

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from guanxi.foundation.clock import now
from guanxi.foundation.policies import may, require
from guanxi.identity.commands.provider import map_group, unlink_provider, unmap_group
from guanxi.identity.forms.provider import GroupForm
from guanxi.identity.queries import role_of_group, roles_of_groups, user
from guanxi.identity.views.page import SignedIn, accepted, form_page


@require_GET
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider."""
    return _reached(request, provider_id, oidc.login)


@require_GET
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take who comes back from the provider."""
    return _reached(request, provider_id, oidc.callback)


def _reached(
    request: HttpRequest, provider_id: str, view: Callable[..., HttpResponse]
) -> HttpResponse:
    """Answer with ``view``, and with a sentence where the provider does not answer."""
    try:
        return view(request, provider_id)
    except RequestException as error:
        adapter = get_adapter()
        asked = adapter.get_provider(request, provider_id)
        try:
            adapter.on_authentication_error(request, asked, exception=error)
        except ImmediateHttpResponse as leading_back:
            answer: HttpResponse = leading_back.response
            return answer
        raise


@login_required
def provider(request: SignedIn) -> HttpResponse:
    """Show how people sign in with the provider; let its groups give roles."""
    require(request.user, "role.read")
    form = GroupForm(request.user, request.POST or None)

    def add() -> None:
        clean = form.cleaned_data
        map_group(request.user, clean["role"], group=clean["group"], at=now())

    if accepted(form, add):
        messages.success(request, _("Saved. It counts from the next sign-in on."))
        return redirect("identity:provider")
    callback = reverse("openid_connect_callback", kwargs={"provider_id": "sso"})
    facts = {
        "groups": roles_of_groups(request.user),
        "issuer": settings.OIDC_ISSUER,
        "name": settings.OIDC_NAME,
        "claim": settings.OIDC_GROUPS_CLAIM,
        "creates": settings.OIDC_CREATES_USERS,
        "callback": f"{settings.PUBLIC_ORIGIN}{callback}",
        "may_edit": may(request.user, "role.edit"),
    }
    return form_page(request, "identity/provider.html", form, **facts)


@login_required
@require_POST
def no_group(request: SignedIn, pk: int) -> HttpResponse:
    """Let a group give a role no more."""
    unmap_group(request.user, role_of_group(request.user, pk), at=now())
    messages.success(request, _("The group gives this role no more."))
    return redirect("identity:provider")


@login_required
@require_POST
def user_provider(request: SignedIn, user_id: int) -> HttpResponse:
    """Part a user from the identity provider."""
    person = user(request.user, user_id)
    unlink_provider(request.user, person, at=now())
    told = _("%(name)s is parted from the identity provider and signed out.")
    messages.success(request, told % {"name": person.name})
    return redirect("identity:user", person.pk)
