"""The key ring of this house: made at the first start, kept in the data folder, turned over."""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from gettext import gettext as _
from pathlib import Path

from guanxi.config import environment
from guanxi.config.problems import SetupError
from guanxi.foundation.sealing.ring import (
    BadRing,
    Key,
    Ring,
    new_key,
    new_ring,
    read_ring,
    written_ring,
)

NAME = "key-ring.json"
SETTING = "GUANXI_KEY_RING"
# Who began to write with a key before it was retired is done with it by then.
REST = timedelta(days=1)


@dataclass(frozen=True)
class KeyState:
    """A key of the ring, or one that values name and the ring lacks (``made_at`` None)."""

    id: str
    made_at: datetime | None
    retired_at: datetime | None
    is_active: bool
    used: int


def path() -> Path:
    """Return where the ring is kept, unless the environment brings it."""
    return environment.home() / NAME


def is_given() -> bool:
    """Tell whether the environment brings the ring."""
    return bool(environment.text(SETTING))


def ensure(used: Callable[[], Mapping[str, int]], *, at: datetime) -> None:
    """
    Make the ring of a new house, in a file that its owner alone reads.

    Where values are sealed already none is made: they would stay closed, and nobody would
    ask for the lost one any more. ``used`` tells how many values each key has sealed.
    """
    if is_given() or path().exists() or used():
        return
    keep(new_ring(at))


def keep(ring: Ring) -> None:
    """Write the ring: whole, or not at all."""
    target = path()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{NAME}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(written_ring(ring))
            stream.flush()
            os.fsync(handle)
        unfinished.replace(target)
        _sync(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def present() -> Ring | None:
    """
    Return the ring of this house, or None if it has none.

    :raises BadRing: if it cannot be read.
    """
    if is_given():
        return read_ring(environment.text(SETTING))
    with suppress(FileNotFoundError):
        return read_ring(path().read_text())
    return None


def states(ring: Ring | None, used: Mapping[str, int]) -> list[KeyState]:
    """Return every key, those that values name and the ring lacks last."""
    keys = ring.keys.values() if ring else ()
    found = [
        KeyState(
            key.id,
            key.made_at,
            key.retired_at,
            is_active=bool(ring and key.id == ring.active),
            used=used.get(key.id, 0),
        )
        for key in keys
    ]
    missing = (
        KeyState(name, None, None, is_active=False, used=used[name])
        for name in lost(ring, used)
    )
    return [*found, *missing]


def turned(ring: Ring, used: Mapping[str, int], *, at: datetime) -> Ring:
    """
    Return the ring to turn over to.

    A new key becomes the active one, unless values wait to be turned over to the one that
    is: then that goes on. Keys go that nothing uses and that have rested for a day.
    """
    keys = {
        key.id: key
        for key in ring.keys.values()
        if key.id == ring.active
        or used.get(key.id)
        or key.retired_at is None
        or key.retired_at > at - REST
    }
    kept = Ring(keys, ring.active)
    is_unfinished = any(used.get(name) for name in keys if name != ring.active)
    return kept if is_unfinished else with_new_key(kept, at=at)


def with_new_key(ring: Ring | None, *, at: datetime) -> Ring:
    """Return the ring with a new key that is the active one; without one, a new ring."""
    if ring is None:
        return new_ring(at)
    fresh = new_key(at)
    retired = replace(ring.keys[ring.active], retired_at=at)
    return Ring({**ring.keys, retired.id: retired, fresh.id: fresh}, fresh.id)


def merged(ours: Ring | None, theirs: Ring) -> Ring:
    """
    Return the keys of both rings; ours stays active.

    :raises BadRing: if two different keys have one id.
    """
    if ours is None:
        return theirs
    for name in set(ours.keys) & set(theirs.keys):
        if _material(ours.keys[name]) != _material(theirs.keys[name]):
            raise BadRing(
                _(
                    "Two different keys are called %(key)s: rename neither, ask for help."
                )
                % {"key": name}
            )
    return Ring({**theirs.keys, **ours.keys}, ours.active)


def lost(ring: Ring | None, used: Mapping[str, int]) -> list[str]:
    """Return the ids of keys that values name and the ring lacks."""
    return sorted(set(used) - set(ring.keys if ring else ()))


def require(ring: Ring | None, wanted: Mapping[str, int]) -> None:
    """
    Let the call go on if ``ring`` has every key that the values ``wanted`` name.

    :raises SetupError: which keys are missing, and for how many values.
    """
    missing = lost(ring, wanted)
    if missing:
        raise SetupError(
            _(
                "%(count)s protected values need keys that the key ring lacks: %(keys)s. "
                "Add them to %(place)s first, from where that house keeps its ring."
            )
            % {
                "count": sum(wanted[name] for name in missing),
                "keys": ", ".join(missing),
                "place": SETTING if is_given() else path(),
            }
        )


def _material(key: Key) -> tuple[bytes, bytes]:
    return key.secret, key.index_secret


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
