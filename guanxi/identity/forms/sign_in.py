"""The sign-in library's forms, with our labels, and no text inside the controls."""

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words
from guanxi.identity.queries import is_untouched

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class Ours(forms.Form):
    """Puts ``labels``, ``helps`` and ``attributes`` in place of the library's."""

    labels: ClassVar[Mapping[str, Words]] = {}
    helps: ClassVar[Mapping[str, Words]] = {}
    attributes: ClassVar[Mapping[str, Mapping[str, object]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.update(self.attributes.get(name, {}))
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")


class LoginForm(Ours, account.LoginForm):  # type: ignore[misc]  # -- allauth has no types
    """Who signs in."""

    labels = {
        "login": _("Username or e-mail"),
        "password": _("Password"),
        "remember": _("Keep me signed in on this device"),
    }
    attributes = {
        "login": {
            "autocomplete": "username webauthn",
            "autocapitalize": "none",
            "spellcheck": "false",
            "autofocus": True,
        },
    }

    @property
    def is_first(self) -> bool:
        """Whether nobody has signed in yet, so that some words of help are due."""
        return is_untouched()

    @property
    def provider(self) -> str:
        """What the identity provider is called; empty without one."""
        return settings.OIDC_NAME if settings.OIDC_ISSUER else ""


class ResetPasswordForm(Ours, account.ResetPasswordForm):  # type: ignore[misc]  # -- allauth has no types
    """Who has forgotten the password."""

    labels = {"email": _("E-mail")}
    attributes = {"email": {"autocomplete": "email", "autofocus": True}}


class ResetPasswordKeyForm(Ours, account.ResetPasswordKeyForm):  # type: ignore[misc]  # -- allauth has no types
    """The new password of somebody who followed the link in the mail."""

    labels = {"password1": _("New password"), "password2": _("New password again")}


class ChangePasswordForm(Ours, account.ChangePasswordForm):  # type: ignore[misc]  # -- allauth has no types
    """The old password and a new one."""

    labels = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }


class ReauthenticateForm(Ours, account.ReauthenticateForm):  # type: ignore[misc]  # -- allauth has no types
    """The password once more."""

    labels = {"password": _("Password")}
    attributes = {"password": {"autofocus": True}}


class AuthenticateForm(Ours, mfa.AuthenticateForm):  # type: ignore[misc]  # -- allauth has no types
    """The second factor."""

    labels = {"code": _("Code")}
    attributes = {"code": CODE}


class ReauthenticateCodeForm(Ours, mfa.ReauthenticateForm):  # type: ignore[misc]  # -- allauth has no types
    """The second factor once more."""

    labels = {"code": _("Code")}
    attributes = {"code": CODE}


class ActivateTOTPForm(Ours, totp.ActivateTOTPForm):  # type: ignore[misc]  # -- allauth has no types
    """The first code of an authenticator app."""

    labels = {"code": _("Code from the app")}
    attributes = {"code": CODE}


class AddWebAuthnForm(Ours, webauthn.AddWebAuthnForm):  # type: ignore[misc]  # -- allauth has no types
    """A new passkey."""

    labels = {
        "name": pgettext_lazy("thing", "Name"),
        "passwordless": _("Sign in with it alone, without a password"),
    }
    helps = {
        "name": _("For example the device it is kept on."),
        "passwordless": _("The device then asks for a fingerprint, face or PIN."),
    }


class EditWebAuthnForm(Ours, webauthn.EditWebAuthnForm):  # type: ignore[misc]  # -- allauth has no types
    """Another name for a passkey."""

    labels = {"name": pgettext_lazy("thing", "Name")}
