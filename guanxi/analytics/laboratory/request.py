"""What somebody asks of a model: the file, how to read it, and the model's options."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DAYS_OF = {"day": 1.0, "week": 7.0, "month": 365.2425 / 12}


@dataclass(frozen=True)
class Request:
    """
    A file, its columns by heading or number from 0, and the model's ``own`` options.

    An empty column is guessed from usual headings. ``own`` is by the name of the option
    with underscores; whatever was not given has its default there.
    """

    path: Path
    header: bool = True
    delimiter: str = ""
    customer: str = ""
    date: str = ""
    amount: str = ""
    date_format: str = ""
    cut_off: dt.date | None = None
    unit: str = "week"
    skip_bad_rows: bool = False
    own: Mapping[str, object] = field(default_factory=dict)

    @property
    def unit_days(self) -> float:
        """Return how many days one unit of time has."""
        return DAYS_OF[self.unit]

    def text(self, name: str) -> str:
        """Return an own option as text; empty where it was not given."""
        return str(self.own.get(name) or "")

    def number(self, name: str) -> float | None:
        """Return an own option that is a number, or None."""
        value = self.own.get(name)
        return float(value) if isinstance(value, int | float) else None

    def whole(self, name: str, default: int) -> int:
        """Return an own option that is a whole number, or ``default``."""
        value = self.own.get(name)
        return int(value) if isinstance(value, int | float) else default
