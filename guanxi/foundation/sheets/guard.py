"""
Protection of spreadsheet programs from cells that they would take for formulas.

A program that opens a CSV file computes ``=…``, ``+…``, ``-…`` and ``@…``, also when
blanks or invisible characters stand before, or the sign is full-width. An apostrophe in
front makes it text. It is put there on writing and taken away on reading, so a file
written here is read back exactly.
"""

from __future__ import annotations

import unicodedata

_STARTS = tuple("=+-@|")
_BREAKS = ("\t", "\r", "\n")
_INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf"}
# What begins with a letter, a digit or an ideograph is harmless, and is nearly everything.
_APOSTROPHE = "'"


def guarded(text: str) -> str:
    """Return ``text`` with an apostrophe in front if a program might compute it."""
    return _APOSTROPHE + text if _is_formula(text) else text


def unguarded(text: str) -> str:
    """Return ``text`` without the apostrophe that `guarded` put in front."""
    if text[:1] == _APOSTROPHE and _is_formula(text[1:]):
        return text[1:]
    return text


def _is_formula(text: str) -> bool:
    """Return whether ``text`` begins like a formula, apostrophes before it or not."""
    if not text or text[0].isalnum():
        return False
    bare = text.lstrip(_APOSTROPHE)
    if bare.startswith(_BREAKS):
        return True
    for character in bare:
        if unicodedata.category(character) not in _INVISIBLE:
            return unicodedata.normalize("NFKC", character).startswith(_STARTS)
    return False
