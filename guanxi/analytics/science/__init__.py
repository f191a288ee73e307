"""
The laws of customer behavior: pure functions on numpy arrays.

Nothing here knows Django, a database or the clock. Customers are rows of arrays (n,);
their purchases are grouped arrays (m,), see :mod:`~guanxi.analytics.science.purchases`.
"""
