"""From the customers of a house to the pairs that are likely one."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
from splink import Linker
from splink.internals.duckdb.database_api import DuckDBAPI

from guanxi.analytics.linkage.model import (
    APART,
    COMPANIES,
    PERSONS,
    Comparison,
    settings_of,
)
from guanxi.analytics.linkage.parties import KEYS, LISTS, add_keys, key_of, prepare

LEAST = 0.5
"""The probability from which a pair is worth a look."""

TWICE_AMONG = 20
"""One party in so many is there twice, where there is too little to tell."""

FEWEST = 100

SAMPLED_PAIRS = 1_000_000
LEARNED_FROM = 200  # pairs; from fewer nothing is learned
SEED = 20
MEMORY = "3GB"

# Pairs that agree in this are mostly one: from them is learned how often the rest agrees.
_LEARN = {
    "person": (
        ("id_number", ("id_number",)),
        ("phone", ("phone",)),
        ("core || '|' || birth_on", ("core", "birth_on")),
        ("birth_on || '|' || street", ("birth_on", "street")),
    ),
    "organization": (
        ("id_number", ("id_number",)),
        ("phone", ("phone",)),
        ("core", ("core",)),
    ),
}
_SURE = {
    "person": (
        "l.id_number = r.id_number",
        "l.phone = r.phone AND l.tokens = r.tokens",
        "l.core = r.core AND l.birth_on = r.birth_on",
    ),
    "organization": (
        "l.id_number = r.id_number",
        "l.phone = r.phone AND l.core = r.core AND l.branch = r.branch",
    ),
}
_SURE_RECALL = 0.7
# So rare a value is at least, however few customers there are to count it among.
_RARE_AMONG = 20_000
_COUNT_PAIRS = (
    "SELECT count(*) FROM compared l JOIN compared r ON {rule} AND l.id < r.id"
)
_FREQUENCY = """
    CREATE OR REPLACE TABLE frequency_{column} AS
    SELECT {column}, count(*) / ({rare} + sum(count(*)) OVER ()) AS tf_{column}
    FROM compared WHERE {column} IS NOT NULL GROUP BY {column}
"""
_TELL = """
    SELECT p.id_l AS one_id, p.id_r AS other_id,
        match_probability AS probability, concat_ws(' ', {words}) AS reasons,
        l.mark AS one_mark, r.mark AS other_mark
    FROM {table} p
    JOIN compared l ON l.id = p.id_l JOIN compared r ON r.id = p.id_r
    WHERE NOT ({apart})
"""
_RESULT = pa.schema(
    [
        pa.field("one_id", pa.int64()),
        pa.field("other_id", pa.int64()),
        pa.field("probability", pa.float64()),
        pa.field("reasons", pa.string()),
        pa.field("one_mark", pa.string()),
        pa.field("other_mark", pa.string()),
    ]
)


@dataclass(frozen=True)
class Linked:
    """
    The likely pairs, each once, the lower number first.

    ``pairs`` has one_id, other_id, probability, reasons (words between blanks) and the
    marks of both; ``parties`` is how many were compared.
    """

    pairs: pa.Table
    parties: int


def linked(raw: pa.Table, *, least: float = LEAST) -> Linked:
    """Return the pairs of ``raw`` (columns: `parties.RAW`) that are likely one."""
    with _workshop() as connection:
        prepare(connection, raw)
        found = [
            _of_form(connection, form, comparisons, least)
            for form, comparisons in (("person", PERSONS), ("organization", COMPANIES))
        ]
    return Linked(pa.concat_tables(found), raw.num_rows)


@contextmanager
def _workshop() -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database in memory that may use the disk for what is too much for it."""
    with TemporaryDirectory(prefix="guanxi-linkage-") as folder:
        connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "memory_limit": MEMORY,
                "temp_directory": str(Path(folder)),
                "preserve_insertion_order": False,
            }
        )
        try:
            yield connection
        finally:
            connection.close()


def _of_form(
    connection: duckdb.DuckDBPyConnection,
    form: str,
    comparisons: Sequence[Comparison],
    least: float,
) -> pa.Table:
    add_keys(connection, form)
    ((count,),) = connection.execute("SELECT count(*) FROM compared").fetchall()
    if count < 2:
        return _RESULT.empty_table()
    linker = _linker(connection, form, comparisons, count)
    _learn(connection, linker, form)
    with _quiet():
        frame = linker.inference.predict(threshold_match_probability=least)
    return _told(connection, frame.physical_name, comparisons, APART[form])


def _linker(
    connection: duckdb.DuckDBPyConnection,
    form: str,
    comparisons: Sequence[Comparison],
    count: int,
) -> Linker:
    # So many pairs that are one, among all pairs of so many parties.
    prior = 2 / TWICE_AMONG / max(count, FEWEST)
    settings = settings_of(comparisons, prior)
    settings["blocking_rules_to_generate_predictions"] = [
        *(key_of(form, key) for key in KEYS[form]),
        *(
            {
                "blocking_rule": f"l.rare_{name} = r.rare_{name}",
                "arrays_to_explode": [f"rare_{name}"],
            }
            for name in LISTS
        ),
    ]
    with _quiet():
        api = DuckDBAPI(connection)
        linker = Linker(api.register("compared"), settings, log_level=logging.ERROR)
        for column in {level.tf for one in comparisons for level in one.levels} - {""}:
            connection.execute(_FREQUENCY.format(column=column, rare=_RARE_AMONG))
            frame = api.register(f"frequency_{column}")
            linker.table_management.register_term_frequency_lookup(frame, column)
    return linker


def _learn(connection: duckdb.DuckDBPyConnection, linker: Linker, form: str) -> None:
    """Sample u, estimate the prior, and learn m from each rule that has enough pairs."""
    rules = [
        " AND ".join([key_of(form, key), *(f"l.{c} = r.{c}" for c in columns)])
        for key, columns in _LEARN[form]
    ]
    known = [rule for rule in rules if _pairs(connection, rule) >= LEARNED_FROM]
    if not known:
        return
    training = linker.training
    with _quiet():
        if any(_pairs(connection, rule) for rule in _SURE[form]):
            training.estimate_probability_two_random_records_match(
                list(_SURE[form]), recall=_SURE_RECALL
            )
        training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
        for rule in known:
            # Among pairs of whom none are one, the share of those that are falls to
            # zero, which has no logarithm: there is nothing to learn from them.
            with suppress(ValueError):
                training.estimate_parameters_using_expectation_maximisation(rule)


def _pairs(connection: duckdb.DuckDBPyConnection, rule: str) -> int:
    ((count,),) = connection.execute(_COUNT_PAIRS.format(rule=rule)).fetchall()
    return int(count)


def _told(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    comparisons: Sequence[Comparison],
    apart: str,
) -> pa.Table:
    """Return the pairs of ``table`` but those ``apart``, with words for what agrees."""
    words = ", ".join(f"CASE gamma_{one.name} {_words(one)} END" for one in comparisons)
    found = connection.sql(_TELL.format(words=words, table=table, apart=apart))
    return found.to_arrow_table().cast(_RESULT)


def _words(one: Comparison) -> str:
    """Return what is told of each level: the highest number is the best agreement."""
    best = len(one.levels) - 1
    told = [
        f"WHEN {best - place} THEN '{level.reason}'"
        for place, level in enumerate(one.levels)
        if level.reason
    ]
    return " ".join(told) or "WHEN -9 THEN ''"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the library tells of its way out of the log of the house."""
    log = logging.getLogger("splink")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)
