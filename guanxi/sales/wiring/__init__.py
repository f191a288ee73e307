"""How sales plugs in, noun by noun: read it second, after the charter."""

from guanxi.foundation.rooms import together
from guanxi.sales.wiring import commission, lead, opportunity, order, product, target

room = together(
    lead.room, opportunity.room, product.room, order.room, target.room, commission.room
)
