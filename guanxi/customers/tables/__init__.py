"""The lists: customers, duplicates, handovers, segments, contacts and costs, peers."""

from guanxi.customers.tables.customer import CUSTOMERS
from guanxi.customers.tables.duplicate import DUPLICATES
from guanxi.customers.tables.handover import HANDOVERS
from guanxi.customers.tables.investment import INVESTMENTS
from guanxi.customers.tables.peer import PEERS
from guanxi.customers.tables.segment import SEGMENTS

__all__ = [
    "CUSTOMERS",
    "DUPLICATES",
    "HANDOVERS",
    "INVESTMENTS",
    "PEERS",
    "SEGMENTS",
]
