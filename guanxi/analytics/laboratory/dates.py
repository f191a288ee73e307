"""Days out of texts: by a layout of strptime, or by the usual ones if all fit."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.grouped import Flags, Ints

ISO = "%Y-%m-%d"
_USUAL = (ISO, "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日")
_LOOKED_AT = 1000
_SECONDS = 86400


@dataclass(frozen=True, eq=False)
class Found:
    """The days (k,) of k texts since 1970-01-01, and which texts were dates at all."""

    days: Ints
    known: Flags
    layout: str


def guessed_format(texts: pa.Array) -> str:
    """
    Return the usual layout that fits most of the first texts.

    :raises Unusable: if none fits any, or if day and month cannot be told apart.
    """
    first = texts.slice(0, _LOOKED_AT)
    fits = {one: int(days_of_text(first, one).known.sum()) for one in _USUAL}
    best = max(fits, key=lambda one: fits[one])
    if fits[best]:
        return best
    example = next((text for text in first.to_pylist() if text), "")
    raise Unusable(
        _(
            "How are dates such as “%(example)s” to be read? Say --date-format, for "
            "instance %%d/%%m/%%Y."
        )
        % {"example": example}
    )


def days_of_text(texts: pa.Array, layout: str) -> Found:
    """Return the days of ``texts`` (k,) read by ``layout``; a time of day is dropped."""
    cells = _day_only(texts) if layout in _USUAL else texts
    seconds = pc.strptime(cells, layout, "s", error_is_null=True)
    known = pc.is_valid(seconds).to_numpy(zero_copy_only=False)
    values = pc.fill_null(seconds.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    days, known = np.floor_divide(values, _SECONDS), known.copy()
    for at in np.flatnonzero(~known).tolist():
        found = _by_python(cells[at].as_py(), layout)
        if found is not None:
            days[at], known[at] = found, True
    return Found(days, known, layout)


def _day_only(texts: pa.Array) -> pa.Array:
    """Drop a time of day behind a blank or a T."""
    return pc.replace_substring_regex(texts, r"[ T]+\d{1,2}:.*$", "")


def _by_python(text: str, layout: str) -> int | None:
    """Return the day of what the C library does not know, fractions of seconds say."""
    try:
        found = datetime.strptime(text, layout)  # noqa: DTZ007 -- only the day counts
    except ValueError:
        return None
    return found.toordinal() - 719_163
