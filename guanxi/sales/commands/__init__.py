"""Every change anyone may make to products and orders, one file a noun."""
