"""Bands of numbers: 1, 2, 5, 10 and so on, so that neighbors differ by about twice."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from guanxi.foundation.figures import MINUS

BOUNDS: Sequence[Decimal] = [
    *(Decimal(m).scaleb(e) for e in range(-4, 14) for m in (1, 2, 5)),
    Decimal(10) ** 14,
]
"""Where bands begin; each ends before the next one begins. 0 is a band of its own."""

PERCENT_BAND = 20
"""How many percent make a band of shares and chances."""


def band_sql(number: str) -> str:
    """
    Return the SQL of the key of the band of the numeric expression ``number``.

    The key is the bound that is nearer to 0: ``"20"`` is 20 to 50, ``"-5"`` -10 to -5.
    """
    bounds = ", ".join(f"{bound:f}" for bound in BOUNDS)
    keys = ", ".join(f"'{bound:f}'" for bound in (0, *BOUNDS))
    found = f"width_bucket(abs({number}), ARRAY[{bounds}]::numeric[])"
    sign = f"CASE WHEN {number} < 0 THEN '-' ELSE '' END"
    return f"({sign} || (ARRAY[{keys}]::text[])[{found} + 1])"


def percent_band_sql(percent: str) -> str:
    """Return the SQL of the key of the band of a whole percentage: its lower bound."""
    # 100 is in the last band.
    below = f"({percent} - {percent} / 100)"
    return f"({below} / {PERCENT_BAND} * {PERCENT_BAND})::text"


def band_words(key: str) -> str:
    """Return what the band ``key`` is called; what is no key as it is."""
    try:
        number = Decimal(key)
        at = BOUNDS.index(abs(number)) if number else -1
    except (InvalidOperation, ValueError):
        return key
    if at < 0:
        return "0"
    low, high = (f"{one:,f}" for one in (*BOUNDS, 10 * BOUNDS[-1])[at : at + 2])
    return f"{low}–{high}" if number > 0 else f"{MINUS}{high} – {MINUS}{low}"


def percent_band_words(key: str) -> str:
    """Return what the band of percentages from ``key`` on is called."""
    return f"{key}–{int(key) + PERCENT_BAND}%" if key.isdecimal() else key


def rank_of_band(key: str) -> Decimal:
    """Return what bands are put in order by; whoever has none comes last."""
    try:
        return Decimal(key)
    except InvalidOperation:
        return 10 * BOUNDS[-1]
