"""``guanxi science cluster``: segments by likeness, named by what is frequent in them."""

import numpy as np

from guanxi.analytics.laboratory.columns import CUSTOMER, Reading
from guanxi.analytics.laboratory.features import Features, read_features
from guanxi.analytics.laboratory.files import read_sheet
from guanxi.analytics.laboratory.findings import Findings, Table
from guanxi.analytics.laboratory.request import Request
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.analytics.laboratory.words import gettext as _
from guanxi.analytics.science.clusters import Clusters, ClusterSettings, clusters
from guanxi.analytics.science.commonality import Common, Property, common, properties
from guanxi.analytics.science.learners import Matrix

_SURE = 0.01  # corrected for false discoveries
_NAMED = 3  # properties in the name of a segment


def run(request: Request) -> Findings:
    """
    Divide the rows of a table of customers into segments.

    :raises Unusable: if the file or the options cannot be used.
    """
    settings = _settings(request)
    reading = Reading.of(
        read_sheet(request.path, header=request.header, delimiter=request.delimiter)
    )
    customer = reading.index("customer", request.customer, CUSTOMER)
    left_out = {reading.needed("without", said) for said in _without(request)}
    without = left_out if customer is None else left_out | {customer}
    features = read_features(reading, without)
    notes = reading.settle(skip=request.skip_bad_rows)
    matrix = features.matrix(reading.good)
    found = _found(matrix, features, settings)
    held, has = properties(matrix, features.is_category)
    seen = common(has, found.segments, len(found.sizes))
    words = [_words(one, features) for one in held]
    names = [_name(seen, k, words) for k in range(len(found.sizes))]
    return Findings(
        n=len(matrix),
        parameters={
            "segments": len(found.sizes),
            "columns": features.names,
            "seed": settings.seed,
        },
        facts={
            "silhouette": found.silhouettes[len(found.sizes)],
            "silhouettes": {str(k): v for k, v in found.silhouettes.items()},
            "within": found.within,
            "between": found.between,
            "explained": found.explained,
        },
        tables={
            "segments": Table(
                _("Segments"),
                {
                    "segment": np.arange(1, len(names) + 1),
                    "customers": found.sizes,
                    "share": found.sizes / len(matrix),
                    "within": found.within_each,
                    "name": names,
                },
            ),
            "over_represented": _over(seen, words),
        },
        notes=(*notes, *features.notes),
        each=lambda: _customers(reading, customer, found, names),
    )


def _without(request: Request) -> tuple[str, ...]:
    said = request.own.get("without")
    return tuple(str(each) for each in said) if isinstance(said, tuple) else ()


def _settings(request: Request) -> ClusterSettings:
    try:
        count = request.whole("segments", 0)
        return ClusterSettings(count=count or None, seed=request.whole("seed", 1))
    except ValueError as error:
        raise Unusable(
            _("--segments is a number from 2 to 50, or 0 to choose.")
        ) from error


def _found(matrix: Matrix, features: Features, settings: ClusterSettings) -> Clusters:
    if not features.columns:
        raise Unusable(_("The file has no column that customers could be compared by."))
    try:
        return clusters(matrix, features.is_category, settings)
    except ValueError as error:
        raise Unusable(
            _("There are fewer different customers than segments.")
        ) from error


def _words(one: Property, features: Features) -> str:
    feature = features.columns[one.column]
    if one.level is not None:
        return f"{feature.name} = {feature.levels[one.level]}"
    if one.low == one.high:
        return f"{feature.name} = {one.low:g}"
    return f"{feature.name} {one.low:g} – {one.high:g}"


def _name(seen: Common, segment: int, words: list[str]) -> str:
    """Return the properties that are surely more frequent, the farthest above all first."""
    excess = seen.share[segment] - seen.base
    sure = (seen.chance[segment] < _SURE) & (excess > 0)
    best = [at for at in np.argsort(-excess, kind="stable") if sure[at]][:_NAMED]
    return "; ".join(words[at] for at in best) or _("like everybody")


def _over(seen: Common, words: list[str]) -> Table:
    """Return what is surely more or less frequent in a segment, farthest from all first."""
    rows, columns = np.nonzero(seen.chance < _SURE)
    excess = np.abs(seen.share[rows, columns] - seen.base[columns])
    order = np.lexsort((columns, -excess, rows))
    rows, columns = rows[order], columns[order]
    return Table(
        _("What is more or less frequent in a segment than among all"),
        {
            "segment": rows + 1,
            "property": [words[at] for at in columns],
            "share": seen.share[rows, columns],
            "base": seen.base[columns],
            "lift": seen.lift[rows, columns],
            "p_value": seen.chance[rows, columns],
        },
    )


def _customers(
    reading: Reading, customer: int | None, found: Clusters, names: list[str]
) -> Table:
    rows = np.flatnonzero(reading.good).tolist()
    if customer is None:
        shown = [str(line) for line in reading.sheet.lines_of(rows)]
    else:
        cells = reading.sheet.column(customer).to_pylist()
        shown = [str(cells[row]) for row in rows]
    return Table(
        _("Customers"),
        {
            "customer": shown,
            "segment": found.segments + 1,
            "name": [names[segment] for segment in found.segments],
        },
    )
