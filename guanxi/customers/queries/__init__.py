"""Every question others may ask about customers, one file a noun."""
