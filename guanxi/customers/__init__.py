"""
Customers owns the party: persons and organisations, and all we know of them.

Contact points, addresses, relations, kinds, state, tags and traits stand here, below
every function of the business. Rooms above write what they learn as traits; nobody
else changes a customer.
"""
