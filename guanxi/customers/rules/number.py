"""What the numbers of a party say against the rest of what is known about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from guanxi.customers.rules.area import division_provinces
from guanxi.customers.rules.identifier import IdKind
from guanxi.customers.rules.point import plain_place
from guanxi.customers.rules.quality import Check
from guanxi.foundation.identifiers import (
    BadIdentifier,
    parse_credit_code,
    parse_resident_id,
)

# The 17th digit of a resident ID is odd for men, even for women (GB 11643-1999, 4.4).
_SEX_DIGIT = 16
_SEXES: Mapping[int, str] = {1: "male", 0: "female"}


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """The numbers of a party and the facts that they speak of as well."""

    id_kind: str
    id_number: str
    credit_code: str
    birth_on: date | None = None
    gender: str = ""
    province: str = ""


def number_faults(facts: NumberFacts) -> list[str]:
    """Return the checks of data quality that the numbers fail."""
    found = []
    if facts.credit_code and not _is_credit_code(facts.credit_code):
        found.append(Check.CREDIT_CODE)
    if facts.id_kind == IdKind.RESIDENT and facts.id_number:
        found.extend(_resident_faults(facts))
    return [check.value for check in found]


def _is_credit_code(text: str) -> bool:
    try:
        parse_credit_code(text)
    except BadIdentifier:
        return False
    return True


def _resident_faults(facts: NumberFacts) -> Iterator[Check]:
    try:
        resident = parse_resident_id(facts.id_number)
    except BadIdentifier:
        yield Check.ID_NUMBER
        return
    if facts.birth_on not in (None, resident.birth_on):
        yield Check.ID_BIRTHDAY
    if facts.gender in _SEXES.values():
        sex = _SEXES[int(resident.number[_SEX_DIGIT]) % 2]
        if facts.gender != sex:
            yield Check.ID_GENDER
    home = division_provinces().get(resident.number[:2], "")
    if home and plain_place(facts.province) not in ("", home):
        yield Check.ID_PROVINCE
