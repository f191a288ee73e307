"""Answers of the cube, kept while neither the facts nor what somebody sees are others."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from weakref import finalize

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Answer, Question, Sight
    from guanxi.analytics.science.grouped import Ints

MOST_ANSWERS = 256
# An answer of more cells is asked again: kept ones stay under some megabytes in all.
MOST_CELLS = 2_000

_kept: "OrderedDict[Hashable, Answer]" = OrderedDict()
_lock = Lock()
_digests: dict[int, tuple[int, bytes]] = {}


def kept_answer(
    folder: Path, question: "Question", sight: "Sight", ask: "Callable[[], Answer]"
) -> "Answer":
    """
    Return what ``ask`` answers, or what it answered to the same before.

    The same is: the same question, the same files in ``folder``, the same records in
    sight. Rights are looked up each time; only the counting is spared.
    """
    key = (_stamp(folder), _written(question), _seen(sight))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = ask()
    if len(found.cells) <= MOST_CELLS:
        with _lock:
            _kept[key] = found
            while len(_kept) > MOST_ANSWERS:
                _kept.popitem(last=False)
    return found


def _stamp(folder: Path) -> Hashable:
    """Return what tells these files from those of another load."""
    found = ((path, path.stat()) for path in sorted(folder.glob("**/*.parquet")))
    return tuple((str(path), one.st_mtime_ns, one.st_ino) for path, one in found)


def _written(question: "Question") -> Hashable:
    where = tuple(sorted(question.where.items()))
    days = (question.first_on, question.last_on)
    return tuple(question.metrics), days, question.sides, where


def _seen(sight: "Sight") -> Hashable:
    joined = tuple((name, digest(one)) for name, one in sorted(sight.joined.items()))
    records, costs = (
        None if one is None else digest(one) for one in (sight.records, sight.costs)
    )
    return records, costs, joined, tuple(sorted(sight.keys.items()))


def digest(numbers: "Ints") -> tuple[int, bytes]:
    """Return what tells one set of numbers from another, whatever their order."""
    found = _digests.get(id(numbers))
    if found is None:
        ordered = numbers.copy()
        ordered.sort()
        found = len(ordered), blake2b(ordered.tobytes(), digest_size=16).digest()
        _digests[id(numbers)] = found
        # Forgotten with the numbers: others may come to lie at their place.
        finalize(numbers, _digests.pop, id(numbers), None)
    return found
