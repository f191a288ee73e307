"""The forms about studies and observations."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.finding import FindingFacts
from guanxi.customers.forms.base import RecordForm
from guanxi.customers.forms.investment import Moment
from guanxi.customers.models import Finding
from guanxi.customers.rules.finding import (
    LONGEST_PLACE,
    LONGEST_PROVIDER,
    LONGEST_TEXT,
    OBSERVED,
    STUDIED,
    STUDIES,
    Confidence,
    FindingKind,
    FindingSource,
)

_LINES = forms.Textarea(attrs={"rows": 5})


class FindingForm(RecordForm):
    """What was learned, by whom, when, and how far it is to be believed."""

    source = forms.ChoiceField(
        label=pgettext_lazy("finding", "Source"), widget=forms.RadioSelect
    )
    found_at = Moment(label=pgettext_lazy("finding", "When"))
    provider = forms.CharField(
        label=pgettext_lazy("finding", "Provider"), max_length=LONGEST_PROVIDER
    )
    place = forms.CharField(
        label=pgettext_lazy("finding", "Place"), max_length=LONGEST_PLACE
    )
    confidence = forms.ChoiceField(
        label=pgettext_lazy("finding", "Confidence"), choices=Confidence.choices
    )
    text = forms.CharField(
        label=pgettext_lazy("finding", "What was learned"),
        max_length=LONGEST_TEXT,
        widget=_LINES,
    )

    def __init__(self, data: QueryDict | None, *, finding: Finding) -> None:
        names = FindingForm.base_fields
        super().__init__(data, initial={n: getattr(finding, n) for n in names})
        sources = OBSERVED if finding.is_observation else STUDIED
        source = self.fields["source"]
        assert isinstance(source, forms.ChoiceField)
        source.choices = [(one.value, one.label) for one in sources]
        if finding.is_observation:
            self.fields["provider"].label = _("Observer or instrument")
            self.fields["text"].label = _("What was observed")
            del self.fields["confidence"]
        else:
            self.fields["provider"].help_text = _("The agency, or who held the survey.")
            del self.fields["place"]

    def facts(self) -> FindingFacts:
        """Return what is said of the finding."""
        clean = self.cleaned_data
        names = FindingForm.base_fields.keys() & self.fields.keys()
        facts: FindingFacts = {name: clean[name] for name in names}  # type: ignore[assignment]  # -- by name
        facts["source"] = FindingSource(clean["source"])
        return facts


class NewStudyForm(FindingForm):
    """A new finding of a study; what it is about cannot be changed later."""

    about = forms.ChoiceField(
        label=pgettext_lazy("finding", "About"),
        choices=[(kind.value, kind.label) for kind in STUDIES],
    )

    field_order = ("about", "source", "provider", "found_at", "confidence", "text")

    def kind(self) -> FindingKind:
        """Return what it is about."""
        return FindingKind(self.cleaned_data["about"])
