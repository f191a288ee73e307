"""Key findings: what changed, how sure that is, what is at stake, and who should act."""
