"""The form of a customer."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from guanxi.customers.forms.base import Day, RecordForm, Words
from guanxi.customers.forms.extra import added_field
from guanxi.customers.models import Address, Code, Customer
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import codes
from guanxi.customers.rules import (
    BEGINNINGS,
    KIND_SCHEME,
    RELATION_SCHEME,
    Form,
    State,
)
from guanxi.customers.rules.field import fields_for
from guanxi.customers.rules.identifier import (
    IDENTIFIERS,
    IdKind,
    require_lawful,
)
from guanxi.customers.rules.point import PART_FIELDS, Place, PlaceParts
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.rooms import allowed
from guanxi.foundation.sealing.field import Unread
from guanxi.foundation.words import Words as Label
from guanxi.identity.queries import assignable_users

if TYPE_CHECKING:
    from guanxi.identity.models import User

PLACE = tuple(PART_FIELDS)
KINDS = ("state", "kind", "relation_kind", "owner", "tags", "is_key")
# Shown for organizations only, shown for persons only, and shown for both.
ORGANIZATION = (
    "credit_code",
    "industry",
    "website",
    "employees",
    "founded_year",
    "annual_revenue",
)
PERSON = ("birth_on", "lunar_birthday", "id_kind", "id_number", "bank_card")
PARTICULARS = (*ORGANIZATION, *PERSON, "source", "external_id", "note")


@dataclass(frozen=True)
class AddedGroup:
    """Fields that the house added, which stand together; ``form``: who has them."""

    title: Label
    form: str
    fields: list[forms.BoundField]

    @property
    def is_open(self) -> bool:
        """Whether one of them says something, must be filled in, or is wrong."""
        return any(
            bound.errors or bound.value() not in ("", None) or bound.field.required
            for bound in self.fields
        )


def _number() -> forms.TextInput:
    """Return an input of a number, which browsers and spelling keep away from."""
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class CustomerForm(RecordForm):
    """
    The facts of one customer; its contact points are `PointForms`.

    Fields that the viewer may not write are not in it. ``base`` holds what the fields
    said when the form was opened, so that only what was really changed is sent on.
    """

    form = forms.ChoiceField(
        label=pgettext_lazy("party", "Form"),
        choices=Form.choices,
        initial=Form.PERSON,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=pgettext_lazy("customer", "Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    short_name = forms.CharField(label=_("Short name"), max_length=80, required=False)
    state = forms.ChoiceField(
        label=pgettext_lazy("customer", "State"),
        choices=[(state, state.label) for state in State if state in BEGINNINGS],
        initial=State.POTENTIAL,
    )
    kind: "forms.ModelChoiceField[Code]" = forms.ModelChoiceField(
        label=pgettext_lazy("customer", "Kind"),
        queryset=Code.objects.none(),
        required=False,
    )
    relation_kind: "forms.ModelChoiceField[Code]" = forms.ModelChoiceField(
        label=_("Business relationship"), queryset=Code.objects.none(), required=False
    )
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("Owner"), queryset=None, required=False
    )
    is_key = forms.BooleanField(label=_("Key account"), required=False)
    industry = forms.CharField(label=_("Industry"), max_length=60, required=False)
    website = forms.CharField(
        label=_("Website"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    employees = forms.IntegerField(label=_("Employees"), min_value=0, required=False)
    founded_year = forms.IntegerField(
        label=_("Founded in"), min_value=1000, max_value=2999, required=False
    )
    annual_revenue = forms.DecimalField(
        label=_("Annual revenue"), max_digits=18, decimal_places=2, required=False
    )
    birth_on = Day(label=_("Birthday"), required=False)
    lunar_birthday = forms.CharField(
        label=_("Lunar birthday"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("If it is celebrated by the moon: 八月十五, 闰四月初十 or 8-15."),
    )
    id_kind = forms.ChoiceField(
        label=_("Kind of document"),
        choices=IdKind.choices,
        initial=IdKind.RESIDENT,
        required=False,
    )
    id_number = forms.CharField(
        label=_("ID number"), max_length=40, required=False, widget=_number()
    )
    bank_card = forms.CharField(
        label=_("Bank card"), max_length=40, required=False, widget=_number()
    )
    credit_code = forms.CharField(
        label=_("Credit code"),
        max_length=40,
        required=False,
        widget=_number(),
        help_text=_("The 18 characters on the business license."),
    )
    province = forms.CharField(label=_("Province"), max_length=30, required=False)
    city = forms.CharField(label=_("City"), max_length=30, required=False)
    district = forms.CharField(label=_("District"), max_length=30, required=False)
    street = forms.CharField(label=_("Street address"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False)
    tags = Words(
        label=_("Tags"), required=False, help_text=_("Separate tags by commas.")
    )
    source = forms.CharField(
        label=pgettext_lazy("origin", "Source"), max_length=40, required=False
    )
    external_id = forms.CharField(
        label=_("External ID"),
        max_length=80,
        required=False,
        help_text=_("The number of this customer in another system."),
    )
    note = forms.CharField(
        label=_("Remarks"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        viewer: Actor,
        customer: Customer | None = None,
        address: Address | None = None,
    ) -> None:
        super().__init__(data, initial=_facts(customer, address) if customer else None)
        nature = data.get("form", "") if data else ""
        self.fields |= {
            spec.key: added_field(
                spec,
                # Asked of new ones; of the fields for others once it is clear what it is.
                is_required=spec.is_required
                and customer is None
                and (not nature or spec.fits(nature)),
                carried=customer and customer.extra.get(spec.key),
            )
            for spec in custom_fields()
        }
        self._offer(viewer, customer)
        self._close(viewer, is_new=customer is None)
        if customer is not None:
            self.fields["version"].required = True
            self.initial["version"] = customer.version
            self.initial["base"] = json.dumps(self._written(self.initial))

    def clean_base(self) -> dict[str, str]:
        """Return what the fields said when the form was opened."""
        try:
            base = json.loads(self.cleaned_data["base"] or "{}")
        except ValueError:
            base = None
        if not isinstance(base, dict):
            raise forms.ValidationError(
                _("This page is damaged. Open it again."), code="damaged"
            )
        return base

    def clean(self) -> dict[str, Any]:
        """Say of every number that was typed what is wrong with it, all at once."""
        clean = self.cleaned_data
        for name in IDENTIFIERS:
            text = clean.get(name, "")
            if text and text != clean.get("base", {}).get(name):
                try:
                    require_lawful(name, text, clean.get("id_kind", ""))
                except Invalid as error:
                    self.add_error(name, str(error))
        return clean

    def facts(self) -> dict[str, Any]:
        """Return the clean facts by the names of the commands' arguments."""
        apart = {*PLACE, "tags", "owner", "state", "version", "base"}
        apart |= {spec.key for spec in custom_fields()}
        return {k: v for k, v in self.cleaned_data.items() if k not in apart}

    def extra(self) -> dict[str, object]:
        """Return the values of the added fields that such a customer has."""
        clean = self.cleaned_data
        nature = clean.get("form", Form.PERSON)
        specs = fields_for(custom_fields(), nature)
        return {spec.key: clean[spec.key] for spec in specs if spec.key in clean}

    def place(self) -> Place:
        """Return the address."""
        clean = self.cleaned_data
        return Place(**{name: clean.get(name, "") for name in PLACE})

    def parts(self, names: Collection[str]) -> PlaceParts:
        """Return those of the parts of the address that are among ``names``."""
        named = {name: self.cleaned_data[name] for name in PLACE if name in names}
        return cast("PlaceParts", named)

    def chosen_owner(self) -> "User | None":
        """Return the chosen owner, where one can be chosen."""
        chosen: User | None = self.cleaned_data.get("owner")
        return chosen

    def touched(self) -> frozenset[str]:
        """Return the fields that say something else than when the form was opened."""
        base: Mapping[str, str] = self.cleaned_data["base"]
        now = self._written({name: self[name].value() for name in self.fields})
        return frozenset(name for name in now if now[name] != base.get(name, ""))

    @property
    def who(self) -> Sequence[forms.BoundField]:
        """The fields that say who it is."""
        return self._group("form", "name", "short_name")

    @property
    def where(self) -> Sequence[forms.BoundField]:
        """The fields of the address."""
        return self._group(*PLACE)

    @property
    def kinds(self) -> Sequence[forms.BoundField]:
        """The fields that say what the customer is to us."""
        return self._group(*KINDS)

    @property
    def particulars(self) -> Sequence[forms.BoundField]:
        """All other fields."""
        return self._group(*PARTICULARS)

    @property
    def added(self) -> Sequence[AddedGroup]:
        """The fields that the house added, group by group."""
        groups: dict[str, AddedGroup] = {}
        for spec in custom_fields():
            if spec.key in self.fields:
                group = AddedGroup(spec.group_names.words, spec.form, [])
                groups.setdefault(spec.group, group).fields.append(self[spec.key])
        return list(groups.values())

    def _group(self, *names: str) -> Sequence[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    def _offer(self, viewer: Actor, customer: Customer | None) -> None:
        """Fill the choices that come from the database."""
        for name, scheme in (
            ("kind", KIND_SCHEME),
            ("relation_kind", RELATION_SCHEME),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            carried = getattr(customer, f"{name}_id", None)
            field.queryset = codes(scheme, carried=carried)
            field.empty_label = pgettext("choice", "Not set")
            if customer is None and name == "kind":
                field.empty_label = pgettext("choice", "As person or organization")
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = assignable_users(viewer)
        owner.empty_label = None
        owner.initial = viewer.actor_id

    def _close(self, viewer: Actor, *, is_new: bool) -> None:
        """Take away what the viewer may not set, and what only a new customer has."""
        needed = Level.MASKED if is_new else Level.WRITE
        gone = {
            name
            for name in self.fields
            if (field := PART_FIELDS.get(name, name)) in CUSTOMER.fields
            and CUSTOMER.level(viewer, field) < needed
        }
        if not is_new:
            gone |= {"state", "owner"}
        if not allowed(viewer, CUSTOMER.permission("assign")):
            gone.add("owner")
        for name in gone:
            del self.fields[name]

    def _written(self, values: Mapping[str, object]) -> dict[str, str]:
        """Return ``values`` as the page writes them, by field."""
        return {
            name: _as_written(field, values.get(name))
            for name, field in self.fields.items()
            if name not in ("version", "base")
        }


def _as_written(field: forms.Field, value: object) -> str:
    if isinstance(field, forms.BooleanField):
        return "on" if value else ""
    shown = field.prepare_value(value)
    shown = field.widget.format_value(shown)
    if isinstance(shown, list):
        shown = ",".join(shown)
    return "" if shown is None else str(shown).strip()


def _facts(customer: Customer, address: Address | None) -> dict[str, object]:
    names = [name for name in CustomerForm.base_fields if hasattr(customer, name)]
    facts = {name: getattr(customer, name) for name in names}
    facts |= {"kind": customer.kind_id, "relation_kind": customer.relation_kind_id}
    facts |= customer.extra
    facts = {k: "" if isinstance(v, Unread) else v for k, v in facts.items()}
    facts["id_kind"] = customer.id_kind or IdKind.RESIDENT
    facts["tags"] = _(", ").join(tag.name for tag in customer.tags.all())
    if address is not None:
        facts |= {name: getattr(address, name) for name in PLACE}
    return facts
