"""Who a note calls upon: “@” and the name of a colleague."""

import re
from collections.abc import Collection

# In Chinese nothing parts a name from the words after it, so all beginnings are names.
LONGEST_NAME = 30
MOST_MENTIONS = 50
_CALL = re.compile(rf"@([^\s@]{{1,{LONGEST_NAME}}})")


def possible_names(text: str) -> list[str]:
    """Return everything after an “@” in ``text`` that may be a name."""
    calls = _CALL.findall(text)[:MOST_MENTIONS]
    found = (call[:end] for call in calls for end in range(1, len(call) + 1))
    return list(dict.fromkeys(found))


def called(text: str, names: Collection[str]) -> set[str]:
    """Return those of ``names`` that ``text`` calls: of each call the longest that fits."""
    found = set()
    for call in _CALL.findall(text)[:MOST_MENTIONS]:
        fitting = [name for name in names if name and call.startswith(name)]
        if fitting:
            found.add(max(fitting, key=len))
    return found
