"""The forms of credit: an assessment, a report, a limit, and the rules."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.credit import (
    LONGEST_EVIDENCE,
    LONGEST_REASON,
    FactorScore,
    ReportFacts,
)
from guanxi.customers.forms.base import Day, RecordForm
from guanxi.customers.models import CreditAssessment, CreditReport
from guanxi.customers.rules.credit import (
    FACTORS,
    FULL,
    QUESTIONS,
    Beyond,
    Conduct,
    CreditRules,
    Factor,
    Grade,
    Origin,
    Standard,
)
from guanxi.foundation.words import Words

LONGEST_FINDINGS = 10_000


class Amount(forms.DecimalField):
    """An amount of the house currency with two decimals, zero or more."""

    def __init__(self, *, label: Words, required: bool = True, help_text: Words = ""):
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            min_value=0,
            max_digits=14,
            decimal_places=2,
            widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
        )


class AssessmentForm(RecordForm):
    """
    Five scores with their evidence.

    Where orders give a score, it stands there already; another one needs a reason.
    """

    assessed_on = Day(label=_("Assessed on"))

    def __init__(
        self,
        data: QueryDict | None,
        *,
        standard: Standard,
        conduct: Conduct | None,
        latest: CreditAssessment | None,
        today: date,
    ) -> None:
        super().__init__(data, initial={"assessed_on": today})
        self.factors = FACTORS[standard]
        self.computed = {
            factor: conduct.computed(factor) if conduct else None
            for factor in self.factors
        }
        before = latest.scores if latest else {}
        for factor in self.factors:
            self._add_factor(factor, before.get(factor.value, {}))

    def _add_factor(self, factor: Factor, before: Mapping[str, Any]) -> None:
        """Add the fields of one factor, with what was said of it last time."""
        computed = self.computed[factor]
        self.fields[f"score_{factor.value}"] = forms.IntegerField(
            label=_("Score from 0 to 100"),
            min_value=0,
            max_value=FULL,
            initial=before.get("score") if computed is None else computed,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )
        self.fields[f"evidence_{factor.value}"] = forms.CharField(
            label=_("Evidence"),
            max_length=LONGEST_EVIDENCE,
            required=computed is None,
            initial=before.get("evidence", ""),
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        if computed is not None:
            self.fields[f"reason_{factor.value}"] = forms.CharField(
                label=_("Why another score than computed"),
                max_length=LONGEST_REASON,
                required=False,
            )

    def parts(self) -> Iterator[tuple[Factor, Words, int | None, list[BoundField]]]:
        """Yield each factor with its question, the computed score and its fields."""
        for factor in self.factors:
            names = [
                f"{word}_{factor.value}" for word in ("score", "evidence", "reason")
            ]
            bound = [self[name] for name in names if name in self.fields]
            yield factor, QUESTIONS[factor], self.computed[factor], bound

    def scores(self) -> dict[Factor, FactorScore]:
        """Return what was typed, factor by factor."""
        clean = self.cleaned_data
        return {
            factor: FactorScore(
                clean[f"score_{factor.value}"],
                clean[f"evidence_{factor.value}"],
                clean.get(f"reason_{factor.value}", ""),
            )
            for factor in self.factors
        }


class ReportForm(RecordForm):
    """A credit report; one that renews another begins with its origin and provider."""

    origin = forms.ChoiceField(
        label=_("Origin"), choices=Origin.choices, widget=forms.RadioSelect
    )
    provider = forms.CharField(
        label=_("Provider"),
        max_length=120,
        required=False,
        help_text=_("The agency that sold it."),
    )
    cost = Amount(label=_("Cost"), required=False)
    reported_on = Day(label=_("Date of the report"))
    valid_until = Day(label=_("Valid until"))
    findings = forms.CharField(
        label=_("Findings"),
        max_length=LONGEST_FINDINGS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    place = forms.CharField(
        label=_("Where the paper or file lies"),
        max_length=200,
        required=False,
        help_text=_("Cabinet and folder, or the path on the file server."),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        today: date,
        valid_days: int,
        renews: CreditReport | None = None,
    ) -> None:
        initial: dict[str, object] = {
            "origin": renews.origin if renews else Origin.OWN,
            "reported_on": today,
            "valid_until": today + timedelta(days=valid_days),
        }
        if renews:
            initial |= {"provider": renews.provider, "place": renews.place}
        super().__init__(data, initial=initial)

    def facts(self) -> ReportFacts:
        """Return what the command takes."""
        clean = self.cleaned_data
        return ReportFacts(**{**clean, "origin": Origin(clean["origin"])})


class LimitForm(RecordForm):
    """How much a customer may owe."""

    amount = Amount(
        label=_("Credit limit"),
        required=False,
        help_text=_("Empty: this customer is not limited."),
    )
    until_on = Day(
        label=_("Valid until"),
        required=False,
        help_text=_("Empty: until you set another one."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)


class RulesForm(RecordForm):
    """What the house decides about credit."""

    history_days = forms.IntegerField(
        label=_("Days looked back upon"), min_value=1, max_value=3650
    )
    breach_days = forms.IntegerField(
        label=_("Days late that break a contract"), min_value=1, max_value=3650
    )
    report_days = forms.IntegerField(
        label=_("Days a report is valid"), min_value=1, max_value=3650
    )
    beyond = forms.ChoiceField(
        label=_("Orders beyond the limit"),
        choices=Beyond.choices,
        widget=forms.RadioSelect,
    )
    instalment_grade = forms.ChoiceField(
        label=_("Instalments from grade"), choices=Grade.choices
    )
    most_instalments = forms.IntegerField(
        label=_("Most instalments"), min_value=2, max_value=60
    )

    def __init__(self, data: QueryDict | None, *, rules: CreditRules) -> None:
        super().__init__(data, initial=_flat(rules))
        for factor in Factor:
            self.fields[f"weight_{factor.value}"] = forms.IntegerField(
                label=factor.label, min_value=0, max_value=1000
            )
        for grade in Grade:
            if grade in rules.cutoffs:
                self.fields[f"cutoff_{grade.value}"] = forms.IntegerField(
                    label=grade.label, min_value=1, max_value=FULL
                )
            self.fields[f"months_{grade.value}"] = forms.DecimalField(
                label=grade.label,
                min_value=0,
                max_value=60,
                max_digits=4,
                decimal_places=1,
            )

    def groups(self) -> Sequence[tuple[Words, list[BoundField]]]:
        """Return the fields, group by group."""
        weights = [
            (standard.label, [self[f"weight_{factor.value}"] for factor in factors])
            for standard, factors in FACTORS.items()
        ]
        return [
            *weights,
            (_("Lowest scores of the grades"), self._starting("cutoff_")),
            (_("Months of purchases as a limit"), self._starting("months_")),
            (_("History and use"), [self[name] for name in self.base_fields]),
        ]

    def _starting(self, start: str) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith(start)]

    def clean(self) -> dict[str, Any]:
        """Check that the rules are sound together."""
        values = super().clean() or {}
        if self.errors:
            return values
        for factors in FACTORS.values():
            names = [f"weight_{factor.value}" for factor in factors]
            if not sum(values[name] for name in names):
                text = _("At least one factor of each standard must weigh something.")
                self.add_error(names[0], text)
        cuts = [values[f"cutoff_{g.value}"] for g in (Grade.A, Grade.B, Grade.C)]
        if not cuts[0] > cuts[1] > cuts[2]:
            self.add_error("cutoff_A", _("The scores must fall from A to C."))
        return values

    def rules(self) -> CreditRules:
        """Return what the command takes."""
        clean = self.cleaned_data
        months = {g: Decimal(clean[f"months_{g.value}"]) for g in Grade}
        cutoffs = {g: clean[f"cutoff_{g.value}"] for g in (Grade.A, Grade.B, Grade.C)}
        plain = {name: clean[name] for name in self.base_fields}
        return CreditRules(
            weights={f: clean[f"weight_{f.value}"] for f in Factor},
            cutoffs=cutoffs,
            months=months,
            **{
                **plain,
                "beyond": Beyond(clean["beyond"]),
                "instalment_grade": Grade(clean["instalment_grade"]),
            },
        )


def _flat(rules: CreditRules) -> dict[str, object]:
    """Return the rules by the names of the form's fields."""
    return {
        **{name: getattr(rules, name) for name in RulesForm.base_fields},
        **{f"weight_{f.value}": weight for f, weight in rules.weights.items()},
        **{f"cutoff_{g.value}": lowest for g, lowest in rules.cutoffs.items()},
        **{f"months_{g.value}": months for g, months in rules.months.items()},
    }
