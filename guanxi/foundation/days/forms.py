"""What administrators say of days."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.days.year import FIRST_YEAR, LAST_YEAR
from guanxi.foundation.models.special_day import LONGEST_DAY_NAME

OFF, WORK = "off", "work"


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class SpecialDaysForm(forms.Form):
    """Some days in a row, whether people work on them, and what for."""

    first_on = _day(_("First day"))
    last_on = _day(
        _("Last day"), required=False, help_text=_("Leave it empty for a single day.")
    )
    what = forms.ChoiceField(
        label=_("On these days"),
        choices=[(OFF, _("Nobody works")), (WORK, _("People work, to make up"))],
        widget=forms.RadioSelect,
        initial=OFF,
    )
    name = forms.CharField(label=_("What it is for"), max_length=LONGEST_DAY_NAME)

    def clean(self) -> dict[str, Any]:
        """Let a span without an end be its first day, within years that can be shown."""
        values = super().clean() or {}
        values["last_on"] = values.get("last_on") or values.get("first_on")
        for name in ("first_on", "last_on"):
            day = values.get(name)
            if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, _("Choose a day between 2000 and 2100."))
        return values
