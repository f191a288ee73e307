"""The pages and fragments of sales, one file a noun."""
