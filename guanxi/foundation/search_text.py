"""
The text a record is searched by, and the patterns that find it with an index.

Every field is led by one blank, so ``LIKE '% 张伟%'`` finds what begins with 张伟. The
trigram index counts blanks as part of a word's start: a word of two characters has no
trigram of its own, but `` 张伟`` has, and the search stays an index search.
"""

from __future__ import annotations

import re
import unicodedata

from guanxi.foundation.phones import SHORTEST_FRAGMENT, search_digits

# A trigram needs three characters; shorter words are looked for at the start of a word.
SHORTEST_ANYWHERE = 3
# More words hardly narrow the result, and each is another index scan.
MOST_WORDS = 8

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f]+")
# Divided digits are a telephone number only if they begin like one: 2024-00123 is not.
_PHONE = re.compile(r"\d+|(?:\+|\(|0|86|1[3-9]|[48]00)[\d\s\-()./]*", re.ASCII)
_SPECIAL = re.compile(r"([\\%_])")


def search_text(*fields: str) -> str:
    """
    Return the ``search`` column of a record: plain, lower-case, blanks single.

    Compatibility forms are plain (NFKC), so full-width text is found by half-width
    queries. Empty fields are left out; no field at all gives an empty text.
    """
    plains = [_plain(field) for field in fields]
    return "".join([f" {plain}" for plain in plains if plain])


def like_pattern(word: str) -> str:
    r"""
    Return the ``LIKE`` pattern that finds one word of a query in the search column.

    Three characters and more are found anywhere, fewer at the start of a word only.
    ``%``, ``_`` and ``\`` are taken literally. An empty word finds everything.
    """
    plain = _plain(word)
    lead = "" if len(plain) >= SHORTEST_ANYWHERE else " "
    return f"%{lead}{_escaped(plain)}%" if plain else "%"


def like_patterns(query: str) -> tuple[str, ...]:
    """
    Return the patterns that must all match, one for each word of ``query``.

    Beside a word long enough for the index, short words may stand anywhere: ``zhang yi``
    finds ``zhangyi``. A telephone number is one word, however it is written.
    """
    if is_phone_like(query):
        return (f"%{_escaped(search_digits(query))}%",)
    words = _plain(query).split(" ")[:MOST_WORDS]
    if any(len(word) >= SHORTEST_ANYWHERE for word in words):
        return tuple(f"%{_escaped(word)}%" for word in words)
    return tuple(like_pattern(word) for word in words if word)


def span_of(beginning: str) -> tuple[str, str]:
    """
    Return the first and the last text that begin so, in the order of code points.

    A column with the collation "C" finds what lies between along its index.
    """
    return beginning, f"{beginning}\U0010ffff"


def is_phone_like(query: str) -> bool:
    """Return whether ``query`` is a fragment of a number: at least three digits."""
    plain = unicodedata.normalize("NFKC", query).strip()
    digits = sum(map(str.isdigit, plain))
    return digits >= SHORTEST_FRAGMENT and bool(_PHONE.fullmatch(plain))


def _plain(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    plain = text.lower()
    return plain if plain.isalnum() else _BREAKS.sub(" ", plain).strip()


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
