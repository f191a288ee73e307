"""Customers for programs, one file a noun."""
