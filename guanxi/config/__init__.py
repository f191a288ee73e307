"""The composition root: settings, addresses and processes. Only it knows every room."""
