"""Laws of the stored data that no single constraint can hold, asked by the doctor."""

from dataclasses import dataclass

from guanxi.foundation.words import Words


@dataclass(frozen=True)
class Invariant:
    """
    One law: ``sql`` counts the rows that break it and must give 0.

    ``name`` says the law, ``mend`` what to do about a broken one; both are
    translatable sentences.
    """

    name: Words
    sql: str
    mend: Words
