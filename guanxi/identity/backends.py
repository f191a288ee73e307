"""How people sign in: what we ask of django-allauth, and our own steps in it."""

from base64 import urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import (
    AuthenticationBackend as AccountBackend,
)
from allauth.account.stages import LoginStage
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from guanxi.foundation.actor import System
from guanxi.foundation.arranged import arrangement_number, heed
from guanxi.foundation.clock import now
from guanxi.foundation.compiled import Kept, asked
from guanxi.foundation.errors import Refused
from guanxi.identity.commands.provider import admit
from guanxi.identity.commands.session import (
    note_refused_sign_in,
    note_secured_sign_in,
    note_sign_in,
)
from guanxi.identity.commands.user import choose_password
from guanxi.identity.models import User
from guanxi.identity.rules.provider import read_claims
from guanxi.identity.rules.user import is_repetitive

PRODUCT = gettext_lazy("Guanxi")


_kept: Kept = {}


class AuthenticationBackend(AccountBackend):  # type: ignore[misc]  # -- allauth has no types
    """Tells who somebody is: by name or address and password, then by number."""

    def get_user(self, user_id: int) -> User | None:
        """Return the user whom a session names, unless he may not sign in any more."""
        found = asked(_kept, (), _by_number, pk=int(user_id))
        for user in found:
            heed(user.arrangement_number)
        return next(filter(self.user_can_authenticate, found), None)


