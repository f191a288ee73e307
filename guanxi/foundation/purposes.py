"""What for personal data are kept, on which legal ground, and who gets them."""

from collections.abc import Collection
from dataclasses import dataclass

from guanxi.foundation.words import Words


@dataclass(frozen=True)
class Purpose:
    """
    One purpose of processing (PIPL 6 and 13, GDPR 5 (1) (b) and 6).

    ``people`` are the kinds of people it concerns; ``kept`` says how long their data stay
    where no rule of a schedule does.
    """

    key: str
    label: Words
    ground: Words
    people: Words
    kept: Words


@dataclass(frozen=True)
class Recipient:
    """
    Somebody or something beyond the house to which personal data go.

    ``place`` is where it is reached, ``gets`` the fields it may get (``"thing.name"``).
    """

    name: str
    place: str
    gets: Collection[str]
