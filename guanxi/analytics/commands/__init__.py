"""Every change anyone may make in analytics."""
