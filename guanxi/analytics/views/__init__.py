"""The pages of analytics, one file a noun."""
