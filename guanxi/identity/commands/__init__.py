"""Every change anyone may make to users, teams, roles, sessions and tokens."""
