"""Starting, stopping, losing power, backing up: the house as its operator sees it."""
