"""Dashboards: which there are, what stands on them, and the answers as people read them."""
