"""The people: list, page, and what is done to them."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page
from guanxi.identity.commands.role import grant_roles
from guanxi.identity.commands.session import sign_out_user
from guanxi.identity.commands.user import (
    change_user,
    create_user,
    deactivate_user,
    reactivate_user,
    reset_password,
    reset_two_factor,
)
from guanxi.identity.forms.user import (
    NewUserForm,
    PasswordResetForm,
    RolesForm,
    UserForm,
    facts_of,
)
from guanxi.identity.models import User
from guanxi.identity.policies import USER
from guanxi.identity.queries import (
    grantable_roles,
    has_two_factor,
    is_linked,
    sessions,
    user,
)
from guanxi.identity.tables import USERS
from guanxi.identity.views.page import SignedIn, accepted, form_page


@login_required
def users(request: SignedIn) -> HttpResponse:
    """Show the people whom the viewer may see."""
    require(request.user, "user.read")
    return table_page(request, USERS, {"may_create": may(request.user, "user.create")})


@login_required
def user_create(request: SignedIn) -> HttpResponse:
    """Ask for a new user, and create it."""
    require(request.user, "user.create")
    form = NewUserForm(request.user, request.POST or None)
    made: list[User] = []

    def create() -> None:
        made.append(create_user(request.user, **form.cleaned_data, at=now()))

    if accepted(form, create):
        told = _("%(name)s can sign in now. Hand over the first password.")
        messages.success(request, told % {"name": made[0].name})
        return redirect("identity:user", made[0].pk)
    return form_page(request, "identity/user_create.html", form)


@login_required
def user_page(request: SignedIn, user_id: int) -> HttpResponse:
    """Show one user; change who he is."""
    person = user(request.user, user_id)
    form = UserForm(request.user, request.POST or None, initial=facts_of(person))

    def change() -> None:
        known = {name: getattr(person, name) for name in form.base_fields}
        change_user(request.user, person, **{**known, **form.cleaned_data}, at=now())

    if request.method == "POST" and accepted(form, change):
        messages.success(request, _("Saved"))
        return redirect("identity:user", person.pk)
    if request.method == "GET":
        shown = {person.pk: {"email": person.email}}
        record_shown(request.user, USER, shown, at=now())
    return form_page(request, "identity/user.html", form, **_facts(request, person))


@login_required
def user_roles(request: SignedIn, user_id: int) -> HttpResponse:
    """Show and change which roles a user holds."""
    person = user(request.user, user_id)
    require(request.user, "user.grant", person)
    form = RolesForm(request.user, request.POST or None, initial=facts_of(person))

    def grant() -> None:
        offered = grantable_roles(request.user)
        kept = person.roles.exclude(pk__in=offered.values("pk"))
        chosen = [*form.cleaned_data["roles"], *kept]
        grant_roles(request.user, person, chosen, at=now())

    # An empty form is an answer here: no role at all.
    form.is_bound = request.method == "POST"
    if request.method == "POST" and accepted(form, grant):
        messages.success(request, _("Saved. It counts from the next click on."))
        return redirect("identity:user", person.pk)
    return form_page(request, "identity/user_roles.html", form, person=person)


@login_required
def user_password(request: SignedIn, user_id: int) -> HttpResponse:
    """Give a user a new password."""
    person = user(request.user, user_id)
    require(request.user, "user.reset_password", person)
    form = PasswordResetForm(request.POST or None)

    def reset() -> None:
        password = form.cleaned_data["password"]
        reset_password(request.user, person, password=password, at=now())

    if accepted(form, reset):
        told = _("%(name)s has a new password and is signed out everywhere.")
        messages.success(request, told % {"name": person.name})
        return redirect("identity:user", person.pk)
    return form_page(request, "identity/user_password.html", form, person=person)


@login_required
@require_POST
def user_deactivation(request: SignedIn, user_id: int) -> HttpResponse:
    """Lock a user out."""
    told = _("%(name)s is locked out: sessions and tokens have ended.")
    return _done(request, user_id, told, deactivate_user)


@login_required
@require_POST
def user_reactivation(request: SignedIn, user_id: int) -> HttpResponse:
    """Let a user in again."""
    return _done(request, user_id, _("%(name)s can sign in again."), reactivate_user)


@login_required
@require_POST
def user_two_factor(request: SignedIn, user_id: int) -> HttpResponse:
    """Remove a user's second factors."""
    told = _("%(name)s signs in with the password alone now.")
    return _done(request, user_id, told, reset_two_factor)


@login_required
@require_POST
def user_sessions(request: SignedIn, user_id: int) -> HttpResponse:
    """Sign a user out everywhere."""
    told = _("%(name)s is signed out everywhere.")
    return _done(request, user_id, told, sign_out_user)


def _done(
    request: SignedIn, user_id: int, told: str, act: Callable[..., object]
) -> HttpResponse:
    person = user(request.user, user_id)
    act(request.user, person, at=now())
    messages.success(request, told % {"name": person.name})
    return redirect("identity:user", person.pk)


def _facts(request: SignedIn, person: User) -> dict[str, object]:
    """Return what the page of ``person`` shows, and what the viewer may do there."""
    can = {
        action: may(request.user, f"user.{action}", person)
        for action in ("edit", "grant", "deactivate", "reset_password")
    }
    is_self = person.pk == request.user.pk
    return {
        "person": person,
        "email": USER.shown(request.user, "email", person.email),
        "roles": list(person.roles.all()),
        "sessions": sessions(person) if can["reset_password"] or is_self else [],
        "has_two_factor": has_two_factor(person),
        "is_linked": is_linked(person),
        "can": can,
        "is_self": is_self,
    }
