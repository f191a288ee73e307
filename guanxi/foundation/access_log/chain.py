"""What is digested of a row, how stretches hang together, and who signed them."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from guanxi.foundation.models import Access, AccessStretch
from guanxi.foundation.sealing.ring import MARK, Ring, ring

BEGINNING = bytes(32)
_ROWS = "foundation_access"
_STRETCHES = "foundation_accessstretch"


@dataclass(frozen=True)
class Noted:
    """What a row of the access log says, apart from its number."""

    at: datetime
    actor_id: int | None
    actor_name: str
    act: str
    kind: str
    subject_id: int | None
    subject_ids: Sequence[int]
    fields: Sequence[str]
    rows: int
    reason: str


def noted(row: Access) -> Noted:
    """Return what ``row`` says."""
    return Noted(
        at=row.at,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        act=row.act,
        kind=row.kind,
        subject_id=row.subject_id,
        subject_ids=row.subject_ids,
        fields=row.fields,
        rows=row.rows,
        reason=row.reason,
    )


def new_mark(said: Noted) -> str:
    """Return what proves that ``said`` was written here: ``nonce.key.signature``."""
    nonce = secrets.token_hex(8)
    return f"{nonce}{MARK}{ring().sign(_marked(nonce, said), _ROWS)}"


def is_marked(keys: Ring, mark: str, said: Noted) -> bool:
    """Tell whether ``mark`` was made for ``said``."""
    nonce, _mark, signature = mark.partition(MARK)
    return keys.has_signed(signature, _marked(nonce, said), _ROWS)


def link(before: bytes, pk: int, said: Noted | None) -> bytes:
    """Return the digest of the row ``pk``, which follows ``before``; None if it is gone."""
    told = b"" if said is None else _written(said)
    return hashlib.sha256(before + f"{pk}:".encode() + told).digest()


def sign(stretch: AccessStretch, keys: Ring) -> None:
    """Sign ``stretch`` as it stands with the active key."""
    stretch.signature = keys.sign(_head(stretch), _STRETCHES)


def is_signed(stretch: AccessStretch, keys: Ring) -> bool:
    """Tell whether ``stretch`` stands as it was signed."""
    return keys.has_signed(stretch.signature, _head(stretch), _STRETCHES)


def _head(stretch: AccessStretch) -> bytes:
    facts = [
        stretch.number,
        stretch.access_ids,
        stretch.doubtful,
        bytes(stretch.before).hex(),
        bytes(stretch.digest).hex(),
        _instant(stretch.latest_at),
        _instant(stretch.sealed_at),
        _instant(stretch.cut_at) if stretch.cut_at else None,
    ]
    return json.dumps(facts, separators=(",", ":")).encode()


def _marked(nonce: str, said: Noted) -> bytes:
    return nonce.encode() + _written(said)


def _written(said: Noted) -> bytes:
    at, *others = astuple(said)
    return json.dumps([_instant(at), *others], separators=(",", ":")).encode()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
