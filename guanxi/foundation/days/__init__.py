"""
The house's own working days: days off and make-up workdays that administrators name.

They win over what `foundation.working_days` knows by itself, and serve for the years that
it does not know yet.
"""
