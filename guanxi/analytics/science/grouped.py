"""Arithmetic on values that belong to groups: offsets in, one number per group out."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Codes: TypeAlias = npt.NDArray[np.int8]

_KEY_BITS = 63  # of a signed 64-bit integer


def offsets_of(counts: Ints) -> Ints:
    """Return where each group begins and the last one ends, (n + 1,)."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def owners_of(offsets: Ints) -> Ints:
    """Return for each of the m values the index of its group."""
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))


def sorted_rows(major: Ints, minor: Ints) -> Ints:
    """
    Return the row numbers (m,) in ascending order of ``major``, then ``minor``; stable.

    Both keys and the row number are packed into one integer where they fit, because
    sorting plain integers is several times faster than sorting indirectly.
    """
    if not len(major):
        return np.zeros(0, np.int64)
    rows, narrow = len(major).bit_length(), _span_bits(minor)
    if _span_bits(major) + narrow + rows > _KEY_BITS:
        rows_by_keys: Ints = np.lexsort((minor, major))
        return rows_by_keys
    keys: Ints = (major - major.min()) << (narrow + rows)
    keys |= (minor - minor.min()) << rows
    keys |= np.arange(len(major))
    keys.sort()
    return keys & ((1 << rows) - 1)


def _span_bits(values: Ints) -> int:
    return (int(values.max()) - int(values.min())).bit_length()


def dot(one: Floats, other: Floats) -> float:
    """
    Return Σ one · other of two long arrays (n,), on one core.

    The operator @ wakes all cores for each call; on a busy machine they wait for each
    other many times as long as the sum takes.
    """
    return float(np.einsum("i,i", one, other))


def group_sum(values: Floats | Ints, owners: Ints, n: int) -> Floats:
    """Return the sum of each of ``n`` groups; 0 for an empty one."""
    return np.bincount(owners, weights=values, minlength=n).astype(np.float64)


def group_total(values: Ints, offsets: Ints) -> Ints:
    """Return the exact integer sum of each group; no group may be empty."""
    if len(offsets) == 1:
        return np.zeros(0, np.int64)
    return np.add.reduceat(values, offsets[:-1], dtype=np.int64)


def group_median(values: Ints, owners: Ints, offsets: Ints) -> Floats:
    """Return the median of each group; NaN for an empty one."""
    counts = np.diff(offsets)
    medians = np.full(len(counts), np.nan)
    filled = counts > 0
    ordered = values[sorted_rows(owners, values)]
    begin, size = offsets[:-1][filled], counts[filled]
    low, high = ordered[begin + (size - 1) // 2], ordered[begin + size // 2]
    medians[filled] = (low + high) / 2
    return medians
