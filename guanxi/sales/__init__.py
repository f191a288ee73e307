"""
Sales owns the way from a first chance to a paid order, and the plan for it.

Opportunities and their stages; products, orders with their lines, payments, refunds and
shipments; targets and commissions. What a purchase tells about the customer is announced;
what it changes at once is asked of customers.
"""
