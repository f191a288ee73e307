"""Action messages and tasks for programs, one file a noun."""
