"""Every change anyone may make to customers, one file a noun."""
