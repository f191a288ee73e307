"""Who may do what in sales, and which fields tell secrets."""

from guanxi.sales.policies.commission import COMMISSION, COMMISSION_PLAN
from guanxi.sales.policies.lead import LEAD, LEAD_RULE, WOOING
from guanxi.sales.policies.opportunity import OPPORTUNITY, PIPELINE, SELLING
from guanxi.sales.policies.order import FULFILLING, ORDER
from guanxi.sales.policies.product import PRODUCT
from guanxi.sales.policies.target import TARGET

__all__ = [
    "COMMISSION",
    "COMMISSION_PLAN",
    "FULFILLING",
    "LEAD",
    "LEAD_RULE",
    "OPPORTUNITY",
    "ORDER",
    "PIPELINE",
    "PRODUCT",
    "SELLING",
    "TARGET",
    "WOOING",
]
