"""
Probabilistic linkage after Fellegi and Sunter, learned from the customers themselves.

Each comparison has levels from "the same" to "different". How often a level is seen
among any two parties (u) is sampled; how often among two records of one party (m) is
learned by expectation maximization, without labels. What there is too little of to learn
from keeps the shipped values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ELSE = "ELSE"


@dataclass(frozen=True)
class Level:
    """
    A level of a comparison: its condition in SQL, and the shipped m and u.

    ``reason`` is what people are told when it is reached; ``tf`` the column in which a
    rare value counts for more than a common one.
    """

    sql: str
    m: float
    u: float
    reason: str = ""
    tf: str = ""


@dataclass(frozen=True)
class Comparison:
    """One thing compared; ``null`` is the condition that one side does not have it."""

    name: str
    null: str
    levels: Sequence[Level]
    is_learned: bool = True


def _missing(column: str) -> str:
    return f'"{column}_l" IS NULL OR "{column}_r" IS NULL'


def _same(column: str) -> str:
    return f'"{column}_l" = "{column}_r"'


def _near(column: str, most: int) -> str:
    return f'damerau_levenshtein("{column}_l", "{column}_r") <= {most}'


def _alike(column: str, least: float) -> str:
    return f'jaro_winkler_similarity("{column}_l", "{column}_r") >= {least}'


PERSON_NAME = Comparison(
    "name",
    _missing("core"),
    (
        Level(_same("core"), 0.70, 0.002, "name", tf="core"),
        Level(_same("sound"), 0.08, 0.001, "sound", tf="sound"),
        Level(_same("tokens"), 0.05, 0.0005, "name_order", tf="tokens"),
        Level(
            f"{_alike('sound', 0.94)} OR ({_near('core', 1)} AND length(core_l) > 3)",
            0.08,
            0.003,
            "name_near",
        ),
        Level(f"{_same('given')} OR {_alike('tokens', 0.88)}", 0.03, 0.02),
        Level(f"{_same('surname')}", 0.03, 0.05, tf="surname"),
        Level(ELSE, 0.03, 0.92),
    ),
)
COMPANY_NAME = Comparison(
    "name",
    _missing("core"),
    (
        Level(_same("core"), 0.65, 0.0001, "name", tf="core"),
        Level(_same("brand"), 0.12, 0.0005, "brand", tf="brand"),
        Level(_same("sound"), 0.06, 0.0001, "sound", tf="sound"),
        Level(
            "contains(core_l, brand_r) OR contains(core_r, brand_l)",
            0.07,
            0.001,
            "brand",
        ),
        Level(_alike("sound", 0.92), 0.06, 0.002, "name_near"),
        Level(ELSE, 0.04, 0.996),
    ),
)
PHONE = Comparison(
    "phone",
    _missing("phones"),
    (
        Level("list_has_any(phones_l, phones_r)", 0.75, 0.00002, "phone"),
        Level(_near("phone", 1), 0.04, 0.0002, "phone_near"),
        Level(ELSE, 0.21, 0.99978),
    ),
)
EMAIL = Comparison(
    "email",
    _missing("emails"),
    (
        Level("list_has_any(emails_l, emails_r)", 0.75, 0.00001, "email"),
        Level(_same("mailbox"), 0.05, 0.0005, "mailbox", tf="mailbox"),
        Level(ELSE, 0.20, 0.99949),
    ),
)
WECHAT = Comparison(
    "wechat",
    _missing("wechat"),
    (Level(_same("wechat"), 0.9, 0.00001, "wechat"), Level(ELSE, 0.1, 0.99999)),
    is_learned=False,
)
ID_NUMBER = Comparison(
    "id_number",
    _missing("id_number"),
    (
        Level(_same("id_number"), 0.92, 0.000001, "id_number"),
        Level(_near("id_number", 1), 0.05, 0.00001, "id_number_near"),
        Level(_near("id_number", 2), 0.01, 0.0001, "id_number_near"),
        Level(ELSE, 0.02, 0.99989),
    ),
)
BIRTH = Comparison(
    "birth_on",
    _missing("birth_on"),
    (
        Level(_same("birth_on"), 0.88, 0.00005, "birth_on"),
        Level(_near("birth_on", 1), 0.06, 0.002, "birth_on_near"),
        Level(_near("birth_on", 2), 0.02, 0.02),
        Level(ELSE, 0.04, 0.978),
    ),
)
STREET = Comparison(
    "address",
    _missing("street"),
    (
        Level(_same("street"), 0.6, 0.0002, "address"),
        # The next house of a street is near on paper, and somebody else.
        Level(
            f"{_same('house')} AND {_alike('street', 0.85)}",
            0.2,
            0.0005,
            "address_near",
        ),
        Level(_alike("street", 0.9), 0.05, 0.02),
        Level(ELSE, 0.15, 0.98),
    ),
)
CITY = Comparison(
    "city",
    _missing("city"),
    (
        Level(_same("city"), 0.85, 0.15, "city"),
        Level(_alike("city", 0.9), 0.05, 0.01),
        Level(ELSE, 0.10, 0.84),
    ),
)
POSTCODE = Comparison(
    "postcode",
    _missing("postcode"),
    (
        Level(_same("postcode"), 0.85, 0.01),
        Level(_near("postcode", 1), 0.07, 0.02),
        Level(ELSE, 0.08, 0.97),
    ),
)
EXTERNAL = Comparison(
    "external_id",
    _missing("number"),
    (
        Level(_same("number"), 0.9, 0.0000001, "external_id"),
        Level(ELSE, 0.1, 0.9999999),
    ),
    is_learned=False,
)
PERSONS = (
    *(PERSON_NAME, PHONE, EMAIL, WECHAT, ID_NUMBER, BIRTH),
    *(STREET, CITY, POSTCODE, EXTERNAL),
)
COMPANIES = (
    *(COMPANY_NAME, PHONE, EMAIL, WECHAT, ID_NUMBER),
    *(STREET, CITY, POSTCODE, EXTERNAL),
)


# What no agreement outweighs. A household has one phone, one address and often one
# surname: whose full names differ are two, but for a birthday or number that is one
# person's own. A branch is a place of its own.
APART = {
    "person": (
        'l."full" AND r."full" AND p.gamma_name < 2'
        " AND p.gamma_id_number < 1 AND p.gamma_birth_on < 3"
    ),
    "organization": "l.branch <> r.branch",
}


def settings_of(comparisons: Sequence[Comparison], prior: float) -> dict[str, Any]:
    """Return the settings of the linkage library; ``prior`` that any two are one."""
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": prior,
        "unique_id_column_name": "id",
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [_comparison(one) for one in comparisons],
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    null = {
        "sql_condition": one.null,
        "label_for_charts": "missing",
        "is_null_level": True,
    }
    return {
        "output_column_name": one.name,
        "comparison_description": one.name,
        "comparison_levels": [null, *(_level(one, level) for level in one.levels)],
    }


def _level(one: Comparison, level: Level) -> dict[str, Any]:
    found: dict[str, Any] = {
        "sql_condition": level.sql,
        "label_for_charts": level.sql,
        "m_probability": level.m,
        "u_probability": level.u,
    }
    if level.tf:
        found |= {"tf_adjustment_column": level.tf, "tf_adjustment_weight": 1.0}
    if not one.is_learned:
        found |= {"fix_m_probability": True, "fix_u_probability": True}
    return found
