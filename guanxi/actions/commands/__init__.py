"""Every change anyone may make in actions."""
