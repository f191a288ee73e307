"""
Telephone numbers: parsing, showing, masking, and the forms they are searched by.

Chinese numbers are read by the numbering plan directly, because files hold mostly
these; all others go through the ``phonenumbers`` library.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.invalid import Invalid

Kind = Literal["mobile", "landline", "service", "international"]

# E.164 allows fifteen digits; even three numbers with their notes are shorter.
LONGEST_TEXT = 100
# With the country, no number of any country is shorter.
SHORTEST_FULL = 9
# The index of search texts knows three signs in a row.
SHORTEST_FRAGMENT = 3
CHINA = "+86"

_SEPARATORS = str.maketrans(
    "",
    "",
    " -\u2010\u2011–—\u2212.()·\t\u00a0\u200b\u200e\u200f\u202a\u202c\u202d\ufeff",
)
_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?0?(1[3-9]\d{9})", re.ASCII)
# Beijing and the 02x cities have two digits after the 0, all other places three.
_LANDLINE = re.compile(
    r"(?:(?:\+|00)?860?|0)(10|2\d|[3-9]\d\d)([2-9]\d{6,7})", re.ASCII
)
_SERVICE = re.compile(r"(?:(?:\+|00)?86)?([48]00\d{7})", re.ASCII)
_SHORT_SERVICE = re.compile(r"(?:\+?86)?(9[56]\d{3,6}|100\d\d|1[12]\d{3})", re.ASCII)
_EXTENSION = re.compile(
    r"[\s,;(]*(?:ext(?:ension)?[.:]?|;ext=|x|#|\*|转接|转|轉|分机号?|分機|-+)\s*:?\s*"
    r"(\d{1,6})\)?$",
    re.IGNORECASE | re.ASCII,
)
_LOCAL_ONLY = re.compile(r"[2-9]\d{6,7}", re.ASCII)
_FLOAT = re.compile(r"(\d{7,15})\.0+", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d+", re.IGNORECASE | re.ASCII)
_SEVERAL = re.compile(r"\d{7}.*[/、;；,，|\n].*\d{7}", re.DOTALL | re.ASCII)


class InvalidPhone(Invalid):
    """The text is no telephone number that can be called."""


@dataclass(frozen=True, slots=True)
class Phone:
    """
    A number that can be called.

    ``e164`` is ``+8613800138000``, ``extension`` its digits or empty, ``shown`` the
    number as people of its country write it, the extension included.
    """

    e164: str
    extension: str
    kind: Kind
    shown: str


def parse_phone(text: str, region: str = "CN") -> Phone:
    """
    Return the number written in ``text``; without country code it is of ``region``.

    Blanks, dashes, brackets, full-width digits, +86, 0086 and extensions (转801, ext 801,
    -801) are understood.

    :raises InvalidPhone: ``empty``, ``several``, ``damaged`` (rounded by a spreadsheet),
        ``area_code`` (missing) or ``unknown``.
    """
    if region == "CN" and _PLAIN_MOBILE.fullmatch(text):
        return _mobile(text)
    plain = _plain(text)
    if len(plain) > LONGEST_TEXT:
        raise _unknown()
    if region == "CN" or plain.startswith((CHINA, "0086")):
        phone = _chinese(plain)
        if phone:
            return phone
    _refuse_known_mistakes(plain, region)
    return _foreign(plain, region)


def show_phone(e164: str, extension: str = "") -> str:
    """Return a stored number as people of its country write it: 010-8888 6666-801."""
    tail = f"-{extension}" if extension else ""
    if not e164.startswith(CHINA):
        return _shown_foreign(e164) + tail
    number = e164[len(CHINA) :]
    if _is_mobile(number):
        return _mobile(number).shown
    if _SERVICE.fullmatch(number):
        return f"{number[:3]}-{number[3:6]}-{number[6:]}{tail}"
    if _SHORT_SERVICE.fullmatch(number):
        return number + tail
    area, local = _area_and_local(number)
    return _shown_landline(area, local, extension)


def mask_phone(e164: str) -> str:
    """
    Return a stored number with its private digits covered.

    138****1234 for a Chinese mobile; otherwise area or country and the last two digits.
    """
    digits = e164.removeprefix("+")
    if not e164.startswith(CHINA):
        code = _country_code(digits)
        return f"+{code} {_covered(digits[len(code) :])}" if code else _covered(digits)
    number = digits[2:]
    if _is_mobile(number):
        return f"{number[:3]}****{number[7:]}"
    if _SERVICE.fullmatch(number):
        return f"{number[:3]}-{_covered(number[3:])}"
    area, local = _area_and_local(number)
    return f"0{area}-{_covered(local)}" if area else _covered(local)


def mask_any_phone(value: str) -> str:
    """Return a number, stored or as people read it, with its private digits covered."""
    if value.startswith("+"):
        return mask_phone(value)
    try:
        return mask_phone(parse_phone(value).e164)
    except Invalid:
        return "***"


def search_forms(phone: Phone) -> tuple[str, ...]:
    """
    Return the digits by which ``phone`` is found.

    As dialed inside the country (013…, 01088886666), with the extension behind it, if
    there is one; every fragment of these is a substring.
    """
    digits = phone.e164.removeprefix("+")
    if phone.e164.startswith(CHINA):
        digits = digits[2:]
        if phone.kind == "landline":
            digits = f"0{digits}"
    return (digits, digits + phone.extension) if phone.extension else (digits,)


def search_digits(query: str) -> str:
    """
    Return the digits of a searched number or fragment, without +86 or 00 before them.

    Short numbers keep their zeros: 00004 is the number of something else. A +86
    stays where less than a fragment would be left.
    """
    plain = _plain(query).translate(_SEPARATORS)
    if plain.startswith(CHINA) and len(plain) >= len(CHINA) + SHORTEST_FRAGMENT:
        return plain.removeprefix(CHINA)
    prefixes = ("0086", "+", "00") if len(plain) >= SHORTEST_FULL else ("+",)
    for prefix in prefixes:
        if plain.startswith(prefix):
            return plain[len(prefix) :]
    return plain


def _plain(text: str) -> str:
    """Return ``text`` in half-width characters, without what spreadsheets put around."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.strip(" \t\r\n'\"\ufeff\u200b\u202a\u202c\u202d").removeprefix("tel:")
    if text.endswith("0"):
        text = _FLOAT.sub(r"\1", text)
    return text


