"""What a territory is called, whom it belongs to, and which customers lie in it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.territory import TerritoryPlan
from guanxi.customers.forms.base import RecordForm, Words
from guanxi.customers.models import Code, Territory
from guanxi.customers.queries.customer import codes
from guanxi.customers.queries.territory import territories
from guanxi.customers.rules import KIND_SCHEME
from guanxi.customers.rules.territory import TerritoryRule
from guanxi.foundation.actor import Actor
from guanxi.identity.queries import assignable_users, teams

if TYPE_CHECKING:
    from guanxi.identity.models import Team, User

_SEPARATE = _("Separate by commas.")


class TerritoryForm(RecordForm):
    """A territory as an administrator draws it."""

    name = forms.CharField(label=pgettext_lazy("territory", "Name"), max_length=80)
    parent: "forms.ModelChoiceField[Territory]" = forms.ModelChoiceField(
        label=_("Lies in"), queryset=None, required=False
    )
    provinces = Words(label=_("Provinces"), required=False, help_text=_SEPARATE)
    cities = Words(label=_("Cities"), required=False, help_text=_SEPARATE)
    industries = Words(label=_("Industries"), required=False, help_text=_SEPARATE)
    kinds: "forms.ModelMultipleChoiceField[Code]" = forms.ModelMultipleChoiceField(
        label=_("Kinds of customers"),
        queryset=None,
        required=False,
        help_text=_(
            "Customers lie in it that fit each line that is filled in; with none filled "
            "in, those placed by hand alone."
        ),
    )
    users: "forms.ModelMultipleChoiceField[User]" = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("territory", "Colleagues"), queryset=None, required=False
    )
    teams: "forms.ModelMultipleChoiceField[Team]" = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("territory", "Teams, with those below"),
        queryset=None,
        required=False,
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "parent": territories(viewer),
            "kinds": codes(KIND_SCHEME),
            "users": assignable_users(viewer),
            "teams": teams(viewer),
        }
        for name, rows in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def plan(self) -> TerritoryPlan:
        """Return what was drawn."""
        clean = self.cleaned_data
        return TerritoryPlan(
            name=clean["name"],
            parent=clean["parent"],
            rule=self.rule(),
            users=list(clean["users"]),
            teams=list(clean["teams"]),
        )

    def rule(self) -> TerritoryRule:
        """Return which customers lie in it by themselves."""
        clean = self.cleaned_data
        return TerritoryRule(
            provinces=clean["provinces"],
            cities=clean["cities"],
            industries=clean["industries"],
            kinds=[code.pk for code in clean["kinds"]],
        )


class PlacingForm(RecordForm):
    """Into which territories a customer is put by hand."""

    territories: "forms.ModelMultipleChoiceField[Territory]" = (
        forms.ModelMultipleChoiceField(
            label=_("Placed by hand in"),
            queryset=None,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Beside the territories whose rules the customer fits."),
        )
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["territories"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = territories(viewer)
