"""The door for programs: one way to list, to refuse, to slow down and to repeat."""
