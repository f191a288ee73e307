"""
The definition sheet of the customer data bank.

Of each set of data it says about whom it is, what for, which decisions of the house need
it, how well the house can get it, and what keeping it costs.
"""

LONGEST_NAME, LONGEST_WORDS = 60, 500
# The key of a set that the house itself named begins so.
OWN = "own-"
