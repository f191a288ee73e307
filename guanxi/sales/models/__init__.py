"""The tables of sales, one file a noun."""

from guanxi.sales.models.order import Order, OrderLine, OrderSeries
from guanxi.sales.models.payment import Payment, Refund
from guanxi.sales.models.product import Product
from guanxi.sales.models.target import Target

__all__ = [
    "Order",
    "OrderLine",
    "OrderSeries",
    "Payment",
    "Product",
    "Refund",
    "Target",
]
