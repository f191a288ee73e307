"""Who may do what with opportunities, and who arranges their stages."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.names import mask_name
from guanxi.foundation.policies import About, Field, Policy, Privacy, register
from guanxi.foundation.purposes import Purpose
from guanxi.sales.models import Opportunity, Pipeline

SELLING = Purpose(
    key="selling",
    label=_("Pursuing opportunities to sell"),
    ground=_("Contract and steps before it (PIPL 13, GDPR 6 (1) (b), (f))"),
    people=_("Customers and people interested"),
    kept=_("As long as the customer's record; after an erasure without name and notes"),
)

OPPORTUNITY = register(
    Policy(
        kind="opportunity",
        label=_("Opportunities"),
        page="sales:opportunity",
        owner="owner_id",
        team="team_id",
        actions={
            "read": _("See"),
            "create": _("Create"),
            "edit": _("Change, move and close"),
            "assign": _("Assign"),
            "delete": _("Delete and restore"),
            "export": _("Export"),
            "import": _("Import"),
            "view_access": _("See who has access, and why"),
        },
        fields={
            "name": Field(pgettext_lazy("opportunity", "Title"), purposes=(SELLING,)),
            "customer": Field(
                _("Customer"),
                mask=mask_name,
                follows=["customer.name"],
                purposes=(SELLING,),
            ),
            "product": Field(_("Product"), follows=["product.name"]),
            "stage": Field(pgettext_lazy("opportunity", "Stage")),
            "state": Field(pgettext_lazy("opportunity", "State")),
            "owner": Field(_("Owner")),
            "team": Field(_("Team")),
            "amount": Field(pgettext_lazy("opportunity", "Amount")),
            "probability": Field(_("Chance in percent")),
            "expected_on": Field(pgettext_lazy("opportunity", "Expected on")),
            "engaged_on": Field(pgettext_lazy("opportunity", "Engaged since")),
            "closed_on": Field(pgettext_lazy("opportunity", "Closed on")),
            "channel": Field(pgettext_lazy("order", "Channel")),
            "next_step": Field(_("Next step"), Privacy.PERSONAL),
            "next_step_on": Field(_("Next step on")),
            "lost_reason": Field(_("Reason of the loss")),
            "close_note": Field(_("Note on the end"), Privacy.PERSONAL),
            "note": Field(_("Note"), Privacy.PERSONAL),
            "objections": Field(_("Objections"), Privacy.PERSONAL, purposes=(SELLING,)),
            "external_id": Field(_("External number")),
            "stage_since": Field(_("In the stage since")),
        },
        always=[
            *("name", "stage", "state", "owner", "team", "expected_on", "closed_on"),
            *("channel", "stage_since", "next_step_on", "external_id", "engaged_on"),
            *("lost_reason", "product"),
        ],
        about=About("customer", "customer_id"),
        purposes=(SELLING,),
    ),
    Opportunity,
)

PIPELINE = register(
    Policy(
        kind="pipeline",
        label=_("Stages of opportunities"),
        actions={"read": _("See"), "edit": _("Change")},
        fields={"name": Field(_("Name"))},
        always=["name"],
    ),
    Pipeline,
)
