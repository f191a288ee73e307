"""Customers in bulk, as files bring them: taken in, changed, linked, taken back."""
