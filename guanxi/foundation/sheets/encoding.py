"""Finding out in which encoding a text file is written."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from pathlib import Path

from charset_normalizer import from_bytes

from guanxi.foundation.sheets.limits import MEGABYTE, SNIFFED_BYTES

# Byte order marks, the longer before those they begin with.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Of Chinese text nearly all characters are among the 3,755 common ones that GB 2312 put
# first. Western or Traditional Chinese bytes read as GB 18030 give rare ones.
COMMON_SHARE = 0.7
# What else comes from Taiwan, Hong Kong, Japan, Korea, Western Europe and Russia.
OTHERS = ["big5", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1252", "cp1251"]
GUESSED_BYTES = 16 * 1024
# Every other byte of Latin text, and of each separator, is NUL in UTF-16.
NUL_SHARE = 0.02
# Read in the wrong encoding, text is spread over all of Unicode.
PLAUSIBLE = re.compile(
    r"[\t\r\n -~\u00a0-\u024f\u2010-\u203b\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]"
)
PLAUSIBLE_SHARE = 0.9


def find_encoding(path: Path) -> str:
    """
    Return the name of the codec that reads ``path``.

    A byte order mark decides, then the pattern of NULs of UTF-16, then whether the first
    bytes beyond ASCII are UTF-8. What is called gb2312 is always read as gb18030, which
    contains it and gbk.
    """
    sample = _telling_sample(path)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    return _utf16_without_mark(sample) or _eight_bit(sample)


def _telling_sample(path: Path) -> bytes:
    """Return the start of the file, and the part with its first byte beyond ASCII."""
    with path.open("rb") as file:
        head = file.read(SNIFFED_BYTES)
        if not head.isascii():
            return head
        while chunk := file.read(MEGABYTE):
            if not chunk.isascii():
                first = next(at for at, byte in enumerate(chunk) if byte > 127)
                return chunk[first : first + SNIFFED_BYTES]
    return head


def _utf16_without_mark(sample: bytes) -> str | None:
    nuls = Counter(at % 2 for at, byte in enumerate(sample[:4096]) if not byte)
    if nuls.total() < NUL_SHARE * min(len(sample), 4096):
        return None
    name = "utf-16-le" if nuls[1] > nuls[0] else "utf-16-be"
    text = sample[:4096].decode(name, "replace")
    plausible = len(PLAUSIBLE.findall(text))
    return name if plausible >= PLAUSIBLE_SHARE * len(text) else None


def _eight_bit(sample: bytes) -> str:
    if _decodes(sample, "utf-8"):
        return "utf-8"
    if _decodes(sample, "gb18030") and _common_share(sample) >= COMMON_SHARE:
        return "gb18030"
    best = from_bytes(sample[:GUESSED_BYTES], cp_isolation=OTHERS).best()
    return best.encoding if best else "gb18030"


def _decodes(sample: bytes, encoding: str) -> bool:
    """Return whether ``sample`` is of ``encoding``; its end may be cut anywhere."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _common_share(sample: bytes) -> float:
    """Return which part of the characters beyond ASCII is common in Chinese."""
    text = sample.decode("gb18030", "ignore")
    beyond = [character for character in text if not character.isascii()]
    if not beyond:
        return 1.0
    return sum(map(_is_common, beyond)) / len(beyond)


def _is_common(character: str) -> bool:
    """Return whether GB 2312 has it among punctuation or the common ideographs."""
    first, second = character.encode("gb18030")[:2]
    # Rows A1 and A3 hold the punctuation, B0 to D7 the common characters.
    return second >= 0xA1 and (first in (0xA1, 0xA3) or 0xB0 <= first <= 0xD7)
