"""What the house knows about a person: told to the person as a whole, and erased as a whole."""
