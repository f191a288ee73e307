"""Who may do what with leads, and who says to whom they are given."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.emails import mask_email
from guanxi.foundation.names import mask_name
from guanxi.foundation.phones import mask_any_phone
from guanxi.foundation.policies import About, Field, Policy, Privacy, register
from guanxi.foundation.purposes import Purpose
from guanxi.sales.models import Lead, LeadRule

WOOING = Purpose(
    key="wooing",
    label=_("Asking people who are interested whether they want to buy"),
    ground=_("Steps before a contract, or consent (PIPL 13, GDPR 6 (1) (a), (b))"),
    people=_("People interested"),
    kept=_("Until it becomes a customer or is deleted"),
)

LEAD = register(
    Policy(
        kind="lead",
        label=_("Leads"),
        page="sales:lead",
        owner="owner_id",
        team="team_id",
        actions={
            "read": _("See"),
            "create": _("Create"),
            "edit": _("Follow up, convert and discard"),
            "claim": _("Claim from the public pool"),
            "assign": _("Assign and distribute"),
            "delete": _("Delete and restore"),
            "export": _("Export"),
            "view_access": _("See who has access, and why"),
        },
        fields={
            "name": Field(
                pgettext_lazy("lead", "Name"), mask=mask_name, purposes=(WOOING,)
            ),
            "company": Field(pgettext_lazy("lead", "Company"), purposes=(WOOING,)),
            "phone": Field(_("Phone"), Privacy.PERSONAL, mask=mask_any_phone),
            "email": Field(_("E-mail"), Privacy.PERSONAL, mask=mask_email),
            "province": Field(_("Province")),
            "city": Field(_("City")),
            "product": Field(_("Product"), follows=["product.name"]),
            "amount": Field(pgettext_lazy("lead", "Budget")),
            "origin": Field(pgettext_lazy("lead", "Origin")),
            "origin_note": Field(pgettext_lazy("lead", "About the origin")),
            "referrer": Field(
                _("Referred by"), mask=mask_name, follows=["customer.name"]
            ),
            "has_need": Field(_("Has the need and the wish")),
            "has_motive": Field(_("Has a motive to buy")),
            "has_means": Field(_("Is able to buy")),
            "is_new": Field(_("Has not bought from us yet")),
            "state": Field(pgettext_lazy("lead", "State")),
            "owner": Field(_("Owner")),
            "team": Field(_("Team")),
            "protected_until": Field(_("Stays until")),
            "contacted_at": Field(_("Last contact")),
            "next_contact_on": Field(_("Next contact")),
            "discard_reason": Field(_("Reason of the end")),
            "note": Field(_("Note"), Privacy.PERSONAL),
            "customer": Field(_("Customer"), mask=mask_name, follows=["customer.name"]),
            "external_id": Field(_("External number")),
        },
        always=[
            *("company", "province", "city", "product", "origin", "origin_note"),
            *("has_need", "has_motive", "has_means", "is_new", "state", "owner"),
            *("team", "protected_until", "contacted_at", "next_contact_on"),
            *("discard_reason", "external_id"),
        ],
        about=About("customer", "customer_id"),
        purposes=(WOOING,),
    ),
    Lead,
)

LEAD_RULE = register(
    Policy(
        kind="lead_rule",
        label=_("Giving out leads"),
        actions={"read": _("See"), "edit": _("Change")},
        fields={"name": Field(_("Name"))},
        always=["name"],
    ),
    LeadRule,
)
