"""Which customers are likely one: names in, pairs with reasons out. No labels, no framework."""
