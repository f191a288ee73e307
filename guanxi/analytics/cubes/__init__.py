"""Facts with their dimensions and metrics: what can be asked from every side."""
