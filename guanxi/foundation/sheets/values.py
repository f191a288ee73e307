"""Values out of cells, one kind of field at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.clock import DateKey, parse_date, parse_moment
from guanxi.foundation.emails import Email, parse_email
from guanxi.foundation.figures import grouped
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.money import DecimalMark, Money, parse_money, parse_number
from guanxi.foundation.phones import Phone, parse_phone

Kind = Literal[
    "text", "phone", "email", "date", "moment", "money", "number", "integer", "choice", "boolean",
]  # fmt: skip
Value = str | Phone | Email | date | datetime | Money | Decimal | int | bool | None

LONGEST_TEXT = 10_000
MOST_TOLD = 12
# What PostgreSQL holds in a bigint, without its last digits.
LARGEST_INTEGER = 10**15

_YES = frozenset("是 有 对 真 yes y true t 1 on √ ✓ ✔".split())  # noqa: SIM905 -- a word list
_NO = frozenset("否 无 没有 错 假 no n false f 0 off × x ✗".split())  # noqa: SIM905 -- a word list
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_REPLACEMENT = "\ufffd"
_SCIENTIFIC = re.compile(r"-?\d(?:\.\d+)?[eE][-+]?\d{1,2}", re.ASCII)


class BadValue(Invalid):
    """A cell that is no value of its field."""


@dataclass(frozen=True, slots=True)
class ValueOptions:
    """
    How the cells of one file are written, and where it comes from.

    ``choices`` maps a choice's words, made plain by `plain_word`, to its key.
    """

    date_key: DateKey = "ymd"
    tz: tzinfo = UTC
    decimal: DecimalMark = "."
    currency: str = "CNY"
    region: str = "CN"
    choices: Mapping[str, str] = field(default_factory=dict)


def convert(kind: Kind, text: str, options: ValueOptions) -> Value:
    """
    Return the value of a cell, None for an empty one.

    :raises Invalid: with a sentence for the row, if it is no value of this kind.
    """
    return converter(kind, options)(text)


def converter(kind: Kind, options: ValueOptions) -> Callable[[str], Value]:
    """Return `convert` for a whole column: what does not change is done once."""
    read = _READERS[kind]

    def value(text: str) -> Value:
        stripped = text.strip()
        if not stripped:
            return None
        if _REPLACEMENT in stripped:
            raise BadValue(
                _(
                    "Some characters could not be read. Choose another encoding of "
                    "the file."
                ),
                code="encoding",
            )
        return read(stripped, options)

    return value


def plain_word(word: str) -> str:
    """Return ``word`` as words are compared: half-width, lower-case, without blanks."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())


def _text(text: str, options: ValueOptions) -> str:
    del options
    plain = _UNSTORABLE.sub("", text)
    if len(plain) > LONGEST_TEXT:
        raise BadValue(
            _("The text has more than %(characters)s characters."),
            code="too_long",
            characters=grouped(LONGEST_TEXT),
        )
    return plain


def _phone(text: str, options: ValueOptions) -> Phone:
    return parse_phone(text, options.region)


def _email(text: str, options: ValueOptions) -> Email:
    del options
    return parse_email(text)


def _date(text: str, options: ValueOptions) -> date:
    return parse_date(text, options.date_key)


def _moment(text: str, options: ValueOptions) -> datetime:
    return parse_moment(text, options.date_key, options.tz)


def _money(text: str, options: ValueOptions) -> Money:
    return parse_money(_unscientific(text), options.currency, options.decimal)


def _number(text: str, options: ValueOptions) -> Decimal:
    percent = unicodedata.normalize("NFKC", text[-1]) == "%"
    plain = text[:-1] if percent else _unscientific(text)
    number = parse_number(plain, options.decimal)
    return number / 100 if percent else number


def _integer(text: str, options: ValueOptions) -> int:
    number = parse_number(_unscientific(text), options.decimal)
    if number != number.to_integral_value() or abs(number) >= LARGEST_INTEGER:
        raise BadValue(_("This is not a whole number."), code="not_whole")
    return int(number)


def _choice(text: str, options: ValueOptions) -> str:
    key = options.choices.get(plain_word(text))
    if key is None:
        raise BadValue(
            _("“%(text)s” is not one of the choices: %(choices)s."),
            code="choice",
            text=text[:40],
            choices=_told_choices(text, options.choices),
        )
    return key


def _told_choices(text: str, choices: Mapping[str, str]) -> str:
    """Return a word for each choice, in the letters of ``text``: a file has one language."""
    words: dict[str, str] = {}
    for word, key in choices.items():
        if word != key and word.isascii() == text.isascii():
            words.setdefault(key, word)
    told = [words.get(key, key) for key in dict.fromkeys(choices.values())]
    more = ["…"] if len(told) > MOST_TOLD else []
    return " / ".join([*told[:MOST_TOLD], *more])


def _boolean(text: str, options: ValueOptions) -> bool:
    del options
    word = plain_word(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue(
        _("Write yes or no, not “%(text)s”."), code="boolean", text=text[:40]
    )


def _unscientific(text: str) -> str:
    """Return ``1.2E+05`` as 120000: spreadsheets write long numbers like this."""
    return f"{Decimal(text):f}" if _SCIENTIFIC.fullmatch(text) else text


_READERS: dict[Kind, Callable[[str, ValueOptions], Value]] = {
    "text": _text,
    "phone": _phone,
    "email": _email,
    "date": _date,
    "moment": _moment,
    "money": _money,
    "number": _number,
    "integer": _integer,
    "choice": _choice,
    "boolean": _boolean,
}
