"""The lists of sales, as pages and as REST."""

from guanxi.sales.tables.commission import COMMISSIONS
from guanxi.sales.tables.lead import LEAD_POOL, LEADS
from guanxi.sales.tables.opportunity import OPPORTUNITIES
from guanxi.sales.tables.order import ORDERS
from guanxi.sales.tables.product import PRODUCTS

__all__ = ["COMMISSIONS", "LEADS", "LEAD_POOL", "OPPORTUNITIES", "ORDERS", "PRODUCTS"]
