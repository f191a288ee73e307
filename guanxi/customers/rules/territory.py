"""What puts a customer into a territory."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_WORDS = 500


@dataclass(frozen=True)
class TerritoryRule:
    """
    A customer fits each of the lists that is not empty; four empty ones fit nobody.

    ``kinds`` are numbers of entries of the code list of customer kinds.
    """

    provinces: Sequence[str] = ()
    cities: Sequence[str] = ()
    industries: Sequence[str] = ()
    kinds: Sequence[int] = ()

    def __bool__(self) -> bool:
        """Tell whether it fits anybody."""
        return bool(self.provinces or self.cities or self.industries or self.kinds)
