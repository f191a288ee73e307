"""The tokens with which programs act for people."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guanxi.foundation.clock import now
from guanxi.foundation.policies import may, require
from guanxi.identity.commands.token import create_token, revoke_token
from guanxi.identity.forms.token import TokenForm
from guanxi.identity.models import Token
from guanxi.identity.queries import token, token_lines
from guanxi.identity.views.page import SignedIn, accepted, form_page


@login_required
def tokens(request: SignedIn) -> HttpResponse:
    """Show the tokens the viewer may see: their own at least."""
    require(request.user, "token.read")
    context = {
        "tokens": token_lines(request.user, at=now()),
        "may_create": may(request.user, "token.create"),
    }
    return render(request, "identity/tokens.html", context)


@login_required
@never_cache
def token_create(request: SignedIn) -> HttpResponse:
    """Ask for a new token of the viewer's own; show its text this once."""
    require(request.user, "token.create")
    form = TokenForm(request.user, request.POST or None)
    made: list[tuple[Token, str]] = []

    def create() -> None:
        at = now()
        made.append(
            create_token(
                request.user,
                request.user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(at),
                at=at,
            )
        )

    if accepted(form, create):
        made_token, text = made[0]
        context = {"token": made_token, "text": text}
        return render(request, "identity/token_made.html", context)
    return form_page(request, "identity/token_create.html", form)


@login_required
@require_POST
def token_revocation(request: SignedIn, token_id: int) -> HttpResponse:
    """Let a token work no more."""
    found = token(request.user, token_id)
    revoke_token(request.user, found, at=now())
    messages.success(
        request, _("The token %(name)s works no more.") % {"name": found.name}
    )
    return redirect("identity:tokens")
