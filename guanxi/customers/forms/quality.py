"""The rules of data quality, and whose data a worklist is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.forms import BoundField
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.forms.base import RecordForm
from guanxi.customers.models.field import custom_fields
from guanxi.customers.queries.quality import part_label
from guanxi.customers.rules import Form
from guanxi.customers.rules.quality import (
    COUNTED,
    FULL,
    MOST_MONTHS,
    NATURES,
    RULE_PARTS,
    Check,
    Dimension,
    Part,
    QualityRules,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.words import Words
from guanxi.identity.queries import assignable_users, teams

_WEIGHED = ("weights", "person", "organization")


class RulesForm(RecordForm):
    """What the house calls good data: weights, checks and review ages."""

    def __init__(self, data: QueryDict | None, *, rules: QualityRules) -> None:
        super().__init__(data, initial=_flat(rules))
        for name, label, most in _inputs():
            self.fields[name] = forms.IntegerField(
                label=label, min_value=0, max_value=most
            )

    def groups(self) -> Sequence[tuple[Words, Words, list[BoundField]]]:
        """Return title, explanation and fields of each part."""
        return [
            (title, _HINTS[part], self._of(part)) for part, title in RULE_PARTS.items()
        ]

    def clean(self) -> dict[str, Any]:
        """Check that the weights of each part add up to one hundred."""
        values = super().clean() or {}
        for part in _WEIGHED if not self.errors else ():
            names = [bound.name for bound in self._of(part)]
            total = sum(values[name] for name in names)
            if total != FULL:
                told = _("These weights add up to %(total)s, not 100.")
                self.add_error(names[0], told % {"total": total})
        return values

    def rules(self) -> QualityRules:
        """Return what the command takes; fields that weigh nothing are left out."""
        points, months = self._values("points"), self._values("months")
        weights = self._values("weights")
        return QualityRules(
            weights={one: weights[one.value] for one in Dimension},
            person={k: v for k, v in self._values("person").items() if v},
            organization={k: v for k, v in self._values("organization").items() if v},
            points={one: points[one.value] for one in Check},
            months={one: months[one.value] for one in Part},
        )

    def _of(self, part: str) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith(f"{part}-")]

    def _values(self, part: str) -> dict[str, int]:
        return {
            bound.name.partition("-")[2]: self.cleaned_data[bound.name]
            for bound in self._of(part)
        }


class WhoseForm(forms.Form):
    """Whose customers a worklist is about: one's own, a team's, a colleague's, or all."""

    whose = forms.ChoiceField(
        label=pgettext_lazy("quality", "Whose customers"), required=False
    )

    def __init__(self, data: QueryDict, *, viewer: Actor) -> None:
        super().__init__(data)
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)
        self.viewer = viewer
        people = [(f"u{one.pk}", one.name) for one in assignable_users(viewer)]
        groups = [(f"t{one.pk}", one.name) for one in teams(viewer)]
        field.choices = [
            ("", _("All that I may see")),
            ("mine", _("My own")),
            (_("Teams"), groups),
            (_("Colleagues"), people),
        ]

    def condition(self) -> Q | None:
        """Return the condition on owner and team, or None for all."""
        chosen = self.cleaned_data["whose"] if self.is_valid() else ""
        if chosen == "mine":
            return Q(owner_id=self.viewer.actor_id)
        if not chosen:
            return None
        column = "owner_id" if chosen[0] == "u" else "team_id"
        return Q(**{column: int(chosen[1:])})


def _days(count: int) -> Words:
    return format_lazy(_("{days} days"), days=count)


class BirthdaysForm(WhoseForm):
    """Whose birthdays, and how many days ahead."""

    days_ahead = forms.TypedChoiceField(
        label=_("In the next"),
        coerce=int,
        choices=[(count, _days(count)) for count in (30, 7, 90)],
        required=False,
    )

    def days(self) -> int:
        """Return how many days ahead, today included."""
        chosen = self.cleaned_data.get("days_ahead") if self.is_valid() else None
        return int(chosen or 30)


_HINTS: Mapping[str, Words] = {
    "weights": _("How much each dimension counts in the total; together 100."),
    "person": _(
        "What is asked of persons, and how much each field counts; together 100."
    ),
    "organization": _(
        "What is asked of organizations, and how much each field counts; together 100."
    ),
    "points": _("Points that validity or accuracy loses; 0 turns a check off."),
    "months": _(
        "After so many months somebody is to look again; 0 for never. Customer fields "
        "have a review age of their own."
    ),
}


def _inputs() -> list[tuple[str, Words, int]]:
    """Return name, label and highest value of each input."""
    return [
        *((f"weights-{one.value}", one.label, FULL) for one in Dimension),
        *(_counted(Form.PERSON)),
        *(_counted(Form.ORGANIZATION)),
        *((f"points-{one.value}", one.label, FULL) for one in NATURES),
        *((f"months-{one.value}", one.label, MOST_MONTHS) for one in Part),
    ]


def _counted(form: Form) -> list[tuple[str, Words, int]]:
    names = [*COUNTED[form.value], *(s.key for s in custom_fields() if s.fits(form))]
    return [(f"{form.value}-{name}", part_label(name), FULL) for name in names]


def _flat(rules: QualityRules) -> dict[str, int]:
    """Return the rules by the names of the form's inputs; what weighs nothing is 0."""
    given = {
        f"{part}-{name}": value
        for part in RULE_PARTS
        for name, value in getattr(rules, part).items()
    }
    return {name: given.get(name, 0) for name, _label, _most in _inputs()}
