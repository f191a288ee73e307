"""
Facts that sales announces. Each stands on the timeline of the customer.

``amount`` is money as people read it (``¥1,234.00``): events tell, and whoever counts
asks the order itself.
"""

from guanxi.sales.events.commission import (
    CommissionAdjusted,
    CommissionApproved,
    CommissionDrawn,
    CommissionEvent,
    CommissionPaid,
    CommissionPlanSaved,
    CommissionReopened,
    CommissionShared,
)
from guanxi.sales.events.order import (
    About,
    InstalmentsApproved,
    OrderBeyondLimit,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderDrafted,
    OrderEvent,
    OrderPaid,
    OrderPlaced,
    OrderReleased,
    OrderRescheduled,
    OrderRestored,
    OrderShipped,
    OrderStepTakenBack,
    OrderTrashed,
    PaymentReceived,
    PaymentTakenBack,
    RefundMade,
)
from guanxi.sales.events.product import (
    ProductChanged,
    ProductCreated,
    ProductEvent,
    ProductRestored,
    ProductTrashed,
)
from guanxi.sales.events.target import TargetsSet

__all__ = [
    "About",
    "CommissionAdjusted",
    "CommissionApproved",
    "CommissionDrawn",
    "CommissionEvent",
    "CommissionPaid",
    "CommissionPlanSaved",
    "CommissionReopened",
    "CommissionShared",
    "InstalmentsApproved",
    "OrderBeyondLimit",
    "OrderCancelled",
    "OrderChanged",
    "OrderCompleted",
    "OrderDrafted",
    "OrderEvent",
    "OrderPaid",
    "OrderPlaced",
    "OrderReleased",
    "OrderRescheduled",
    "OrderRestored",
    "OrderShipped",
    "OrderStepTakenBack",
    "OrderTrashed",
    "PaymentReceived",
    "PaymentTakenBack",
    "ProductChanged",
    "ProductCreated",
    "ProductEvent",
    "ProductRestored",
    "ProductTrashed",
    "RefundMade",
    "TargetsSet",
]
