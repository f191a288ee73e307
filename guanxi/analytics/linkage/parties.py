"""The table that is compared: one row a party, written in one way."""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from guanxi.analytics.linkage.features import columns_of

RAW = (
    *("id", "form", "name", "phones", "emails", "wechat", "id_number", "birth_on"),
    *("street", "city", "postcode", "source", "external_id"),
)
"""The columns that are asked for: ``id`` bigint, the others text, "" where there is none.

``phones`` and ``emails`` are normalized and separated by blanks, the primary one first;
``birth_on`` is an ISO date.
"""

# A value that more share than these says nothing: a switchboard, a birthday of 1 January.
# What is strong may be shared by more; of what is weak alone only rare values count.
STRONG, WEAK = 60, 12
# What two parties may share that brings them together to be compared, by the form.
KEYS: Mapping[str, Mapping[str, int]] = {
    "person": {
        "id_number": STRONG,
        "phone": STRONG,
        "number": STRONG,
        "wechat": STRONG,
        "core || '|' || birth_on": STRONG,
        "tokens || '|' || city": STRONG,
        "tokens || '|' || street": STRONG,
        "birth_on || '|' || street": STRONG,
        "birth_on": WEAK,
        "street": WEAK,
        "tokens": WEAK,
        "surname || '|' || birth_on": WEAK,
        "given || '|' || birth_on": WEAK,
        "surname || '|' || postcode": WEAK,
        "given || '|' || postcode": WEAK,
        "surname || '|' || city": WEAK,
        "given || '|' || city": WEAK,
        "given || '|' || substr(birth_on, 1, 7)": WEAK,
        "substr(tokens, 1, 4) || '|' || substr(birth_on, 1, 7)": WEAK,
    },
    "organization": {
        "id_number": STRONG,
        "phone": STRONG,
        "number": STRONG,
        "wechat": STRONG,
        "core": STRONG,
        "sound": STRONG,
        "brand || '|' || city": STRONG,
        "tokens || '|' || city": STRONG,
        "brand || '|' || street": STRONG,
        "brand": WEAK,
        "street": WEAK,
    },
}
LISTS = ("phones", "emails")

_PREPARE = """
    CREATE OR REPLACE TABLE parties AS
    SELECT id, kind AS form,
        nullif(core, '') AS core, nullif(sound, '') AS sound,
        nullif(tokens, '') AS tokens, nullif(surname, '') AS surname,
        nullif(given, '') AS given, "full" = '1' AS "full", nullif(brand, '') AS brand, branch,
        CASE WHEN phones <> '' THEN string_split(phones, ' ') END AS phones,
        nullif(split_part(phones, ' ', 1), '') AS phone,
        CASE WHEN emails <> '' THEN string_split(emails, ' ') END AS emails,
        nullif(split_part(emails, '@', 1), '') AS mailbox,
        nullif(wechat, '') AS wechat, nullif(id_number, '') AS id_number,
        nullif(birth_on, '') AS birth_on,
        nullif(lower(regexp_replace(street, '[\\s,，.。#-]+', '', 'g')), '') AS street,
        regexp_replace(street, '[^0-9]+', '', 'g') AS house,
        nullif(city, '') AS city, nullif(postcode, '') AS postcode,
        CASE WHEN external_id <> '' THEN source || '|' || external_id END AS number,
        md5(concat_ws('\x1f', name, phones, emails, wechat, id_number, birth_on,
            street, city, postcode, source, external_id)) AS mark
    FROM raw
"""

_COMPARED = """
    CREATE OR REPLACE TABLE compared AS SELECT * EXCLUDE ({but}) FROM (
        SELECT *, {kept} FROM (
            SELECT *, {hashed} FROM parties WHERE form = '{form}'
        )
    )
"""
_RARE = """
    CREATE OR REPLACE TABLE compared AS
    WITH one AS (SELECT id, unnest({name}) AS value FROM compared),
    rare AS (SELECT value FROM one GROUP BY value HAVING count(*) BETWEEN 2 AND {most}),
    kept AS (SELECT id, list(value) AS rare_{name}
             FROM one JOIN rare USING (value) GROUP BY id)
    SELECT compared.*, rare_{name} FROM compared LEFT JOIN kept USING (id)
"""


def prepare(connection: duckdb.DuckDBPyConnection, raw: pa.Table) -> None:
    """
    Make the table ``parties`` out of ``raw``, whose columns are those of ``RAW``.

    ``mark`` changes when anything that is compared does.
    """
    names = zip(
        raw.column("form").to_pylist(), raw.column("name").to_pylist(), strict=True
    )
    parts = columns_of(names)
    for name, values in parts.items():
        # Whether it is compared as a person or a company is told by its name as well.
        raw = raw.append_column(
            "kind" if name == "form" else name, pa.array(values, pa.string())
        )
    connection.register("raw", raw)
    connection.execute(_PREPARE)
    connection.unregister("raw")


def add_keys(connection: duckdb.DuckDBPyConnection, form: str) -> None:
    """
    Make the table ``compared`` of the parties of ``form``, with its keys ``k0``, ``k1``, …

    Each key is a hash of what two parties must share; it is empty where more share it
    than its limit, which bounds the pairs by the number of parties.
    """
    hashed = ", ".join(
        f"hash({key}) AS h{i}, {key} IS NULL AS n{i}"
        for i, key in enumerate(KEYS[form])
    )
    kept = ", ".join(
        f"CASE WHEN NOT n{i} AND count(*) OVER (PARTITION BY h{i}) <= {most}"
        f" THEN h{i} END AS k{i}"
        for i, most in enumerate(KEYS[form].values())
    )
    connection.execute(
        _COMPARED.format(
            form=form, hashed=hashed, kept=kept, but=_steps(len(KEYS[form]))
        )
    )
    for name in LISTS:
        _keep_rare(connection, name)


def key_of(form: str, key: str) -> str:
    """Return the rule that two parties share ``key``, and not too many with them."""
    i = list(KEYS[form]).index(key)
    return f"l.k{i} = r.k{i}"


def _steps(count: int) -> str:
    return ", ".join(f"h{i}, n{i}" for i in range(count))


def _keep_rare(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Add the column of a list's values that only few share, to bring parties together."""
    connection.execute(_RARE.format(name=name, most=STRONG))
