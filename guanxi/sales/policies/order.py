"""Who may do what with orders, and which of their fields tell secrets."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.names import mask_name
from guanxi.foundation.policies import About, Field, Policy, Privacy, register
from guanxi.foundation.purposes import Purpose
from guanxi.sales.models import Order

FULFILLING = Purpose(
    key="fulfilling",
    label=_("Fulfilling orders, and keeping the books"),
    ground=_("Contract, and duty of the law (PIPL 13, GDPR 6 (1) (b), (c))"),
    people=_("Buyers"),
    kept=_(
        "As long as the laws on bookkeeping ask; after an erasure under a number instead"
        " of the name"
    ),
)


ORDER = register(
    Policy(
        kind="order",
        label=_("Orders"),
        page="sales:order",
        owner="owner_id",
        team="team_id",
        actions={
            "read": _("See"),
            "create": _("Create"),
            "edit": _("Change and reschedule"),
            "cancel": _("Cancel"),
            "pay": _("Record payments"),
            "refund": _("Refund"),
            "ship": _("Release, ship and complete"),
            "override": _("Release beyond the credit limit"),
            "delete": _("Delete and restore"),
            "export": _("Export"),
            "import": _("Import"),
            "view_access": _("See who has access, and why"),
        },
        fields={
            "number": Field(_("Order number")),
            "customer": Field(
                _("Customer"),
                mask=mask_name,
                follows=["customer.name"],
                purposes=(FULFILLING,),
            ),
            "owner": Field(_("Owner")),
            "team": Field(_("Team")),
            "channel": Field(pgettext_lazy("order", "Channel")),
            "state": Field(pgettext_lazy("order", "State")),
            "payment_state": Field(_("Payment")),
            "total": Field(_("Total")),
            "paid": Field(_("Amount paid"), follows=["order.total"]),
            "refunded": Field(_("Amount refunded"), follows=["order.total"]),
            "ordered_at": Field(_("Ordered on")),
            "due_on": Field(_("Payment due")),
            "ship_on": Field(_("Promised shipment")),
            "shipped_at": Field(_("Shipped on")),
            "external_id": Field(_("External number")),
            "note": Field(_("Note"), Privacy.PERSONAL),
            "lines": Field(_("Lines"), follows=["order.total"]),
        },
        always=[
            *("number", "state", "payment_state", "ordered_at", "shipped_at"),
            *("due_on", "ship_on", "channel", "owner", "team", "external_id"),
        ],
        about=About("customer", "customer_id"),
        purposes=(FULFILLING,),
    ),
    Order,
)
