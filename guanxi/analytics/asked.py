"""What is asked of the explorer, as an address writes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.analytics import exploring
from guanxi.analytics.cubes.declared import Dimension, Key
from guanxi.analytics.rules import months_until
from guanxi.foundation.actor import Actor
from guanxi.foundation.tables.saved import LONGEST_NAME

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Question

A_YEAR = 12  # months
MOST_METRICS = 4


class Show(TextChoices):
    """How figures are shown: as they are, or as parts of a sum."""

    VALUE = "value", pgettext_lazy("pivot", "Figures as they are")
    OF_ROW = "of_row", _("% of the row")
    OF_COLUMN = "of_column", _("% of the column")
    OF_ALL = "of_all", _("% of all")
    CHANGE = "change", _("Change since the span before")


@dataclass(frozen=True)
class Cut:
    """A narrowing: the dimension, the key it was narrowed to, and what that is called."""

    dimension: Dimension
    key: Key
    label: str

    @property
    def word(self) -> str:
        """The narrowing as an address writes it."""
        return f"{self.dimension.key}:{self.key}"


class ExploreForm(forms.Form):
    """From which sides to look, at which figures, of which days."""

    rows = forms.ChoiceField(label=pgettext_lazy("pivot", "Rows"))
    columns = forms.ChoiceField(label=pgettext_lazy("pivot", "Columns"), required=False)
    metrics = forms.MultipleChoiceField(
        label=_("Figures"), widget=forms.CheckboxSelectMultiple
    )
    first_on = forms.DateField(
        label=_("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_on = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    show = forms.ChoiceField(
        label=pgettext_lazy("pivot", "Show"), choices=Show.choices, required=False
    )

    def __init__(self, asked: QueryDict, *, viewer: Actor, last_on: date) -> None:
        cube = exploring.cube()
        self.dimensions = cube.dimensions_for(viewer)
        self.known_metrics = cube.metrics_for(viewer)
        usual: dict[str, Any] = {
            "rows": "month",
            "columns": "",
            "metrics": list(self.known_metrics)[:1],
            "first_on": months_until(last_on, A_YEAR)[0].isoformat(),
            "last_on": last_on.isoformat(),
            "show": Show.VALUE,
        }
        given: dict[str, Any] = {key: asked[key] for key in usual if key in asked}
        if "metrics" in asked:
            given["metrics"] = asked.getlist("metrics")
        super().__init__(usual | given)
        sides = [(key, one.label) for key, one in self.dimensions.items()]
        self._choose("rows", sides)
        self._choose("columns", [("", _("None")), *sides])
        self._choose(
            "metrics", [(key, one.label) for key, one in self.known_metrics.items()]
        )
        self.cuts = cuts_of(asked.getlist("where"), self.dimensions, viewer)

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        """Check that the days are in their order, and that the sides differ."""
        values = super().clean() or {}
        first, last = values.get("first_on"), values.get("last_on")
        if first and last and first > last:
            self.add_error("last_on", _("The last day is before the first."))
        if values.get("columns") and values.get("columns") == values.get("rows"):
            self.add_error("columns", _("Choose another side than for the rows."))
        sides = (values.get("rows"), values.get("columns"))
        is_dated = any(key and self.dimensions[key].is_time for key in sides)
        if values.get("show") == Show.CHANGE and is_dated:
            told = _("Spans of time change by themselves: choose other sides for this.")
            self.add_error("show", told)
        if len(values.get("metrics", [])) > MOST_METRICS:
            self.add_error("metrics", _("At most four figures at a time."))
        return values

    def question(self) -> "Question":
        """Return what a valid form asks; with columns there is room for one figure."""
        from guanxi.analytics.cubes.asking import (  # noqa: PLC0415 -- loads the engine
            Question,
        )

        data = self.cleaned_data
        metrics = data["metrics"][:1] if data["columns"] else data["metrics"]
        return Question(
            metrics=tuple(metrics),
            first_on=data["first_on"],
            last_on=data["last_on"],
            rows=data["rows"],
            columns=data["columns"],
            where={cut.dimension.key: cut.key for cut in self.cuts},
        )

    @property
    def overlaps(self) -> bool:
        """Whether a record may count in several rows or columns of the answer."""
        sides = (self.cleaned_data["rows"], self.cleaned_data["columns"])
        return any(self.dimensions[key].is_many for key in sides if key)

    @property
    def shown_as(self) -> Show:
        """How the figures are shown."""
        return Show(self.cleaned_data.get("show") or Show.VALUE)


class SaveForm(forms.Form):
    """The name of an exploration, and who sees it."""

    name = forms.CharField(label=_("Name of the view"), max_length=LONGEST_NAME)
    is_shared = forms.BooleanField(
        label=_("Share with everybody who has the explorer"), required=False
    )


def cuts_of(
    words: Sequence[str], dimensions: Mapping[str, Dimension], viewer: Actor
) -> list[Cut]:
    """Return the narrowings that ``words`` write; what is none is left out."""
    found: dict[str, Cut] = {}
    for word in words:
        name, _colon, text = word.partition(":")
        dimension = dimensions.get(name)
        if dimension is None:
            continue
        try:
            key = dimension.kind.read(text)
            label = dimension.labels(viewer, [key])[key]
        except (ValueError, KeyError):
            continue
        found[name] = Cut(dimension, key, label)
    return list(found.values())
