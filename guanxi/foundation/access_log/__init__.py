"""
The access log as a chain: each row's digest covers the one before.

``chain`` says what is digested and how, ``seal`` chains rows that wait for it and cuts old
stretches off, ``verify`` finds the first row that is not as it was written. See
docs/decisions/0015-chained-access-log.md.
"""
