"""Lists of customers, of their possible duplicates and of handovers."""

from guanxi.customers.tables.customer import CUSTOMERS
from guanxi.customers.tables.duplicate import DUPLICATES
from guanxi.customers.tables.handover import HANDOVERS

__all__ = [
    "CUSTOMERS",
    "DUPLICATES",
    "HANDOVERS",
]
