"""What everybody sets for themselves."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guanxi.foundation.clock import now
from guanxi.identity.commands.preferences import Preferences, set_preferences
from guanxi.identity.commands.session import revoke_other_sessions, revoke_session
from guanxi.identity.forms.user import PreferencesForm, facts_of
from guanxi.identity.queries import has_two_factor, sessions
from guanxi.identity.rules.user import DENSITIES, THEMES
from guanxi.identity.views.page import SignedIn, accepted, form_page

YEAR_SECONDS = 31_536_000


@login_required
def account(request: SignedIn) -> HttpResponse:
    """Show and change how the user likes the product."""
    form = PreferencesForm(request.POST or None, initial=facts_of(request.user))
    if accepted(form, lambda: set_preferences(request.user, form.preferences())):
        messages.success(request, _("Saved"))
        response = redirect("identity:account")
        _remember(response, form.preferences())
        return response
    return form_page(request, "identity/account.html", form)


@login_required
def security(request: SignedIn) -> HttpResponse:
    """Show how the user signs in, and where he is signed in."""
    context = {
        "sessions": sessions(request.user),
        "has_two_factor": has_two_factor(request.user),
    }
    return render(request, "identity/security.html", context)


@login_required
@require_POST
def session_end(request: SignedIn, session_id: int) -> HttpResponse:
    """End one of the user's sessions."""
    revoke_session(request.user, session_id=session_id, at=now())
    messages.success(request, _("The session has ended."))
    return redirect("identity:security")


@login_required
@require_POST
def sessions_end(request: SignedIn) -> HttpResponse:
    """End all sessions of the user but this one."""
    keep = request.session.session_key or ""
    ended = revoke_other_sessions(request.user, keep=keep, at=now())
    told = ngettext("%(n)d session has ended.", "%(n)d sessions have ended.", ended)
    messages.success(request, told % {"n": ended})
    return redirect("identity:security")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Set language, theme, density or keys from anywhere, and go back there."""
    chosen = _asked(request)
    if request.user.is_authenticated:
        set_preferences(request.user, chosen)
    response: HttpResponse = HttpResponseRedirect(_next(request))
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204, headers={"HX-Refresh": "true"})
    _remember(response, chosen)
    return response


def _asked(request: HttpRequest) -> Preferences:
    """Return what was sent, as far as it is among what is offered."""

    def one_of(name: str, offered: object) -> str | None:
        value = request.POST.get(name)
        return value if value in dict(offered) else None  # type: ignore[call-overload]  # -- pairs or a mapping

    keys = request.POST.get("has_keys")
    return Preferences(
        language=one_of("language", settings.LANGUAGES),
        theme=one_of("theme", THEMES),
        density=one_of("density", DENSITIES),
        has_keys=None if keys is None else keys == "on",
    )


def _next(request: HttpRequest) -> str:
    """Return the page to go back to: one of ours, whatever was asked."""
    asked = request.POST.get("next") or request.headers.get("Referer", "")
    ours = {request.get_host()}
    if url_has_allowed_host_and_scheme(asked, ours, require_https=request.is_secure()):
        return asked
    return str(settings.LOGIN_REDIRECT_URL)


def _remember(response: HttpResponse, chosen: Preferences) -> None:
    """Let the browser keep what a page needs before anybody has signed in."""
    cookies = {settings.LANGUAGE_COOKIE_NAME: chosen.language, "theme": chosen.theme}
    for name, value in cookies.items():
        if value:
            response.set_cookie(
                name,
                value,
                max_age=YEAR_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
