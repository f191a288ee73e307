"""Laws of the stored data that no single constraint can hold, asked by the doctor."""

from dataclasses import dataclass

from guanxi.foundation.words import Words


@dataclass(frozen=True)
class Invariant:
    """
    One law: ``sql`` selects the address of each record that breaks it (“%” as “%%”).

    ``key`` names the law to programs. ``name`` says it, ``mend`` what to do about a
    broken one; both are translatable sentences.
    """

    key: str
    name: Words
    sql: str
    mend: Words
