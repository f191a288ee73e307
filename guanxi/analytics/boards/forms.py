"""What people say of dashboards and their tiles."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.analytics.boards.span import Against, Span
from guanxi.analytics.boards.tile import LONGEST_TITLE, TileKind, Width
from guanxi.analytics.boards.timetable import FileForm, Rhythm
from guanxi.analytics.commands.dashboard import LONGEST_NAME
from guanxi.foundation.paper.pdf import paper_problem


class BoardForm(forms.Form):
    """The name of a dashboard, and who sees it."""

    name = forms.CharField(label=_("Name of the dashboard"), max_length=LONGEST_NAME)
    is_shared = forms.BooleanField(
        label=_("Share with everybody who has dashboards"),
        help_text=_("Everybody sees figures of his own."),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def values(self) -> dict[str, Any]:
        """Return what the commands take."""
        data = self.cleaned_data
        return {"name": data["name"], "is_shared": bool(data.get("is_shared"))}


class DeliveryForm(forms.Form):
    """How often something is sent, about which days, in which form, and to whom."""

    rhythm = forms.ChoiceField(label=_("How often"), choices=Rhythm.choices)
    hour = forms.TypedChoiceField(
        label=_("At"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        initial=8,
    )
    span = forms.ChoiceField(
        label=_("Days"), choices=[one for one in Span.choices if one[0] != Span.OWN]
    )
    against = forms.ChoiceField(label=_("Compare with"), choices=Against.choices)
    form = forms.ChoiceField(label=_("File that goes with it"))
    to_me = forms.BooleanField(label=_("To me"), required=False, initial=True)
    others = forms.CharField(
        label=_("To colleagues"),
        required=False,
        help_text=_("Names, one after the other, with commas between."),
    )

    def __init__(
        self, *args: Any, asks: Sequence[str] = ("span", "against"), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in {"span", "against"}.difference(asks):
            del self.fields[name]
        offered = [
            one for one in FileForm.choices if one[0] != "pdf" or not paper_problem()
        ]
        cast("forms.ChoiceField", self.fields["form"]).choices = offered


class TileForm(forms.Form):
    """How an answer is shown, and how much room it gets."""

    title = forms.CharField(
        label=pgettext_lazy("tile", "Title"),
        max_length=LONGEST_TITLE,
        required=False,
        help_text=_("Without one it is called after what it shows."),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("tile", "Shown as"), choices=TileKind.choices
    )
    width = forms.ChoiceField(
        label=pgettext_lazy("tile", "Width"), choices=Width.choices, initial=Width.HALF
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NewTileForm(TileForm):
    """To which dashboard something is added: one of one's own, or a new one."""

    field_order = ("board", "name", "title", "kind", "width")
    board = forms.ChoiceField(label=_("Dashboard"), required=False)
    name = forms.CharField(
        label=_("Name of the new dashboard"), max_length=LONGEST_NAME, required=False
    )

    def __init__(
        self, *args: Any, known: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [*known, ("", _("A new one"))]
        cast("forms.ChoiceField", self.fields["board"]).choices = choices

    def clean(self) -> dict[str, Any]:
        """Check that a new dashboard has a name."""
        values = super().clean() or {}
        if not values.get("board") and not values.get("name"):
            self.add_error("name", _("Give the dashboard a name."))
        return values
