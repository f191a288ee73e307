"""Who may read and change customers, and which of their fields how openly."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Customer, CustomerShare, CustomerWall
from guanxi.customers.models.field import custom_fields
from guanxi.customers.models.territory import in_territory, places_of
from guanxi.customers.policies.masks import (
    mask_address,
    mask_birth,
    mask_custom,
    mask_wechat,
)
from guanxi.customers.rules.field import FieldSpec
from guanxi.customers.rules.purpose import (
    CREDITING,
    GREETING,
    IDENTIFYING,
    KNOWING,
    KNOWING_CLOSELY,
    PROVING_CONSENT,
    SERVING,
    TALKING,
    WINNING,
    own_purpose,
)
from guanxi.customers.rules.quality import Dimension
from guanxi.foundation.actor import Level
from guanxi.foundation.arranged import arranged
from guanxi.foundation.emails import mask_email
from guanxi.foundation.identifiers import mask_bank_card, mask_identifier
from guanxi.foundation.names import mask_name
from guanxi.foundation.phones import mask_any_phone
from guanxi.foundation.policies import Field, GrowingFields, Policy, Privacy, register
from guanxi.foundation.purposes import Purpose
from guanxi.foundation.ties.declared import Territories, Ties

# What anybody may be shown covered, and may be shown in clear for a reason.
REVEALABLE = (
    *("phone", "email", "wechat"),
    *("id_number", "bank_card", "birth_on", "address"),
)


_PERSONAL = {
    # Colleagues talk about customers by name: no role hides it unless it says so.
    "name": Field(
        pgettext_lazy("customer", "Name"),
        mask=mask_name,
        purposes=(WINNING, SERVING),
    ),
    "phone": Field(_("Phone"), privacy=Privacy.PERSONAL, mask=mask_any_phone),
    "email": Field(_("E-mail"), privacy=Privacy.PERSONAL, mask=mask_email),
    "wechat": Field(_("WeChat"), privacy=Privacy.PERSONAL, mask=mask_wechat),
    "address": Field(_("Street address"), privacy=Privacy.PERSONAL, mask=mask_address),
    "birth_on": Field(
        _("Birthday"),
        privacy=Privacy.PERSONAL,
        mask=mask_birth,
        purposes=(GREETING,),
    ),
    # Covered it would tell nothing: it is shown with the birthday or not at all.
    "lunar_birthday": Field(
        _("Lunar birthday"),
        privacy=Privacy.PERSONAL,
        follows=["customer.birth_on"],
        purposes=(GREETING,),
    ),
    "next_birthday_on": Field(
        _("Next birthday"),
        privacy=Privacy.PERSONAL,
        level=Level.READ,
        follows=["customer.birth_on"],
        purposes=(GREETING,),
    ),
    "id_number": Field(
        _("ID number"),
        privacy=Privacy.SENSITIVE,
        mask=mask_identifier,
        purposes=(IDENTIFYING,),
    ),
    # What the number is of says something about the number.
    "id_kind": Field(
        _("Kind of document"), follows=["customer.id_number"], purposes=(IDENTIFYING,)
    ),
    # Roles that were decided on before it came treat it like the other number.
    "bank_card": Field(
        _("Bank card"),
        privacy=Privacy.SENSITIVE,
        mask=mask_bank_card,
        follows=["customer.id_number"],
        purposes=(IDENTIFYING,),
    ),
    "note": Field(
        _("Remarks and notes"), privacy=Privacy.PERSONAL, purposes=(TALKING,)
    ),
    "target_reason": Field(
        _("Why it is a target"), privacy=Privacy.PERSONAL, purposes=(WINNING,)
    ),
    "files": Field(_("Files"), privacy=Privacy.PERSONAL),
    # Scans of what roles may not even read as a number are not for them either.
    "sensitive_files": Field(
        _("Sensitive files"),
        privacy=Privacy.SENSITIVE,
        follows=["customer.id_number"],
        purposes=(IDENTIFYING,),
    ),
    "plans": Field(
        _("Plans and agreements"), privacy=Privacy.PERSONAL, purposes=(TALKING,)
    ),
    "findings": Field(
        _("Studies and observations"), privacy=Privacy.PERSONAL, purposes=(TALKING,)
    ),
    "bonds": Field(
        _("Bond assessments"), privacy=Privacy.PERSONAL, purposes=(SERVING,)
    ),
    "consent_proof": Field(
        _("Proofs of consent"), privacy=Privacy.PERSONAL, purposes=(PROVING_CONSENT,)
    ),
}


_FACTS = {
    "form": Field(pgettext_lazy("party", "Form")),
    "short_name": Field(_("Short name")),
    "credit_code": Field(_("Credit code")),
    "kind": Field(pgettext_lazy("customer", "Kind")),
    "relation_kind": Field(_("Business relationship")),
    "state": Field(pgettext_lazy("customer", "State")),
    "owner": Field(_("Owner")),
    "team": Field(_("Team")),
    "is_key": Field(_("Key account")),
    "province": Field(_("Province")),
    "city": Field(_("City")),
    "industry": Field(_("Industry")),
    "website": Field(_("Website")),
    "employees": Field(_("Employees")),
    "founded_year": Field(_("Founded in")),
    "annual_revenue": Field(_("Annual revenue")),
    "source": Field(pgettext_lazy("origin", "Source")),
    "external_id": Field(_("External ID")),
    "tags": Field(_("Tags")),
    "consent": Field(_("Consent and contact preferences"), purposes=(PROVING_CONSENT,)),
    "segment": Field(_("Segments"), level=Level.READ),
    # How far somebody is trusted with money is said to few.
    **{
        name: Field(label, Privacy.SENSITIVE, level, purposes=(CREDITING,))
        for name, label, level in (
            ("credit_grade", _("Credit grade"), Level.READ),
            ("credit_limit", _("Credit limit"), Level.WRITE),
            ("credit_scores", _("Credit assessments"), Level.WRITE),
            ("credit_reports", _("Credit reports"), Level.WRITE),
        )
    },
    "created_at": Field(_("Created at"), level=Level.READ),
    "updated_at": Field(_("Changed at"), level=Level.READ),
}


# What lists read of the bond assessments: open to whoever reads those.
_BONDS = {
    name: Field(
        label,
        privacy=Privacy.PERSONAL,
        level=Level.READ,
        follows=["customer.bonds"],
        purposes=(SERVING,),
    )
    for name, label in {
        "satisfaction": pgettext_lazy("bond", "Satisfaction"),
        "lock_in": _("Lock-in (0–70)"),
        "switching_cost": _("Total switching cost"),
    }.items()
}


# What analysis writes and people only read.
_TRAITS = {
    name: Field(label, level=Level.READ)
    for name, label in {
        "as_of": _("As of"),
        "first_order_on": _("First order"),
        "last_order_on": _("Last order"),
        "next_order_on": _("Next order expected"),
        "order_count": pgettext_lazy("count", "Orders"),
        "order_total": _("Total amount"),
        "order_mean": _("Average order amount"),
        "rhythm_days": _("Own rhythm (days)"),
        "silence_limit_days": _("Longest usual silence in days"),
        "amount_trend": _("Amount trend"),
        "p_alive": _("Chance to come again (%)"),
        "expected_orders": _("Orders expected in 12 months"),
        "expected_amount": _("Amount expected in 12 months"),
        "life_pattern": _("Life-cycle pattern"),
        "grade": pgettext_lazy("customer", "Grade"),
        "grade_score": _("Grade score (steps of 5)"),
        "churn_risk": _("Risk to leave (%)"),
        "r": _("Recency score"),
        "f": _("Frequency score"),
        "m": _("Monetary score"),
        "rfm_segment": _("RFM segment"),
        "tier": _("Tier"),
        "purchase_state": _("Purchase state"),
        "life_stage": _("Life-cycle stage"),
        "quality": _("Data quality"),
        **{dimension.value: dimension.label for dimension in Dimension},
    }.items()
} | {
    # They give away what goods cost us: told only to roles that name them.
    "lifetime_value": Field(_("Lifetime value"), level=Level.HIDDEN),
    "future_value": Field(_("Value to come"), level=Level.HIDDEN),
}


def _custom() -> Mapping[str, Field]:
    """
    Return the read policy of the fields the house added.

    What tells about a person is covered from all roles that do not say otherwise.
    """
    return {
        spec.key: Field(
            spec.names.words,
            privacy=spec.privacy,
            level=Level.WRITE if spec.privacy is Privacy.NONE else Level.MASKED,
            mask=None if spec.privacy is Privacy.NONE else mask_custom,
            purposes=_purposes_of(spec),
        )
        for spec in custom_fields()
    }


def _purposes_of(spec: FieldSpec) -> Sequence[Purpose]:
    """Return what an added field is kept for: what the house wrote, else what we propose."""
    if spec.privacy is Privacy.NONE:
        return ()
    is_sensitive = spec.privacy is Privacy.SENSITIVE
    if spec.purpose:
        return (own_purpose(spec.purpose, is_sensitive=is_sensitive),)
    return (KNOWING_CLOSELY if is_sensitive else KNOWING,)


_FIELDS = GrowingFields({**_PERSONAL, **_FACTS, **_BONDS, **_TRAITS}, arranged(_custom))


CUSTOMER = register(
    Policy(
        kind="customer",
        label=_("Customer"),
        page="customers:customer",
        owner="owner_id",
        team="team_id",
        actions={
            "read": _("Read"),
            "create": _("Create"),
            "edit": _("Edit"),
            "delete": _("Move to trash"),
            "restore": _("Restore"),
            "assign": _("Assign"),
            "merge": pgettext_lazy("customer", "Merge"),
            "export": _("Export"),
            "import": _("Import"),
            "reveal": _("Reveal masked values"),
            "consent": _("Record consent and contact preferences"),
            "privacy": _("Set and lift limits of processing"),
            "erase": _("Erase for good"),
            "disclose": _("Give persons a copy of all data about them"),
            "score": _("Write computed traits"),
            "credit": _("See credit"),
            "assess": _("Assess credit and keep reports"),
            "grant": _("Set credit limits"),
            "share": pgettext_lazy("customer", "Share with colleagues"),
            "view_access": _("See who has access, and why"),
        },
        fields=_FIELDS,
        always=["form", "created_at", "updated_at"],
        purposes=(WINNING, SERVING),
        ties=Ties(
            shares=CustomerShare,
            walls=CustomerWall,
            by_reading=["read", "export", "reveal", "credit"],
            by_editing=["edit", "consent", "assess"],
            territories=Territories(reached=in_territory, places=places_of),
        ),
    ),
    Customer,
)


def is_revealable(name: str) -> bool:
    """Tell whether somebody may be shown the field ``name`` in clear for a reason."""
    if name in REVEALABLE:
        return True
    added = _FIELDS.added().get(name)
    return added is not None and added.privacy is not Privacy.NONE
