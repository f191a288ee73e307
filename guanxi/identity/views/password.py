"""The last step of signing in with a password that somebody else knows."""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from django.http import HttpRequest, HttpResponse

from guanxi.foundation.clock import now
from guanxi.identity.backends import NewPasswordStage
from guanxi.identity.commands.user import choose_password
from guanxi.identity.forms.user import NewPasswordForm
from guanxi.identity.views.page import accepted, form_page


@login_stage_required(stage=NewPasswordStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]  # -- allauth has no types
def new_password(request: HttpRequest) -> HttpResponse:
    """Ask for a password of the user's own, then let him in."""
    stage: Any = request._login_stage  # type: ignore[attr-defined]  # -- set by the decorator
    user = stage.login.user
    form = NewPasswordForm(request.POST or None)

    def choose() -> None:
        choose_password(user, password=form.cleaned_data["password"], at=now())

    if accepted(form, choose):
        user.refresh_from_db(fields=["password", "must_change_password"])
        response: HttpResponse = stage.exit()
        return response
    return form_page(request, "identity/new_password.html", form, person=user)
