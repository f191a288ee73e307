"""What the text of a token looks like, and what we keep of it."""

import re
import secrets
import string
import zlib
from dataclasses import dataclass
from hashlib import sha256

BASE62 = string.digits + string.ascii_letters
MARK = "gx_"
SECRET_LENGTH = 43  # 62 ** 43 > 2 ** 256
CHECK_LENGTH = 6  # 62 ** 6 > 2 ** 32, the range of CRC-32
PREFIX_LENGTH = 12
TOKEN = re.compile(rf"{MARK}[0-9A-Za-z]{{{SECRET_LENGTH + CHECK_LENGTH}}}")
LONGEST_LIFE_DAYS = 366


@dataclass(frozen=True)
class TokenText:
    """A token as its holder keeps it."""

    text: str

    @property
    def prefix(self) -> str:
        """Return the start, by which people tell tokens apart."""
        return self.text[:PREFIX_LENGTH]

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the text in hexadecimal: all that is kept of it."""
        return sha256(self.text.encode()).hexdigest()


def new_token_text() -> TokenText:
    """
    Return a new token: a mark, 256 random bits, and a checksum.

    The mark lets scanners find leaked tokens; the checksum (CRC-32 in base 62) turns
    most wrong texts down without asking the database.
    """
    secret = "".join(secrets.choice(BASE62) for _digit in range(SECRET_LENGTH))
    return TokenText(f"{MARK}{secret}{_check(secret)}")


def parse_token(text: str) -> TokenText | None:
    """Return the token that ``text`` is, or None for what cannot be one."""
    if not TOKEN.fullmatch(text):
        return None
    secret = text[len(MARK) : -CHECK_LENGTH]
    return TokenText(text) if text.endswith(_check(secret)) else None


def _check(secret: str) -> str:
    value = zlib.crc32(secret.encode())
    digits = ""
    for _digit in range(CHECK_LENGTH):
        value, rest = divmod(value, len(BASE62))
        digits = BASE62[rest] + digits
    return digits
