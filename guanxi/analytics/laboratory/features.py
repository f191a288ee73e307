"""The columns of a table as features: numbers, dates and categories, found by themselves."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guanxi.analytics.laboratory.columns import Reading, number_cells, one_chunk
from guanxi.analytics.laboratory.dates import days_of_text, guessed_format
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.grouped import Flags, Floats, Ints
from guanxi.analytics.science.learners import Matrix

MOST_LEVELS = 50
_UNKNOWN = pa.array(["", "na", "n/a", "nan", "null", "?", "-", "--"])


@dataclass(frozen=True, eq=False)
class Feature:
    """
    A column: ``values`` (n,), NaN where unknown; codes into ``levels`` if a category.

    Levels are sorted by text, so that the order of rows changes no code.
    """

    name: str
    values: Floats
    levels: tuple[str, ...] = ()

    def shown(self, value: float) -> str:
        """Return a value in words."""
        if np.isnan(value):
            return _("unknown")
        return self.levels[int(value)] if self.levels else f"{value:g}"


@dataclass(frozen=True, eq=False)
class Features:
    """The usable columns of a table, and one sentence for each that was left out."""

    columns: tuple[Feature, ...]
    notes: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Return the headings of the columns."""
        return [column.name for column in self.columns]

    @property
    def is_category(self) -> Flags:
        """Return which columns are categories, (c,)."""
        return np.array([bool(column.levels) for column in self.columns], np.bool_)

    def matrix(self, rows: Flags) -> Matrix:
        """Return the values (n, c) of the chosen rows."""
        if not self.columns:
            return np.zeros((int(rows.sum()), 0))
        return np.stack([column.values[rows] for column in self.columns], axis=1)


def read_features(reading: Reading, without: set[int]) -> Features:
    """
    Return all columns but the numbers ``without``.

    Blank cells are unknown. Left out and told are columns with one value only, serial
    numbers, and texts that differ in most rows; of many levels the 50 most frequent stay.
    """
    found, notes = [], []
    for index, name in enumerate(reading.sheet.headings):
        if index in without:
            continue
        feature = _feature(reading, index, name)
        why = _useless(feature)
        if why:
            notes.append(
                _("Column “%(column)s” was left out: %(why)s.")
                % {"column": name, "why": why}
            )
        else:
            found.append(_fewer_levels(feature))
    return Features(tuple(found), tuple(notes))


def _feature(reading: Reading, index: int, name: str) -> Feature:
    column = one_chunk(reading.sheet.column(index))
    if pa.types.is_dictionary(column.type) or pa.types.is_boolean(column.type):
        column = column.cast(pa.string())
    if pa.types.is_temporal(column.type):
        column = column.cast(pa.string())
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return Feature(name, _floats(column))
    texts = pc.utf8_trim_whitespace(column.cast(pa.string()))
    blank = pc.is_in(pc.utf8_lower(texts), value_set=_UNKNOWN)
    known = pc.if_else(blank, pa.scalar(None, pa.string()), texts)
    numbers = number_cells(known).cast(pa.float64())
    filled = len(known) - known.null_count
    if filled and numbers.null_count == known.null_count:
        return Feature(name, _floats(numbers))
    return _dates(name, known) or _category(name, texts)


def _floats(column: pa.Array) -> Floats:
    values = pc.fill_null(column.cast(pa.float64()), float("nan"))
    numbers: Floats = values.to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _dates(name: str, texts: pa.Array) -> Feature | None:
    """Return the days since 1970-01-01 if every filled cell is a date of one layout."""
    coded = texts.dictionary_encode()
    levels = coded.dictionary
    if not len(levels) or not (levels[0].as_py() or "")[:1].isdigit():
        return None
    try:
        found = days_of_text(levels, guessed_format(levels))
    except Unusable:
        return None
    if not found.known.all():
        return None
    codes = pc.fill_null(coded.indices, 0).to_numpy(zero_copy_only=False)
    missing = coded.indices.is_null().to_numpy(zero_copy_only=False)
    return Feature(name, np.where(missing, np.nan, found.days[codes]))


def _category(name: str, texts: pa.Array) -> Feature:
    coded = pc.fill_null(texts, "").dictionary_encode()
    levels = coded.dictionary.to_pylist()
    order = sorted(range(len(levels)), key=lambda at: levels[at])
    place = np.empty(len(levels))
    place[order] = np.arange(len(levels))
    if "" in levels:  # sorts first, and is no level but unknown
        place -= 1
        place[levels.index("")] = np.nan
    codes = coded.indices.to_numpy(zero_copy_only=False)
    named = tuple(levels[at] for at in order if levels[at])
    return Feature(name, place[codes], named)


def _useless(feature: Feature) -> str:
    """Return why a column teaches nothing; empty if it may."""
    known = feature.values[~np.isnan(feature.values)]
    different = np.unique(known)
    if not len(different) or (
        len(different) == 1 and len(known) == len(feature.values)
    ):
        return _("it has one value only")
    if feature.levels:
        many = len(different) > max(MOST_LEVELS, len(known) // 2)
        return _("almost every row has another text") if many else ""
    whole = bool((different == np.rint(different)).all())
    serial = whole and len(different) == len(feature.values) > MOST_LEVELS
    if serial and different[-1] - different[0] < 2 * len(different):
        return _("it is a serial number")
    return ""


def _fewer_levels(feature: Feature) -> Feature:
    """Return the same with the most frequent levels, the rest as one."""
    if len(feature.levels) <= MOST_LEVELS:
        return feature
    known = ~np.isnan(feature.values)
    codes: Ints = feature.values[known].astype(np.int64)
    counts = np.bincount(codes, minlength=len(feature.levels))
    kept = np.sort(np.argsort(-counts, kind="stable")[: MOST_LEVELS - 1])
    place = np.full(len(feature.levels), len(kept))
    place[kept] = np.arange(len(kept))
    values = feature.values.copy()
    values[known] = place[codes]
    names = (*(feature.levels[at] for at in kept), _("other"))
    return Feature(feature.name, values, names)
