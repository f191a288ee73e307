"""
Two worlds that differ only in what somebody may not see: his answers must be equal.

``scene`` builds who is there and what is theirs, ``hidden`` changes what one of them may
not see, ``questions`` lists all that can be asked, ``answers`` asks it.
"""
