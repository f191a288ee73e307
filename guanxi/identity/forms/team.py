"""What a team is called, and below which one it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.identity.forms.user import TeamField
from guanxi.identity.models import Team
from guanxi.identity.queries import teams_in_order


class TeamForm(forms.Form):
    """A team's name and parent; ``leaving_out`` leaves out a team with all below it."""

    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=80)
    parent = TeamField(label=gettext_lazy("Parent team"), required=False)

    def __init__(
        self, viewer: Actor, *args: Any, leaving_out: Team | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        assert isinstance(parent, TeamField)
        found = teams_in_order(viewer)
        if leaving_out is not None:
            found = [team for team in found if leaving_out.pk not in team.path]
        parent.offer(found, nothing=_("None: at the top"))
