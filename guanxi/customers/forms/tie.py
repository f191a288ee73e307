"""To whom a customer is opened, and from whom it is shut."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.customers.forms.base import RecordForm
from guanxi.foundation.actor import Actor
from guanxi.foundation.ties.models import LONGEST_REASON, ShareLevel
from guanxi.identity.queries import assignable_users, teams

if TYPE_CHECKING:
    from guanxi.identity.models import Team, User


class TieForm(RecordForm):
    """A colleague or a team, and why."""

    user: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=pgettext_lazy("share", "Colleague"), queryset=None, required=False
    )
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        label=pgettext_lazy("share", "Or a team"),
        queryset=None,
        required=False,
        help_text=_("With everybody in it and in the teams below."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {"user": assignable_users(viewer), "team": teams(viewer)}
        for name, rows in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Ask for the one or the other."""
        clean: dict[str, Any] = self.cleaned_data
        if not self.errors and (clean["user"] is None) == (clean["team"] is None):
            self.add_error("user", gettext("Choose either a colleague or a team."))
        return clean

    def to(self) -> "User | Team":
        """Return who was chosen."""
        found: User | Team = self.cleaned_data["user"] or self.cleaned_data["team"]
        return found


class Moment(forms.DateTimeField):
    """A time of a day, typed with the browser's own calendar and clock."""

    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
    )


class ShareForm(TieForm):
    """To whom a customer is opened, for what and how long."""

    level = forms.ChoiceField(
        label=pgettext_lazy("share", "May"), choices=ShareLevel.choices
    )
    expires_at = Moment(
        label=pgettext_lazy("share", "Until"),
        required=False,
        help_text=_("Leave empty to share until you take it back."),
    )

    field_order = ("user", "team", "level", "expires_at", "reason")
