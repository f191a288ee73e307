"""Identity's pages: one query or one command each."""
