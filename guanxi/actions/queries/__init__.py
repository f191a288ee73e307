"""Every question others may ask of actions."""
