"""What rooms tell about columns that name records, where no foreign key tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mention:
    """
    A column that names records of ``of`` without a foreign key.

    ``when`` says in which rows: columns and the values they have there. Models are named
    by their labels (``"foundation.LoggedEvent"``).
    """

    of: str
    model: str
    column: str
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Remains:
    """A column that keeps naming the record that was given up, and ``why``."""

    model: str
    column: str
    why: str
