"""
Service owns the promises kept after the sale: cases, work orders, returns, knowledge.

It stands above sales because a case needs the order. Nothing is open here yet.
"""
