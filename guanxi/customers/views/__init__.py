"""The pages and fragments of customers, one file a noun."""
