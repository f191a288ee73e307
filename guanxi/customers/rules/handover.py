"""How a book of customers is spread over those who take it over."""

from collections.abc import Mapping, Sequence

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MOST_TAKERS = 50


class Spread(TextChoices):
    """By what customers are spread over several colleagues."""

    EQUAL = "equal", _("Equally, one after the other")
    CITY = "city", _("By city: each city goes to one colleague")


class HandoverState(TextChoices):
    """How far a handover is."""

    RUNNING = "running", pgettext_lazy("handover", "Running")
    DONE = "done", pgettext_lazy("handover", "Done")
    FAILED = "failed", pgettext_lazy("handover", "Stopped")
    UNDOING = "undoing", pgettext_lazy("handover", "Being undone")
    UNDONE = "undone", pgettext_lazy("handover", "Undone")


HANDOVER_TONES: Mapping[str, str] = {
    HandoverState.RUNNING: "blue",
    HandoverState.DONE: "green",
    HandoverState.FAILED: "red",
    HandoverState.UNDOING: "blue",
    HandoverState.UNDONE: "gray",
}


class Fate(TextChoices):
    """What has become of one customer of a handover."""

    GIVEN = "given", pgettext_lazy("handover", "Handed over")
    RETURNED = "returned", pgettext_lazy("handover", "Given back")
    KEPT = "kept", pgettext_lazy("handover", "Stayed: changed hands again since")


def share_cities(sizes: Mapping[str, int], takers: Sequence[int]) -> dict[str, int]:
    """
    Return who of ``takers`` gets each city; ``sizes`` are its customers.

    The largest city first, each to whom has the fewest so far: no longest-processing-time
    schedule is worse than 4/3 of the best (Graham 1969). Equal cities go by name, equal
    takers by their order, so that what was shown is what is done.
    """
    loads = dict.fromkeys(takers, 0)
    shares = {}
    for city in sorted(sizes, key=lambda name: (-sizes[name], name)):
        taker = min(loads, key=loads.__getitem__)
        shares[city] = taker
        loads[taker] += sizes[city]
    return shares


def taker_of(
    place: int, city: str, takers: Sequence[int], cities: Mapping[str, int]
) -> int:
    """
    Return who gets the customer at ``place`` of the book, counted from 0.

    With ``cities`` the one who gets its city; a city nobody was given goes by its place.
    """
    return cities.get(city, takers[place % len(takers)])
