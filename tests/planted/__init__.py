"""
Defects planted on purpose, one at a time, to see whether the tests notice.

``python -m tests.planted`` plants each in a copy of the house, runs the tests it concerns
and prints as JSON which were caught. It takes an hour on one core, so it is no part of
the checks before a change; that each defect can still be planted is (``test_planted``).
"""
