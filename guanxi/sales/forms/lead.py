"""What people type about leads, and about to whom they are given."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.rules.investment import ContactMode
from guanxi.foundation.actor import Actor
from guanxi.identity.queries import assignable_choices, assignable_users
from guanxi.sales.commands.lead_rule import RuleTerms
from guanxi.sales.forms.base import Amount, Day, RecordForm, plain
from guanxi.sales.forms.opportunity import StageChoice, offer_stages
from guanxi.sales.models import Lead, LeadReceiver, LeadRule
from guanxi.sales.policies import LEAD
from guanxi.sales.queries.product import product_categories
from guanxi.sales.rules.lead import (
    LONGEST_NOTE,
    MOST_DAYS,
    MOST_LEADS,
    TEST,
    DiscardReason,
    Origin,
    Way,
)

_FIELDS = (
    *("name", "company", "phone", "email", "province", "city", "amount", "origin"),
    *("origin_note", *TEST, "next_contact_on", "note"),
)
_ANSWERS = [
    ("", pgettext_lazy("answer", "Not asked yet")),
    ("yes", pgettext_lazy("answer", "Yes")),
    ("no", pgettext_lazy("answer", "No")),
]


class Answer(forms.TypedChoiceField):
    """Yes, no, or not asked yet."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(
            choices=_ANSWERS,
            required=False,
            coerce=lambda text: text == "yes",
            empty_value=None,
            **rest,
        )


