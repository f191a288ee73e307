"""What identity's pages take in: shape and size only."""
