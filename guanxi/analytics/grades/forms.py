"""What an administrator says of the grading: weights, points and where grades begin."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.grades.indicators import Figure
from guanxi.analytics.science.grading import (
    Band,
    GradeCut,
    GradingSettings,
    Indicator,
    Scale,
)
from guanxi.foundation.words import Words

SCALES = [
    (Scale.HIGH.value, gettext_lazy("By rank: the more, the better")),
    (Scale.LOW.value, gettext_lazy("By rank: the less, the better")),
    (Scale.BANDS.value, gettext_lazy("By fixed values")),
]
MOST_BANDS = 12


class BandsField(forms.CharField):
    """Points from values on, as in ``0=20 1000=60 5000=100``; cleans to bands."""

    def to_python(self, value: Any) -> Any:
        """Read the pairs, which must rise."""
        words = str(value or "").replace(",", " ").replace("\uff0c", " ").split()
        try:
            pairs = [tuple(map(float, word.split("="))) for word in words]
            bands = [Band(least, points) for least, points in pairs]
        except ValueError as error:
            raise forms.ValidationError(_bad_bands()) from error
        rising = all(a.least < b.least for a, b in pairwise(bands))
        finite = all(isfinite(one.least) and 0 <= one.points <= 100 for one in bands)
        if not rising or not finite or len(bands) > MOST_BANDS:
            raise forms.ValidationError(_bad_bands())
        return bands

    def validate(self, value: Any) -> None:
        """Take an empty list for what it is."""


def _bad_bands() -> str:
    return _(
        "Write values with their points (0 to 100), rising, with blanks between: "
        "0=20 1000=60 5000=100."
    )


class GradingForm(forms.Form):
    """A row for each figure that can be an indicator, and where each grade begins."""

    def __init__(
        self,
        asked: QueryDict,
        scheme: GradingSettings,
        *,
        offered: Mapping[str, Figure],
        grades: Mapping[str, Words],
    ) -> None:
        """Start from ``scheme``; of what is not ``offered`` it keeps its indicators."""
        self.offered, self.grade_names, self.scheme = offered, grades, scheme
        usual = _facts_of(scheme, offered, list(grades))
        given = {name: asked[name] for name in usual if name in asked}
        super().__init__({**usual, **given})
        for key, figure in offered.items():
            self._add_row(key, figure)
        for key, name in list(grades.items())[:-1]:
            self.fields[f"least_{key}"] = forms.FloatField(
                label=name, min_value=0, max_value=100
            )

    def _add_row(self, key: str, figure: Figure) -> None:
        self.fields[f"weight_{key}"] = forms.IntegerField(
            label=_("Weight"), min_value=0, max_value=100
        )
        self.fields[f"scale_{key}"] = forms.ChoiceField(
            label=_("Points (0–100)"), choices=SCALES
        )
        self.fields[f"bands_{key}"] = BandsField(
            label=_("Fixed values"),
            required=False,
            max_length=200,
            widget=forms.TextInput(attrs={"placeholder": "0=20 1000=60"}),
        )

    def rows(self) -> Sequence[tuple[Words, BoundField, BoundField, BoundField]]:
        """Return for each figure its name and its three fields."""
        return [
            (
                figure.label,
                self[f"weight_{key}"],
                self[f"scale_{key}"],
                self[f"bands_{key}"],
            )
            for key, figure in self.offered.items()
        ]

    def cuts(self) -> Sequence[BoundField]:
        """Return the fields of where grades begin."""
        return [self[f"least_{key}"] for key in list(self.grade_names)[:-1]]

    def clean(self) -> dict[str, Any]:
        """Check that something weighs, that bands are there, and that grades fall."""
        values = super().clean() or {}
        for key in self.offered:
            is_fixed = values.get(f"scale_{key}") == Scale.BANDS
            bands = values.get(f"bands_{key}")
            if values.get(f"weight_{key}") and is_fixed and bands == []:
                self.add_error(f"bands_{key}", _bad_bands())
        least = [values.get(f"least_{key}") for key in list(self.grade_names)[:-1]]
        known = [one for one in least if one is not None]
        if known != sorted(set(known), reverse=True) or 0 in known:
            last = list(self.grade_names)[-2]
            told = _("Each grade begins at fewer points than the one before, above 0.")
            self.add_error(f"least_{last}", told)
        if not self.errors and not self._indicators():
            self.add_error(None, _("Give at least one indicator a weight."))
        return values

    def found(self) -> GradingSettings:
        """Return the scheme that a valid form asks for."""
        keys = list(self.grade_names)
        cuts = [GradeCut(k, self.cleaned_data[f"least_{k}"]) for k in keys[:-1]]
        return GradingSettings(
            version=self.scheme.version,
            indicators=self._indicators(),
            grades=[*cuts, GradeCut(keys[-1], 0)],
        )

    def _indicators(self) -> Sequence[Indicator]:
        mine = [self._indicator(key) for key in self.offered]
        kept = [one for one in self.scheme.indicators if one.key not in self.offered]
        return [*(one for one in mine if one), *kept]

    def _indicator(self, key: str) -> Indicator | None:
        data = self.cleaned_data
        weight, scale = data.get(f"weight_{key}"), data.get(f"scale_{key}")
        if not weight or not scale:
            return None
        bands = data.get(f"bands_{key}") if scale == Scale.BANDS else ()
        return Indicator(key, weight, Scale(scale), bands or ())


def _facts_of(
    scheme: GradingSettings, offered: Mapping[str, Figure], grades: Sequence[str]
) -> Mapping[str, str]:
    """Return what the fields of the form hold for ``scheme``."""
    kept = {one.key: one for one in scheme.indicators}
    facts: dict[str, str] = {}
    for key, figure in offered.items():
        one = kept.get(key)
        facts[f"weight_{key}"] = str(one.weight if one else 0)
        facts[f"scale_{key}"] = (one.scale if one else figure.usual).value
        bands = one.bands if one else ()
        facts[f"bands_{key}"] = " ".join(f"{b.least:g}={b.points:g}" for b in bands)
    least = {cut.key: cut.least for cut in scheme.grades}
    for place, key in enumerate(grades[:-1], 1):
        usual = 100 - 100 * place / len(grades)
        facts[f"least_{key}"] = f"{least.get(key, round(usual)):g}"
    return facts
