"""
Sales owns the way from a product to a paid order.

Products, orders with their lines, payments, refunds and shipments. What a purchase
tells about the customer is announced; what it changes at once is asked of customers.
"""
