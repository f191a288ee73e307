"""What a page is narrowed to, each with the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from guanxi.analytics.asked import Cut
from guanxi.foundation.words import Words


@dataclass(frozen=True)
class Chip:
    """A narrowing: what it is called, its word in the address, the address without it."""

    label: Words
    value: str
    word: str
    url: str


def chips(asked: QueryDict, cuts: Sequence[Cut]) -> list[Chip]:
    """Return the narrowings of the address ``asked``."""
    found = []
    for cut in cuts:
        left = asked.copy()
        words = [word for word in asked.getlist("where") if word != cut.word]
        left.setlist("where", words)
        url = f"?{left.urlencode()}"
        found.append(Chip(cut.dimension.label, cut.label, cut.word, url))
    return found