def _by_number(pk: int) -> "QuerySet[Any]":
    """Return the query of a user, with the number of what administrators arrange."""
    rows = User.objects.filter(pk=pk)
    return rows.annotate(arrangement_number=arrangement_number())


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # -- allauth has no types
    """Sign-in with accounts that colleagues make, noted in the log."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy(
            "This account is deactivated. Ask your administrator."
        ),
        "email_password_mismatch": gettext_lazy(
            "Username or password is wrong. Check both and try again."
        ),
        "username_password_mismatch": gettext_lazy(
            "Username or password is wrong. Check both and try again."
        ),
        "incorrect_password": gettext_lazy("The password is wrong."),
        "enter_current_password": gettext_lazy("The current password is wrong."),
        "incorrect_code": gettext_lazy(
            "The code is wrong or has expired. Enter the newest one."
        ),
        "too_many_login_attempts": gettext_lazy(
            "Too many wrong attempts. Wait five minutes, then try again."
        ),
        "rate_limited": gettext_lazy(
            "Too many attempts. Wait a minute, then try again."
        ),
        "same_as_current": gettext_lazy("The new password equals the old one."),
        "invalid_password_reset": gettext_lazy(
            "This link has been used or has expired. Request a new one."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse self-signup: administrators create users."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return allauth's steps, and ours last: whoever is known may have to change."""
        name = f"{NewPasswordStage.__module__}.{NewPasswordStage.__qualname__}"
        return [*super().get_login_stages(), name]

    def post_login(
        self, request: HttpRequest, user: User, **details: Any
    ) -> HttpResponse:
        """Note the sign-in."""
        response: HttpResponse = super().post_login(request, user, **details)
        note_sign_in(user, ip=self.get_client_ip(request), at=now())
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note the refusal."""
        login = credentials.get("email") or credentials.get("username") or ""
        ip = self.get_client_ip(request)
        note_refused_sign_in(
            System(gettext_noop("sign-in")), login=login, ip=ip, at=now()
        )

    def set_password(self, user: User, password: str) -> None:
        """Let the user choose a password: it is checked, noted, and no longer imposed."""
        choose_password(user, password=password, at=now())
        user.refresh_from_db(fields=["password", "must_change_password"])

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: Any, **details: Any
    ) -> None:
        """Note changes of the second factors, whether or not a mail goes out."""
        room, _folder, change = template_prefix.split("/")
        if room == "mfa":
            note_secured_sign_in(user, change=change, at=now())
        super().send_notification_mail(template_prefix, user, *args, **details)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of the mail: at our own address, whatever host was asked."""
        uid, _dash, secret = key.partition("-")
        parts = {"uidb36": uid, "key": secret}
        path = reverse("account_reset_password_from_key", kwargs=parts)
        return f"{settings.PUBLIC_ORIGIN}{path}"

    def format_email_subject(self, subject: str) -> str:
        """Return the subject as it is."""
        return subject


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # -- allauth has no types
    """Second factors: under our name, their secrets encrypted at rest."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def get_totp_issuer(self) -> str:
        """Return what authenticator apps show above the code."""
        return str(PRODUCT)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whose passkeys they are: our host's, under our name."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": str(PRODUCT)}

    def encrypt(self, text: str) -> str:
        """Return ``text`` encrypted with a key drawn from the secret key."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what ``encrypt`` was given."""
        return _fernet().decrypt(encrypted_text.encode()).decode()


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # -- allauth has no types
    """Sign-in with the identity provider of the firm: who is let in, and as whom."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find, link or make the user whom the provider names."""
        claims = read_claims(
            _told(sociallogin.account.extra_data),
            groups_claim=settings.OIDC_GROUPS_CLAIM,
            trusts_email=settings.OIDC_TRUSTS_EMAIL,
        )
        provider = sociallogin.account.provider
        by, at = System(gettext_noop("single sign-on")), now()
        try:
            with transaction.atomic():
                user = admit(
                    by,
                    claims,
                    provider=provider,
                    creates=settings.OIDC_CREATES_USERS,
                    at=at,
                )
        except Refused as refusal:
            ip = AccountAdapter().get_client_ip(request)
            note_refused_sign_in(by, login=claims.email, ip=ip, at=at)
            raise _back_to_sign_in(request, refusal.message) from refusal
        sociallogin.user = user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str = AuthError.UNKNOWN,
        **_details: Any,
    ) -> None:
        """Lead back to the sign-in page with a sentence, whatever went wrong out there."""
        told = {
            AuthError.CANCELLED: _("Signing in was cancelled."),
            AuthError.DENIED: _("The provider did not let you in."),
        }
        raise _back_to_sign_in(
            request,
            told.get(
                error,
                _(
                    "The sign-in with %(name)s did not work. Try again; if it stays so,"
                    " ask your administrator."
                )
                % {"name": provider.name},
            ),
        )

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse: who may come in has been made a user before it comes to this."""
        return False


def _told(extra: dict[str, Any]) -> dict[str, Any]:
    """Return what the provider says: what only the signed token has, and the rest."""
    return {**extra.get("id_token", {}), **extra.get("userinfo", {})}


def _back_to_sign_in(request: HttpRequest, sentence: str) -> ImmediateHttpResponse:
    messages.error(request, sentence)
    return ImmediateHttpResponse(redirect("account_login"))


class NewPasswordStage(LoginStage):  # type: ignore[misc]  # -- allauth has no types
    """The last step of signing in with a password that somebody else knows."""

    key = "new_password"
    urlname = "identity:new_password"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return where to go on, and that signing in may go on there."""
        by_provider = "sociallogin" in (self.login.signal_kwargs or {})
        if by_provider or not self.login.user.must_change_password:
            return None, True
        return headed_redirect_response(self.urlname), True


class LengthValidator(MinimumLengthValidator):
    """Refuses short passwords, with a sentence that has its Chinese."""

    def get_error_message(self) -> str:
        """Return what is missing."""
        return ngettext(
            "The password needs at least %(count)d character.",
            "The password needs at least %(count)d characters.",
            self.min_length,
        ) % {"count": self.min_length}


class RepeatedCharacterValidator:
    """Refuses 1111111111, abababababab and their like."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """
        Check ``password``.

        :raises ValidationError: if it is one to three characters over and over.
        """
        if is_repetitive(password):
            raise ValidationError(self.get_help_text(), code="password_repetitive")

    def get_help_text(self) -> str:
        """Return the rule in a sentence."""
        return _("The password may not be the same characters over and over.")


def _fernet() -> Fernet:
    key = salted_hmac("guanxi.identity.mfa", "", algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))
