"""
One moment for one page: what somebody sees is asked once for all of its parts.

Whoever sees a part of millions of orders waits for their numbers, and a dashboard has ten
tiles. The page tells its tiles a mark; what was asked under it is remembered for half a
minute, in each process. The next page asks anew, and sees what has changed.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from django.core import signing

from guanxi.foundation.actor import Actor

if TYPE_CHECKING:
    from guanxi.analytics.science.grouped import Ints

LIFE_SECONDS = 30
# Of five million orders the numbers take forty megabytes.
MOST_KEPT = 8
_SALT = "analytics.moment"

_moment: ContextVar[str] = ContextVar("moment", default="")
_kept: "OrderedDict[tuple[str, str], _Kept]" = OrderedDict()
_lock = Lock()


class _Kept:
    """What is asked once: who comes while it is asked waits for it."""

    def __init__(self) -> None:
        self.until = monotonic() + LIFE_SECONDS
        self.lock = Lock()
        self.numbers: Ints | None = None


def new_moment(viewer: Actor) -> str:
    """Return the mark of a page that ``viewer`` opens now."""
    return signing.dumps([viewer.actor_id, monotonic()], salt=_SALT)


@contextmanager
def within(viewer: Actor, mark: str) -> Iterator[None]:
    """Look as of the page with this mark; as of now if it is old, or somebody else's."""
    token = _moment.set(mark if _is_of(viewer, mark) else "")
    try:
        yield
    finally:
        _moment.reset(token)


def at_moment(kind: str, ask: "Callable[[], Ints]") -> "Ints":
    """Return the numbers of a kind as ``ask`` gives them, asked once within a moment."""
    mark = _moment.get()
    if not mark:
        return ask()
    with _lock:
        kept = _kept.setdefault((mark, kind), _Kept())
        _forget_old()
    with kept.lock:
        if kept.numbers is None:
            kept.numbers = ask()
        return kept.numbers


def _is_of(viewer: Actor, mark: str) -> bool:
    try:
        actor_id, _began = signing.loads(mark, salt=_SALT, max_age=LIFE_SECONDS)
    except signing.BadSignature:
        return False
    return bool(actor_id == viewer.actor_id)


def _forget_old() -> None:
    now = monotonic()
    for key in [key for key, one in _kept.items() if one.until < now]:
        del _kept[key]
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
