"""Marts: what reports ask, as ibis expressions; each names its grain and units."""