def _chinese(plain: str) -> Phone | None:
    """Return the Chinese number in ``plain``, or None."""
    compact = plain.translate(_SEPARATORS)
    mobile = _MOBILE.fullmatch(compact)
    if mobile:
        return _mobile(mobile[1])
    # An extension has six digits at most, so it shows in the last seven characters.
    extension = None if plain[-7:].isdigit() else _EXTENSION.search(plain)
    if extension:
        before = plain[: extension.start()].translate(_SEPARATORS)
        phone = _fixed(before, extension[1])
        if phone:
            return phone
    return _fixed(compact, "")


def _mobile(number: str) -> Phone:
    shown = f"{number[:3]} {number[3:7]} {number[7:]}"
    return Phone(CHINA + number, "", "mobile", shown)


def _fixed(compact: str, extension: str) -> Phone | None:
    """Return the landline or service number that ``compact`` is, or None."""
    landline = _LANDLINE.fullmatch(compact)
    if landline:
        area, local = landline.groups()
        shown = _shown_landline(area, local, extension)
        return Phone(CHINA + area + local, extension, "landline", shown)
    service = _SERVICE.fullmatch(compact) or _SHORT_SERVICE.fullmatch(compact)
    if not service:
        return None
    e164 = CHINA + service[1]
    return Phone(e164, extension, "service", show_phone(e164, extension))


def _shown_landline(area: str, local: str, extension: str) -> str:
    tail = f"-{extension}" if extension else ""
    return f"0{area}-{local[:-4]} {local[-4:]}{tail}"


def _refuse_known_mistakes(plain: str, region: str) -> None:
    """
    Say what is wrong where that can be told.

    :raises InvalidPhone: if the mistake is one of those people really make.
    """
    if not plain:
        raise InvalidPhone(_("Enter a phone number."), code="empty")
    if _SCIENTIFIC.fullmatch(plain):
        raise InvalidPhone(
            _(
                "The spreadsheet has rounded this number. Format the column as text "
                "there and enter the number again."
            ),
            code="damaged",
        )
    if _SEVERAL.search(plain):
        raise InvalidPhone(
            _("These are several numbers. Enter one in each field."), code="several"
        )
    if region == "CN" and _LOCAL_ONLY.fullmatch(plain.translate(_SEPARATORS)):
        raise InvalidPhone(
            _("Add the area code before the number, for example 010-88886666."),
            code="area_code",
        )


def _foreign(plain: str, region: str) -> Phone:
    """
    Return the number that the library reads in ``plain``.

    :raises InvalidPhone: ``unknown``, if there is none that can be called.
    """
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException as error:
        raise _unknown() from error
    is_chinese = number.country_code == 86  # with letters in it, or a wrong length
    if is_chinese or not phonenumbers.is_valid_number(number):
        raise _unknown()
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    extension = number.extension or ""
    return Phone(e164, extension, "international", show_phone(e164, extension))


def _unknown() -> InvalidPhone:
    return InvalidPhone(
        _("This is not a complete phone number. Add the country code if it is abroad."),
        code="unknown",
    )


def _shown_foreign(e164: str) -> str:
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def _is_mobile(number: str) -> bool:
    return len(number) == 11 and number[0] == "1" and number[1] in "3456789"


def _area_and_local(number: str) -> tuple[str, str]:
    """Return the area code without its 0, and the rest, of a Chinese landline."""
    landline = _LANDLINE.fullmatch(f"0{number}")
    return (landline[1], landline[2]) if landline else ("", number)


def _country_code(digits: str) -> str:
    """Return the country code that ``digits`` begin with, or an empty text."""
    known = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    codes = (digits[:size] for size in (1, 2, 3))
    return next((code for code in codes if code and int(code) in known), "")


def _covered(digits: str) -> str:
    """Return stars and the last two of ``digits``; only stars if there are few."""
    legible = digits[-2:] if len(digits) > 5 else ""
    return "*" * (len(digits) - len(legible)) + legible
