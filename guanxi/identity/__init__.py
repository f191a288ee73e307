"""
Identity owns who works here: users, the team tree, roles, sessions and tokens.

It turns roles into grants, so that every user and every token is an actor the
policies understand. It knows nothing about what they work on.
"""
