"""The time zones that are offered: one name a place, and no name of the past."""

from collections.abc import Set
from functools import cache
from importlib import resources

# Lists every country's zones under today's names: no Asia/Chongqing, no US/Pacific.
_TABLE = "zone.tab"


@cache
def current_zones() -> Set[str]:
    """Return the zones of all countries, and UTC, by the names that are in use today."""
    table = resources.files("tzdata") / "zoneinfo" / _TABLE
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return frozenset({"UTC", *(row[2] for row in rows)})
