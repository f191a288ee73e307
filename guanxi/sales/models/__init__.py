"""The tables of sales, one file a noun."""

from guanxi.sales.models.commission import (
    CommissionLine,
    CommissionPlan,
    CommissionShare,
    CommissionStatement,
    PlanMember,
)
from guanxi.sales.models.lead import (
    Lead,
    LeadClaim,
    LeadReceiver,
    LeadRule,
    LeadTerms,
)
from guanxi.sales.models.objection import Objection
from guanxi.sales.models.opportunity import Opportunity, Pipeline, Stage, StageMove
from guanxi.sales.models.order import Order, OrderLine, OrderSeries
from guanxi.sales.models.payment import Payment, Refund
from guanxi.sales.models.product import Product
from guanxi.sales.models.target import Target

__all__ = [
    "CommissionLine",
    "CommissionPlan",
    "CommissionShare",
    "CommissionStatement",
    "Lead",
    "LeadClaim",
    "LeadReceiver",
    "LeadRule",
    "LeadTerms",
    "Objection",
    "Opportunity",
    "Order",
    "OrderLine",
    "OrderSeries",
    "Payment",
    "Pipeline",
    "PlanMember",
    "Product",
    "Refund",
    "Stage",
    "StageMove",
    "Target",
]
