"""Names of files as people give them, made harmless before anything looks at them."""

import unicodedata

# What the file systems of colleagues' machines take: 255 bytes, less a little for
# what a browser adds when there is such a file already.
LONGEST_BYTES = 240
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def clean_name(given: str) -> str:
    """
    Return the last part of ``given`` as a name any system takes, or "" if none is left.

    It is composed as NFKC and freed of control and format characters first, so that
    what is checked afterwards is what will be used: U+202E turns “gnp.exe” around, and
    U+200B hides the dot of “.htaccess”.
    """
    composed = unicodedata.normalize("NFKC", given)
    shown = "".join(c for c in composed if unicodedata.category(c) not in _HIDDEN)
    last = shown.replace("\\", "/").rpartition("/")[2]
    plain = " ".join(last.translate(_FORBIDDEN).split()).strip(". ")
    return _shortened(plain)


def ending_of(name: str) -> str:
    """Return the extension of a clean name in small letters, without its dot."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def _shortened(name: str) -> str:
    """Cut the stem so that the whole keeps to `LONGEST_BYTES`; the extension stays."""
    ending = ending_of(name)
    tail = f".{ending}" if ending and len(ending) <= 10 else ""
    stem = name[: len(name) - len(tail)]
    room = LONGEST_BYTES - len(tail)
    return stem.encode()[:room].decode(errors="ignore").strip() + tail
