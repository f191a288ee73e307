"""
Columns that the database keeps without being able to read them.

``ring`` has the keys and what they do, ``field`` the model's field and its blind index,
``rotation`` says which keys are in use and turns values over to a new one. See
docs/decisions/0009-sealed-columns.md.
"""
