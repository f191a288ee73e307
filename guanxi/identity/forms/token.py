"""What a token is for, what it may, and how long."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.policies import all_policies

LIVES_DAYS = (30, 90, 180, 365)


def life_choices() -> list[tuple[int, str]]:
    """Return the lives to choose from, in the language of the moment."""
    return [
        (days, ngettext("%(days)s day", "%(days)s days", days) % {"days": days})
        for days in LIVES_DAYS
    ]


class TokenForm(forms.Form):
    """A token's name, life and scopes, of what its holder may."""

    name = forms.CharField(
        label=pgettext_lazy("thing", "Name"),
        max_length=60,
        help_text=gettext_lazy(
            "What it is for: so that you know later which to revoke."
        ),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Expires after"),
        coerce=int,
        initial=90,
        choices=life_choices,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only what you may do yourself can be chosen."),
    )

    def __init__(self, holder: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = scope_choices(holder)  # type: ignore[attr-defined]  # -- a MultipleChoiceField

    def expires_at(self, at: datetime) -> datetime:
        """Return when a token made at ``at`` ends."""
        return at + timedelta(days=self.cleaned_data["days"])


def scope_choices(holder: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the permissions ``holder`` has, grouped by kind of record."""
    groups = [
        (
            str(policy.label),
            [
                (policy.permission(action), str(label))
                for action, label in policy.actions.items()
                if holder.grants.depth(policy.permission(action)) > Depth.NONE
            ],
        )
        for policy in all_policies()
    ]
    return [(label, choices) for label, choices in groups if choices]