class LeadForm(RecordForm):
    """What a lead is; product and referrer are chosen beside it."""

    customer = forms.IntegerField(required=False, widget=forms.HiddenInput)
    product = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=pgettext_lazy("lead", "Name"), max_length=200, required=False
    )
    company = forms.CharField(
        label=pgettext_lazy("lead", "Company"), max_length=200, required=False
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off"}),
    )
    province = forms.CharField(label=_("Province"), max_length=40, required=False)
    city = forms.CharField(label=_("City"), max_length=40, required=False)
    amount = Amount(label=pgettext_lazy("lead", "Budget"), required=False)
    origin = forms.ChoiceField(
        label=pgettext_lazy("lead", "Origin"),
        choices=Origin.choices,
        initial=Origin.OWN,
    )
    origin_note = forms.CharField(
        label=pgettext_lazy("lead", "About the origin"), max_length=200, required=False
    )
    has_need = Answer(label=TEST["has_need"])
    has_motive = Answer(label=TEST["has_motive"])
    has_means = Answer(label=TEST["has_means"])
    is_new = Answer(label=TEST["is_new"])
    next_contact_on = Day(label=_("Next contact"), required=False)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_mine = forms.BooleanField(
        label=_("I look after it myself"),
        required=False,
        initial=True,
        help_text=_("Otherwise the rules give it to somebody, or it goes to the pool."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        viewer: Actor,
        found: Lead | None = None,
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=_facts_of(found) if found else initial)
        writable = LEAD.writable(viewer)
        gone = ({"is_mine"} if found else {"version"}) | (
            {*_FIELDS, "product"} - writable
        )
        if "referrer" not in writable:
            gone.add("customer")
        for name in gone:
            del self.fields[name]

    def facts(self) -> dict[str, Any]:
        """Return what a valid form says, without what it points at."""
        clean = self.cleaned_data
        found = {name: clean[name] for name in _FIELDS if name in self.fields}
        if "origin" in found:
            found["origin"] = Origin(found["origin"])
        return found


class ContactForm(RecordForm):
    """How one was in touch with a lead, and what comes next."""

    mode = forms.ChoiceField(
        label=pgettext_lazy("contact", "Mode"),
        choices=ContactMode.choices,
        initial=ContactMode.PHONE,
    )
    note = forms.CharField(
        label=_("What came of it"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_on = Day(label=_("Next contact"), required=False)


class DiscardForm(RecordForm):
    """Why a lead comes to nothing."""

    reason = forms.ChoiceField(
        label=_("Reason of the end"), choices=DiscardReason.choices
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=400)


class GiveForm(RecordForm):
    """Who looks after a lead."""

    owner: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Owner"), queryset=None
    )

    def __init__(self, data: Any, *, viewer: Actor, **rest: Any) -> None:
        super().__init__(data, **rest)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = assignable_users(viewer)


class ConvertForm(RecordForm):
    """Whom a lead becomes, and whether there is something to sell."""

    into = forms.ChoiceField(label=_("It becomes"), widget=forms.RadioSelect)
    with_deal = forms.BooleanField(
        label=_("Record an opportunity too"), required=False, initial=True
    )
    deal = forms.CharField(
        label=pgettext_lazy("opportunity", "Title"), max_length=200, required=False
    )
    stage = StageChoice(
        label=pgettext_lazy("opportunity", "Stage"), queryset=None, required=False
    )
    amount = Amount(label=pgettext_lazy("opportunity", "Amount"), required=False)
    expected_on = Day(label=pgettext_lazy("opportunity", "Expected on"), required=False)

    def __init__(
        self,
        data: Any,
        *,
        into: list[tuple[str, str]],
        may_deal: bool,
        initial: Mapping[str, object],
    ) -> None:
        super().__init__(data, initial=dict(initial))
        field = self.fields["into"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = into
        if may_deal:
            offer_stages(self, None)
        else:
            for name in ("with_deal", "deal", "stage", "amount", "expected_on"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Ask for title and stage of an opportunity that is wanted."""
        clean = super().clean() or {}
        if clean.get("with_deal"):
            for name in ("deal", "stage"):
                if not clean.get(name):
                    self.add_error(name, _("The opportunity needs this."))
        return clean


class LeadTermsForm(RecordForm):
    """For how long leads stay with people, and how many."""

    protect_days = forms.IntegerField(
        label=_("Days a lead stays with somebody who does not get in touch"),
        min_value=0,
        max_value=MOST_DAYS,
        help_text=_("Each contact begins them anew. 0: it always stays."),
    )
    most_held = forms.IntegerField(
        label=_("Open leads one may hold to claim more"),
        min_value=0,
        max_value=MOST_LEADS,
        help_text=_("0: as many as one likes."),
    )
    most_claims = forms.IntegerField(
        label=_("Leads one may claim within a day"),
        min_value=0,
        max_value=MOST_LEADS,
        help_text=_("0: as many as one likes."),
    )


class LeadRuleForm(RecordForm):
    """Which leads a rule is for, and to whom it gives them."""

    name = forms.CharField(label=_("Name"), max_length=80)
    origins = forms.MultipleChoiceField(
        label=pgettext_lazy("lead", "Origin"),
        choices=Origin.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all."),
    )
    provinces = forms.CharField(
        label=_("Provinces"),
        required=False,
        max_length=400,
        help_text=_("Divided by commas; empty: all."),
    )
    categories = forms.MultipleChoiceField(
        label=_("Product categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all."),
    )
    way = forms.ChoiceField(label=_("Whom it chooses"), choices=Way.choices)
    receivers = forms.MultipleChoiceField(
        label=_("People"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        data: Any,
        *,
        viewer: Actor,
        rule: LeadRule | None = None,
        people: "list[LeadReceiver] | None" = None,
    ) -> None:
        super().__init__(data, initial=_rule_facts(rule, people or []))
        for name, choices in (
            ("categories", [(one, one) for one in product_categories()]),
            ("receivers", assignable_choices(viewer)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices

    def terms(self) -> RuleTerms:
        """Return what a valid form says."""
        clean = self.cleaned_data
        provinces = clean["provinces"].replace("，", ",").replace("、", ",").split(",")
        return RuleTerms(
            name=clean["name"],
            receivers=[int(one) for one in clean["receivers"]],
            way=Way(clean["way"]),
            origins=clean["origins"],
            provinces=[one.strip() for one in provinces if one.strip()],
            categories=clean["categories"],
        )


def _rule_facts(rule: LeadRule | None, people: list[LeadReceiver]) -> dict[str, Any]:
    if rule is None:
        return {}
    return {
        "name": rule.name,
        "origins": rule.origins,
        "provinces": "、".join(rule.provinces),
        "categories": rule.categories,
        "way": rule.way,
        "receivers": [str(one.user_id) for one in people],
    }


def _facts_of(found: Lead) -> dict[str, Any]:
    facts = {name: getattr(found, name) for name in _FIELDS}
    for name in TEST:
        facts[name] = {True: "yes", False: "no"}.get(facts[name], "")
    if found.amount is not None:
        facts["amount"] = plain(found.amount)
    return facts | {
        "customer": found.referrer_id,
        "product": found.product_id,
        "version": found.version,
    }
