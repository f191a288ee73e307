"""
Analytics turns facts into knowledge: the warehouse, scores, metrics and reports.

It reads what all rooms offer as facts and changes nothing but traits and its own runs.
Only this room knows DuckDB and numpy.
"""
