"""A group of the identity provider, and the role it gives."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.actor import Actor
from guanxi.identity.models import Role
from guanxi.identity.queries import grantable_roles
from guanxi.identity.rules.provider import LONGEST_GROUP


class GroupForm(forms.Form):
    """Which group gets which role; only roles that allow no more than the viewer may."""

    group = forms.CharField(
        label=_("Group at the provider"),
        max_length=LONGEST_GROUP,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )
    role = forms.ModelChoiceField(label=_("Role here"), queryset=Role.objects.none())

    def __init__(self, viewer: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = grantable_roles(viewer)  # type: ignore[attr-defined]  # -- a choice of models
