"""Which province a town lies in, as China's codes of divisions (GB/T 2260) tell."""

import re
from collections.abc import Mapping
from functools import cache

from stdnum import numdb

from guanxi.customers.rules.point import plain_place

# Behind the code of the province; a municipality is its own town (0000).
_TOWN = re.compile(r"\d\d00")
# A code may have named several towns: each after the years in which it did.
_NAME = re.compile(r"(?:\[[\d-]*\])?([^,\[\]]+)")
_NO_NAMES = frozenset(("市辖区", "县", "省直辖县级行政单位", "自治区直辖县级行政单位"))


def lies_elsewhere(city: str, province: str) -> bool:
    """Tell whether the town ``city`` is known, and known to lie in no such ``province``."""
    known = towns().get(plain_place(city))
    return known is not None and plain_place(province) not in known


@cache
def towns() -> Mapping[str, frozenset[str]]:
    """Return the provinces in which there is, or was, a town of each name."""
    found: dict[str, set[str]] = {}
    for _length, _code, _last, province, parts in numdb.get("cn/loc").prefixes:
        for _length, code, _last, part, _none in parts:
            if _TOWN.fullmatch(code):
                for name in set(_NAME.findall(part["county"])) - _NO_NAMES:
                    towns = found.setdefault(plain_place(name), set())
                    towns.add(plain_place(province["province"]))
    return {name: frozenset(provinces) for name, provinces in found.items()}
