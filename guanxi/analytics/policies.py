"""Who may see, run and set up the analysis."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.analytics.models import AnalysisRun, KeyProposal, NextProduct
from guanxi.foundation.names import mask_name
from guanxi.foundation.policies import About, Field, Policy, register

ANALYSIS = register(
    Policy(
        kind="analysis",
        label=_("Analysis"),
        actions={"read": _("See"), "run": _("Run"), "configure": _("Configure")},
    ),
    AnalysisRun,
)
KEY_PROPOSAL = register(
    Policy(
        kind="key_proposal",
        label=_("Key customer proposals"),
        owner="customer__owner_id",
        team="customer__team_id",
        actions={
            "read": _("See"),
            "decide": _("Accept and decline"),
            "export": _("Export"),
        },
        fields={
            "customer": Field(_("Customer"), mask=mask_name, follows=["customer.name"]),
            "becomes_key": Field(_("Proposal"), follows=["customer.is_key"]),
            "orders": Field(
                pgettext_lazy("count", "Orders"), follows=["customer.order_count"]
            ),
            "amount": Field(_("Amount"), follows=["customer.order_total"]),
            "profit_rate": Field(
                _("Profit rate (%)"),
                follows=["product.cost", "customer.order_total"],
            ),
            "reasons": Field(_("Reasons")),
            "state": Field(pgettext_lazy("proposal", "State")),
            "found_at": Field(_("Proposed at")),
        },
        always=["reasons", "state", "found_at"],
        about=About("customer", "customer_id"),
    ),
    KeyProposal,
)

NEXT_PRODUCT = register(
    Policy(
        kind="next_product",
        label=_("Next products"),
        owner="customer__owner_id",
        team="customer__team_id",
        actions={
            "read": _("See"),
            "record": _("Record offers and answers"),
            "export": _("Export"),
        },
        fields={
            "customer": Field(_("Customer"), mask=mask_name, follows=["customer.name"]),
            "product": Field(_("Product")),
            # It tells what the customer bought, and of which class it is.
            "reason": Field(
                pgettext_lazy("offer", "Reason"),
                follows=["order.lines", "customer.tier", "customer.industry"],
            ),
            "kind": Field(pgettext_lazy("offer", "Kind of reason")),
            "tier": Field(_("Tier"), follows=["customer.tier"]),
            "owner": Field(_("Owner"), follows=["customer.owner"]),
            "rank": Field(_("Rank")),
            "state": Field(pgettext_lazy("offer", "State")),
            "found_at": Field(_("Proposed at")),
            "offered_at": Field(pgettext_lazy("offer", "Offered at")),
        },
        always=["product", "kind", "rank", "state", "found_at", "offered_at"],
        about=About("customer", "customer_id"),
    ),
    NextProduct,
)
