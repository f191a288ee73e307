"""Identity for programs, one file a noun."""
