"""The weighted grading: what it is made of, how it is tried, and how it is set."""
