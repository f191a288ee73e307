"""Who a user is, how he may sign in, and how he likes the product."""

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.identity.commands.preferences import Preferences
from guanxi.identity.models import Role, Team, User
from guanxi.identity.policies import USER
from guanxi.identity.queries import grantable_roles, teams_in_order
from guanxi.identity.rules.user import DENSITIES, THEMES, USERNAME_HELP
from guanxi.identity.rules.zone import current_zones

# Letters and digits that nobody confuses when a password is read out.
PLAIN = "abcdefghijkmnpqrstuvwxyz23456789"


def suggested_password() -> str:
    """Return a password that is easy to dictate: three groups of four, 60 bits."""
    groups = (
        "".join(secrets.choice(PLAIN) for _letter in range(4)) for _group in "123"
    )
    return "-".join(groups)


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # -- not generic when it runs
    """Tick boxes with the name of each role."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Role) -> str:
        """Return the role's name in the active language."""
        return obj.label


class TeamField(forms.ChoiceField):
    """A choice of teams, the tree drawn by indentation; gives the team, or None."""

    def offer(self, teams: Sequence[Team], *, nothing: str) -> None:
        """Let ``teams`` be chosen, or none of them, which is called ``nothing``."""
        self.teams = {str(team.pk): team for team in teams}
        self.choices = [
            ("", nothing),
            *(
                (key, "\u2003" * team.depth + team.name)
                for key, team in self.teams.items()
            ),
        ]

    def clean(self, value: Any) -> Team | None:
        """Return the chosen team."""
        return self.teams.get(super().clean(value))


class UserForm(forms.Form):
    """Who a user is, as far as the viewer may say so."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=60,
        help_text=USERNAME_HELP,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("To sign in with, and to reset a forgotten password."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    team = TeamField(label=gettext_lazy("Team"), required=False)

    def __init__(self, viewer: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, TeamField)
        team.offer(teams_in_order(viewer), nothing=_("No team"))
        for name in set(USER.fields) - USER.writable(viewer):
            self.fields.pop(name, None)


class NewUserForm(UserForm):
    """Who a user is, what he may, and the password of his first sign-in."""

    roles = RolesField(
        label=gettext_lazy("Roles"), queryset=Role.objects.none(), required=False
    )
    password = forms.CharField(
        label=gettext_lazy("First password"),
        max_length=128,
        initial=suggested_password,
        help_text=gettext_lazy(
            "Hand it over in person. At the first sign-in another one must be chosen."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, viewer: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(viewer, *args, **kwargs)
        _offer_roles(self, viewer)


class RolesForm(forms.Form):
    """Which roles a user holds."""

    roles = RolesField(
        label=gettext_lazy("Roles"), queryset=Role.objects.none(), required=False
    )

    def __init__(self, viewer: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_roles(self, viewer)


class PasswordResetForm(forms.Form):
    """The password that somebody in charge gives a user."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=128,
        initial=suggested_password,
        help_text=gettext_lazy(
            "Hand it over in person. At the next sign-in another one must be chosen."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class NewPasswordForm(forms.Form):
    """A password the user chooses."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=128,
        strip=False,
        help_text=gettext_lazy(
            "At least 10 characters; nothing common, nothing like your name."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("New password again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Check that both are the same."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError(_("The two passwords differ."), code="differ")
        return again


class PreferencesForm(forms.Form):
    """How a user likes the product to be."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)
    theme = forms.ChoiceField(
        label=gettext_lazy("Theme"),
        required=False,
        choices=list(THEMES.items()),
        widget=forms.RadioSelect,
    )
    density = forms.ChoiceField(
        label=gettext_lazy("Lists"),
        required=False,
        choices=list(DENSITIES.items()),
        widget=forms.RadioSelect,
    )
    has_keys = forms.BooleanField(
        label=gettext_lazy("Keyboard shortcuts"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = _("Like the installation (%(value)s)")
        languages = {"zh-hans": "中文", "en": "English"}
        self.fields["language"].choices = [  # type: ignore[attr-defined]  # -- a ChoiceField
            ("", own % {"value": languages[settings.LANGUAGE_CODE]}),
            *languages.items(),
        ]
        zones = sorted({*current_zones(), self.initial.get("time_zone") or "UTC"})
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]  # -- a ChoiceField
            ("", own % {"value": settings.TIME_ZONE}),
            *((zone, zone.replace("_", " ")) for zone in zones),
        ]

    def preferences(self) -> Preferences:
        """Return what was chosen."""
        chosen = self.cleaned_data
        return Preferences(
            language=chosen["language"],
            time_zone=chosen["time_zone"],
            theme=chosen["theme"] or None,
            density=chosen["density"] or None,
            has_keys=chosen["has_keys"],
        )


def facts_of(user: User) -> dict[str, object]:
    """Return what a form about ``user`` shows at first."""
    return {
        "name": user.name,
        "username": user.username,
        "email": user.email,
        "team": user.team_id,
        "roles": [role.pk for role in user.roles.all()],
        **{
            name: getattr(user, name)
            for name in ("language", "time_zone", "theme", "density", "has_keys")
        },
    }


def _offer_roles(form: forms.Form, viewer: Actor) -> None:
    roles = form.fields["roles"]
    assert isinstance(roles, RolesField)
    roles.queryset = grantable_roles(viewer)
