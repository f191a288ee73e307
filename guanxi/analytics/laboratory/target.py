"""The yes or no that a model learns, out of a column of a table."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guanxi.analytics.laboratory.columns import Reading, one_chunk
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.grouped import Ints

_YES = (
    *("yes", "y", "true", "t", "1", "1.0", "churn", "churned", "left", "lost"),
    *("是", "流失", "已流失", "真", "有"),
)


@dataclass(frozen=True, eq=False)
class Target:
    """``happened`` (n,) 1 where the cell is the ``positive`` text, else 0."""

    happened: Ints
    positive: str


def read_target(reading: Reading, index: int, positive: str) -> Target:
    """
    Return which rows have the positive text; a blank cell makes a row unusable.

    :raises Unusable: if the column has no two values, or which one is positive is open.
    """
    column = one_chunk(reading.sheet.column(index)).cast(pa.string())
    coded = pc.utf8_trim_whitespace(pc.fill_null(column, "")).dictionary_encode()
    levels: list[str] = coded.dictionary.to_pylist()
    codes = coded.indices.to_numpy(zero_copy_only=False)
    blank = np.array([not level for level in levels], np.bool_)[codes]
    reading.reject(blank, index, _("the cell is empty"))
    chosen = _positive([level for level in levels if level], positive)
    return Target((codes == levels.index(chosen)).astype(np.int64), chosen)


def _positive(levels: list[str], said: str) -> str:
    shown = ", ".join(sorted(levels)[:10])
    if len(levels) < 2:
        raise Unusable(
            _(
                "The target has one value only (%(values)s): a model needs customers "
                "who left and customers who stayed."
            )
            % {"values": shown}
        )
    if said:
        if said not in levels:
            raise Unusable(
                _("The target has no value “%(value)s”. It has: %(values)s.")
                % {"value": said, "values": shown}
            )
        return said
    yes = [level for level in levels if level.lower() in _YES]
    if len(yes) != 1 or len(levels) > 2:
        raise Unusable(
            _("Which value means that a customer left? Say --positive: %(values)s.")
            % {"values": shown}
        )
    return yes[0]
