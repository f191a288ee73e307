"""Measuring: what pages, imports and analysis cost on a million customers."""
