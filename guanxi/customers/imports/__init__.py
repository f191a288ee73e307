"""Customers from files: which columns, how rows are read, what becomes of each."""
