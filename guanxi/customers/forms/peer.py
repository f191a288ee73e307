"""The forms about peers and their tips."""

from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.peer import Lead, PeerFacts
from guanxi.customers.forms.base import Day, RecordForm
from guanxi.customers.models import Peer
from guanxi.customers.policies import PEER
from guanxi.customers.rules import Form
from guanxi.customers.rules.peer import (
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_PHONE,
    DealOutcome,
)
from guanxi.foundation.actor import Actor, Level

_LINES = forms.Textarea(attrs={"rows": 3})


class PeerForm(RecordForm):
    """Who a peer is, and how that one's goods go with ours."""

    name = forms.CharField(label=pgettext_lazy("peer", "Name"), max_length=LONGEST_NAME)
    company = forms.CharField(
        label=pgettext_lazy("peer", "Company"), max_length=LONGEST_NAME, required=False
    )
    product = forms.CharField(
        label=_("Complementary product"),
        max_length=LONGEST_NAME,
        help_text=_("What that firm sells to those who need ours too."),
    )
    is_upstream = forms.BooleanField(
        label=_("Upstream of us in the chain of value"), required=False
    )
    phone = forms.CharField(
        label=pgettext_lazy("peer", "Phone"), max_length=LONGEST_PHONE, required=False
    )
    note = forms.CharField(
        label=pgettext_lazy("peer", "Note"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=_LINES,
    )

    def __init__(self, data: QueryDict | None, *, viewer: Actor, peer: Peer) -> None:
        names = PeerForm.base_fields
        super().__init__(data, initial={n: getattr(peer, n) for n in names})
        for name in ("name", "phone", "note"):
            if PEER.level(viewer, name) < Level.WRITE:
                del self.fields[name]

    def facts(self) -> PeerFacts:
        """Return what is said of the peer."""
        clean = self.cleaned_data
        facts: PeerFacts = {name: clean[name] for name in self.fields}  # type: ignore[assignment]  # -- by name
        return facts


class TipForm(RecordForm):
    """Who needs something, and by which deal the peer knows."""

    outcome = forms.ChoiceField(
        label=_("The deal of the peer was"),
        choices=DealOutcome.choices,
        widget=forms.RadioSelect,
    )
    form = forms.ChoiceField(
        label=pgettext_lazy("party", "Form"),
        choices=Form.choices,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Who needs it"), max_length=200)
    phone = forms.CharField(
        label=pgettext_lazy("peer", "Phone"), max_length=LONGEST_PHONE, required=False
    )
    need = forms.CharField(
        label=_("What is needed"), max_length=LONGEST_NOTE, widget=_LINES
    )
    told_on = Day(label=_("Told on"))

    def __init__(self, data: QueryDict | None, *, today: date) -> None:
        initial = {
            "outcome": DealOutcome.WON,
            "form": Form.ORGANIZATION,
            "told_on": today,
        }
        super().__init__(data, initial=initial)

    def lead(self) -> Lead:
        """Return who needs something."""
        clean = self.cleaned_data
        return Lead(name=clean["name"], form=Form(clean["form"]), phone=clean["phone"])

    def outcome_of_deal(self) -> DealOutcome:
        """Return what became of the peer's deal."""
        return DealOutcome(self.cleaned_data["outcome"])
