"""Two records that are one: what speaks of the one comes to speak of the other."""
