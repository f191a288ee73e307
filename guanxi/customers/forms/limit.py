"""The form that limits what may be done with a record."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.limit import LONGEST_REASON
from guanxi.customers.forms.base import RecordForm
from guanxi.customers.rules.limit import MEANINGS, LimitKind


class LimitForm(RecordForm):
    """What may not be done with a record, and why."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("limit", "What holds from now on"),
        choices=LimitKind.choices,
        initial=LimitKind.PROFILING,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("Such as: asked for by letter; the figures are disputed."),
    )

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """What each limit means, by its name."""
        return [(str(kind.label), str(words)) for kind, words in MEANINGS.items()]

    def chosen(self) -> LimitKind:
        """Return the limit."""
        return LimitKind(self.cleaned_data["kind"])
