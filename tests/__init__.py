"""Tests of the whole house; each room has its own beside its code."""
