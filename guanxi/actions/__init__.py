"""
Actions owns what should be done now, by whom: action messages, worklists and tasks.

It compares plans with facts, proposes what to do, and may run any command; nobody
needs it.
"""
