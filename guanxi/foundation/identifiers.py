"""
Numbers that others gave out: credit codes, resident IDs, bank cards. Checked, not looked up.

The check characters are those of GB 32100 (ISO 7064 MOD 31 in its own alphabet), GB 11643
(ISO 7064 MOD 11-2) and ISO/IEC 7812 (Luhn), computed by python-stdnum.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from guanxi.foundation.invalid import Invalid

CREDIT_CODE_SIGNS = 18
RESIDENT_SIGNS = 18
# Given out until 1999: without the century and without a check character.
OLD_RESIDENT_SIGNS = 15
SHORTEST_CARD, LONGEST_CARD = 12, 19

# Digits and capital letters without those that are read as digits (GB 32100-2015, 4.1).
_CREDIT_CODE = re.compile(r"[0-9]{8}[0-9A-HJ-NP-RTUW-Y]{10}", re.ASCII)
_MISREAD = re.compile(r"[^0-9A-HJ-NP-RTUW-Y]")
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_OLD_RESIDENT = re.compile(r"[0-9]{15}", re.ASCII)
# Other documents hold a letter, or fewer digits.
_LIKE_RESIDENT = re.compile(r"[0-9]{14,20}X?", re.ASCII)
# Blanks and strokes that people group figures with, and signs nobody sees.
_GROUPING = re.compile(r"[\s\-\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff·]+")


class BadIdentifier(Invalid):
    """The text is no such number: a sign is missing, wrong or mistyped."""


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A resident ID number of 18 characters, and the birthday it tells."""

    number: str
    birth_on: date


def plain_identifier(text: str) -> str:
    """Return ``text`` half-width, in capitals, without blanks and strokes."""
    return _GROUPING.sub("", unicodedata.normalize("NFKC", text)).upper()


def parse_credit_code(text: str) -> str:
    """
    Return the unified social credit code of an organization that ``text`` writes.

    :raises BadIdentifier: if it is none (GB 32100-2015).
    """
    code = plain_identifier(text)
    if len(code) != CREDIT_CODE_SIGNS:
        raise BadIdentifier(
            _(
                "A credit code has 18 characters, this has %(count)s. Compare it with "
                "the business license."
            ),
            code="credit_code_length",
            count=len(code),
        )
    if not _CREDIT_CODE.fullmatch(code):
        raise _odd_sign(code)
    if code[-1] != uscc.calc_check_digit(code):
        raise BadIdentifier(
            _(
                "The last character of the credit code does not fit the others. Compare "
                "all of them with the business license."
            ),
            code="credit_code_check",
        )
    return code


def parse_resident_id(text: str) -> ResidentId:
    """
    Return the resident ID number that ``text`` writes; an old one with its new characters.

    The place in its first six digits is not looked up: places come and go.

    :raises BadIdentifier: if it is none (GB 11643-1999).
    """
    number = plain_identifier(text)
    if _OLD_RESIDENT.fullmatch(number):
        number = _renewed(number)
    if len(number) != RESIDENT_SIGNS:
        raise BadIdentifier(
            _(
                "A resident ID number has 18 characters, this has %(count)s. Compare it "
                "with the card, or choose another kind of document."
            ),
            code="resident_id_length",
            count=len(number),
        )
    if not _RESIDENT.fullmatch(number):
        raise BadIdentifier(
            _(
                "A resident ID number is 17 digits and a digit or X. Compare it with the "
                "card, or choose another kind of document."
            ),
            code="resident_id_signs",
        )
    return ResidentId(number, _birthday(number))


def seems_resident_id(text: str) -> bool:
    """Tell whether ``text`` is meant as a resident ID number, with a mistake perhaps."""
    return bool(_LIKE_RESIDENT.fullmatch(plain_identifier(text)))


def parse_bank_card(text: str) -> str:
    """
    Return the number of a bank card that ``text`` writes.

    :raises BadIdentifier: if it is none (ISO/IEC 7812-1).
    """
    number = plain_identifier(text)
    if not (number.isascii() and number.isdigit()):
        raise BadIdentifier(
            _("A bank card number holds digits only. Compare it with the card."),
            code="bank_card_signs",
        )
    if not SHORTEST_CARD <= len(number) <= LONGEST_CARD:
        raise BadIdentifier(
            _(
                "A bank card number has 12 to 19 digits, this has %(count)s. Compare it "
                "with the card."
            ),
            code="bank_card_length",
            count=len(number),
        )
    if not luhn.is_valid(number):
        raise BadIdentifier(
            _(
                "The digits of the bank card number do not fit together. Compare all of "
                "them with the card."
            ),
            code="bank_card_check",
        )
    return number


def mask_identifier(value: str) -> str:
    """Return a number of a document with three first and two last characters legible."""
    if len(value) < 8:
        return "*" * len(value)
    return f"{value[:3]}{'*' * (len(value) - 5)}{value[-2:]}"


def mask_bank_card(value: str) -> str:
    """Return a card's number with only its last four digits legible, as receipts do."""
    return f"{'*' * max(len(value) - 4, 4)}{value[-4:] if len(value) > 8 else ''}"


def cover_identifiers(text: str) -> str:
    """Return ``text`` masked if it is a resident ID or bank card number, else as it is."""
    number = plain_identifier(text)
    if _RESIDENT.fullmatch(number) and ric.calc_check_digit(number) == number[-1]:
        return mask_identifier(number)
    is_card = number.isascii() and number.isdigit() and 16 <= len(number) <= 19
    return mask_bank_card(number) if is_card and luhn.is_valid(number) else text


def _odd_sign(code: str) -> BadIdentifier:
    odd = _MISREAD.search(code)
    if odd is None:
        return BadIdentifier(
            _(
                "The first eight characters of a credit code are digits. Compare them "
                "with the business license."
            ),
            code="credit_code_signs",
        )
    return BadIdentifier(
        _(
            "A credit code holds digits and capital letters without I, O, S, V and Z, "
            "which are taken for digits: correct “%(sign)s”."
        ),
        code="credit_code_signs",
        sign=odd[0],
    )


def _renewed(old: str) -> str:
    """Return an ID number of 15 digits as it reads since 1999: GB 11643-1999, 4."""
    number = f"{old[:6]}19{old[6:]}"
    return number + ric.calc_check_digit(f"{number}0")


def _birthday(number: str) -> date:
    """
    Return the birthday in a number of the right form.

    :raises BadIdentifier: if it has none, or its last character does not fit.
    """
    try:
        born = ric.get_birth_date(number)
    except ValidationError as error:
        raise BadIdentifier(
            _(
                "Characters 7 to 14 of a resident ID number are a birthday, and here "
                "there is no such day. Compare them with the card."
            ),
            code="resident_id_birthday",
        ) from error
    if ric.calc_check_digit(number) != number[-1]:
        raise BadIdentifier(
            _(
                "The last character of the ID number does not fit the others. Compare all "
                "of them with the card."
            ),
            code="resident_id_check",
        )
    return born
