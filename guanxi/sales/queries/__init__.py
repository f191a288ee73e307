"""Every question others may ask about products and orders, one file a noun."""
