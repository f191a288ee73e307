"""How commissions plug in."""

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.erasing.declared import Impersonal
from guanxi.foundation.merging.declared import Remains
from guanxi.foundation.rooms import Nav, Room
from guanxi.sales import tasks
from guanxi.sales.tables import COMMISSIONS

room = Room(
    nav=[
        Nav(
            _("Commissions"),
            "sales:commissions",
            needs="commission.read",
            icon="coin",
            group=_("Sales"),
            order=42,
        ),
    ],
    # In the night to the second, by the clock of China: the month is over and booked.
    clock={"40 19 1 * *": [tasks.draw_monthly]},
    tables=[COMMISSIONS],
    remains=[
        Remains(
            "sales.CommissionLine",
            "source_id",
            "A payment, refund or order keeps its number when customers are merged.",
        )
    ],
    impersonal=[
        Impersonal(
            [
                "sales.CommissionPlan",
                "sales.PlanMember",
                "sales.CommissionShare",
                "sales.CommissionStatement",
                "sales.CommissionLine",
            ],
            "Tells what our own people earn; of orders it keeps numbers and amounts alone.",
        )
    ],
)
