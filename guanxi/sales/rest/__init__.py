"""Sales for programs, one file a noun."""
