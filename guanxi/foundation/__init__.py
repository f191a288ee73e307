"""
Foundation owns the mechanisms of the house, and no word of the trade.

Commands, events, jobs, policies, rooms and panels, tables, imports, files,
search, value objects and the UI kit live here. Every room stands on it; it knows
none of them.
"""
