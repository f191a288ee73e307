"""
The key ring: the keys of sealed values, each under an id, one of them in use for writing.

A value is sealed with AES-256-GCM for one place (table, column, record), which is no part
of it: carried to another place it does not open. Equality is asked of a blind index, an
HMAC-SHA-256 under a key of its own.
"""

import base64
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.foundation.errors import Refused

FORMAT = 1
KEY_BYTES = 32
NONCE_BYTES = 12
INDEX_BYTES = 16
MARK = "."
_ID = re.compile(r"[0-9a-z-]{1,32}")


class BadRing(Refused):
    """The key ring is missing or cannot be read."""

    code = "bad_key_ring"


class Unreadable(Refused):
    """A sealed value does not open: its key is missing, or it was tampered with."""

    code = "unreadable"


@dataclass(frozen=True)
class Key:
    """
    One entry of the ring: a key to seal with and a key of the blind index.

    ``retired_at`` is when another one took its place for writing.
    """

    id: str
    made_at: datetime
    secret: bytes = field(repr=False)
    index_secret: bytes = field(repr=False)
    retired_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "cipher", AESGCM(self.secret))

    cipher: AESGCM = field(init=False, repr=False, compare=False)


@dataclass(frozen=True)
class Ring:
    """All keys by their ids; ``active`` is the id of the one that new values get."""

    keys: Mapping[str, Key]
    active: str

    def seal(self, text: str, place: str) -> str:
        """Return ``text`` sealed for ``place``: ``id.base64``."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self.keys[self.active].cipher.encrypt(
            nonce, text.encode(), self._bound(self.active, place)
        )
        return f"{self.active}{MARK}{_written(nonce + sealed)}"

    def open(self, token: str, place: str) -> str:
        """
        Return the text that was sealed for ``place``.

        :raises Unreadable: without its key, or if it was sealed for another place.
        """
        key_id, _mark, body = token.partition(MARK)
        key = self.keys.get(key_id)
        if key is None:
            raise Unreadable(
                _(
                    "A protected value cannot be read, because key %(key)s is missing. "
                    "Whoever looks after Guanxi finds out more with “guanxi doctor”."
                )
                % {"key": key_id[:32]}
            )
        try:
            raw = _read(body)
            plain = key.cipher.decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._bound(key_id, place)
            )
        except (InvalidTag, ValueError) as error:
            raise Unreadable(
                _(
                    "A protected value cannot be read, because it was changed or moved "
                    "outside of Guanxi. Restore it from a backup, or enter it anew."
                )
            ) from error
        return plain.decode()

    def index(self, text: str, column: str) -> str:
        """Return the blind index of ``text`` in ``column`` under the active key."""
        return _index(self.keys[self.active], text, column)

    def indexes(self, text: str, column: str) -> Sequence[str]:
        """Return the blind indexes under every key: what equality is asked of."""
        return [_index(key, text, column) for key in self.keys.values()]

    def sign(self, message: bytes, purpose: str) -> str:
        """Return what only the active key makes of ``message``: ``id.base64``."""
        signed = _signature(self.keys[self.active], message, purpose)
        return f"{self.active}{MARK}{_written(signed)}"

    def has_signed(self, signature: str, message: bytes, purpose: str) -> bool:
        """Tell whether a key of the ring has signed ``message``."""
        key = self.keys.get(signature.partition(MARK)[0])
        if key is None:
            return False
        wanted = f"{key.id}{MARK}{_written(_signature(key, message, purpose))}"
        return hmac.compare_digest(signature.encode(), wanted.encode())

    @staticmethod
    def _bound(key_id: str, place: str) -> bytes:
        return f"{key_id}\0{place}".encode()


def ring() -> Ring:
    """
    Return the ring: of the setting, else of the file, read again when it has changed.

    :raises BadRing: if there is none, or none that can be read.
    """
    if settings.KEY_RING:
        return _of_setting(settings.KEY_RING)
    path = settings.KEY_RING_FILE
    try:
        facts = os.stat(path)
    except FileNotFoundError as error:
        raise BadRing(
            _(
                "The key ring %(path)s is missing, so protected values can be neither "
                "read nor written. Put it back from a backup."
            )
            % {"path": path}
        ) from error
    return _of_file(path, facts.st_mtime_ns, facts.st_ino, facts.st_size)


def new_key(at: datetime) -> Key:
    """Return a key that nobody has seen yet."""
    return Key(
        id=f"{at:%Y%m%d}-{secrets.token_hex(3)}",
        made_at=at,
        secret=secrets.token_bytes(KEY_BYTES),
        index_secret=secrets.token_bytes(KEY_BYTES),
    )


def new_ring(at: datetime) -> Ring:
    """Return a ring of one new key."""
    key = new_key(at)
    return Ring({key.id: key}, key.id)


def written_ring(found: Ring) -> str:
    """Return a ring as its file and its setting write it."""
    facts = {
        "format": FORMAT,
        "active": found.active,
        "keys": [_facts(key) for key in found.keys.values()],
    }
    return json.dumps(facts, indent=1) + "\n"


def read_ring(text: str) -> Ring:
    """
    Return the ring that ``text`` writes.

    :raises BadRing: if it writes none.
    """
    try:
        facts = json.loads(text)
        keys = {one["id"]: _key(one) for one in facts["keys"]}
        found = Ring(keys, facts["active"])
        is_well = facts["format"] == FORMAT and found.active in keys
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged() from error
    if not is_well:
        raise _damaged()
    return found


def _damaged() -> BadRing:
    return BadRing(
        _(
            "The key ring is damaged, or of a newer version. Put the file key-ring.json "
            "back from a backup, or correct GUANXI_KEY_RING."
        )
    )


@lru_cache(maxsize=4)
def _of_setting(text: str) -> Ring:
    return read_ring(text)


@lru_cache(maxsize=4)
def _of_file(path: str, *_facts_of_file: int) -> Ring:
    return read_ring(Path(path).read_text())


def _facts(key: Key) -> dict[str, str | None]:
    return {
        "id": key.id,
        "made_at": key.made_at.isoformat(),
        "retired_at": key.retired_at.isoformat() if key.retired_at else None,
        "seal": _written(key.secret),
        "index": _written(key.index_secret),
    }


def _key(facts: Mapping[str, str | None]) -> Key:
    retired_at = facts.get("retired_at")
    key = Key(
        id=str(facts["id"]),
        made_at=datetime.fromisoformat(str(facts["made_at"])),
        secret=_read(str(facts["seal"])),
        index_secret=_read(str(facts["index"])),
        retired_at=datetime.fromisoformat(retired_at) if retired_at else None,
    )
    lengths = {len(key.secret), len(key.index_secret)}
    if not _ID.fullmatch(key.id) or lengths != {KEY_BYTES}:
        raise ValueError(key.id)
    return key


def _index(key: Key, text: str, column: str) -> str:
    message = f"{column}\0{text}".encode()
    digest = hmac.digest(key.index_secret, message, "sha256")[:INDEX_BYTES]
    return f"{key.id}{MARK}{_written(digest)}"


def _signature(key: Key, message: bytes, purpose: str) -> bytes:
    """Return an HMAC-SHA-256 under a key drawn for ``purpose``, which seals nothing."""
    drawn = hmac.digest(key.secret, f"sign\0{purpose}".encode(), "sha256")
    return hmac.digest(drawn, message, "sha256")


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
