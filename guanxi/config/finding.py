"""What a check of an installation found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """
    The result of one check; ``mend`` says what to do when it is not well.

    ``key`` names the check to programs, in every language the same; ``records`` are
    addresses of what is wrong, the first few.
    """

    key: str
    name: str
    is_well: bool
    found: str
    mend: str = ""
    records: tuple[str, ...] = ()
