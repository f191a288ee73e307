"""Documents, credit codes and bank cards of a party: which are lawful, and what they tell."""

from collections.abc import Callable, Mapping
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.identifiers import (
    BadIdentifier,
    parse_bank_card,
    parse_credit_code,
    parse_resident_id,
    plain_identifier,
    seems_resident_id,
)

LONGEST_NUMBER = 30


class IdKind(TextChoices):
    """The document whose number identifies a person."""

    RESIDENT = "resident", _("Resident ID card")
    PASSPORT = "passport", _("Passport")
    HK_MACAO = "hk_macao", _("Travel permit for Hong Kong and Macao residents")
    TAIWAN = "taiwan", _("Travel permit for Taiwan residents")
    FOREIGNER = "foreigner", _("Foreigner's permanent residence card")
    OTHER = "other", _("Other document")


# What a field of this name holds must pass.
CHECKS: Mapping[str, Callable[[str], str]] = {
    "credit_code": parse_credit_code,
    "bank_card": parse_bank_card,
}
IDENTIFIERS = ("id_number", *CHECKS)


def document_of(kind: str, number: str) -> tuple[str, str]:
    """
    Return kind and number of a document, checked and written as they are kept.

    Without a kind, figures as long as those of a resident ID are meant as one. Nothing is
    kept of a document without a number.

    :raises BadIdentifier: if a resident ID number is none.
    """
    plain = plain_identifier(number)
    if not plain:
        return "", ""
    if not kind:
        is_resident = seems_resident_id(plain)
        kind = IdKind.RESIDENT if is_resident else IdKind.OTHER
    if kind == IdKind.RESIDENT:
        return str(IdKind.RESIDENT), parse_resident_id(plain).number
    if len(plain) > LONGEST_NUMBER:
        raise BadIdentifier(
            _("The number of a document has at most 30 characters."), code="too_long"
        )
    return str(kind), plain


def require_lawful(name: str, text: str, kind: str) -> None:
    """
    Let the call go on if ``text`` can be the identifier ``name``, a number of ``kind``.

    :raises BadIdentifier: if it cannot.
    """
    if name in CHECKS:
        CHECKS[name](text)
    else:
        document_of(kind, text)


def require_one_birthday(kind: str, number: str, birth_on: date | None) -> None:
    """
    Let the call go on unless a resident ID number tells another birthday.

    :raises BadIdentifier: if it does.
    """
    if kind != IdKind.RESIDENT or not number or birth_on is None:
        return
    if parse_resident_id(number).birth_on != birth_on:
        raise BadIdentifier(
            _(
                "The ID number tells another birthday than the one given. Correct one of "
                "the two."
            ),
            code="other_birthday",
        )
