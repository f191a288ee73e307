"""
Marketing owns campaigns and journeys to a segment, within consent.

It uses segments and channels and does not know loyalty. Nothing is open here yet.
"""
