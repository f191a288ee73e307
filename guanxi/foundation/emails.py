"""
E-mail addresses: which are accepted, how they are stored, compared and masked.

Accepted is what a person can be written to from any mail program: a local part of dots
and atoms (RFC 5321 dot-string, letters of any script by RFC 6531) and a domain name of
at least two labels, of any script. Refused, although the standards know them: quoted
local parts, comments, folding blanks, address literals, names without a dot. These occur
in mistakes and attacks, not in the address books of people.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.invalid import Invalid

# RFC 5321 4.5.3.1, octets; 254 is what a path leaves to the address.
LONGEST_ADDRESS = 254
LONGEST_LOCAL = 64
LONGEST_LABEL = 63

_ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\-]+"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])?"
_TOP = r"(?:[a-zA-Z]{2,63}|[xX][nN]--[a-zA-Z0-9\-]{1,58}[a-zA-Z0-9])"
_ASCII = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+{_TOP})")
_UNICODE_ATOM = r"(?:[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\-]|[^\W_])+"
_UNICODE_LOCAL = re.compile(rf"{_UNICODE_ATOM}(?:\.{_UNICODE_ATOM})*")
_NAMED = re.compile(r"[^<>]*<([^<>]+)>")


class InvalidEmail(Invalid):
    """The text is no e-mail address that is accepted here."""


@dataclass(frozen=True, slots=True)
class Email:
    """
    ``address`` is what is written to, ``key`` what is compared and stored uniquely.

    The local part of the address keeps its case, since some servers distinguish it; no
    provider gives two people addresses that differ in case only, so the key does not.
    """

    address: str
    key: str


def parse_email(text: str) -> Email:
    """
    Return the address in ``text``; ``mailto:`` and a name before <…> are left out.

    Compatibility forms become plain (NFKC), the domain lower-case, a domain of another
    script its ASCII form (``xn--…``).

    :raises InvalidEmail: ``empty``, ``too_long`` or ``form``.
    """
    plain = _plain(text)
    match = _ASCII.fullmatch(plain)
    local, domain = match.groups() if match else _international(plain)
    address = f"{local}@{domain.lower()}"
    if len(local.encode()) > LONGEST_LOCAL or len(address.encode()) > LONGEST_ADDRESS:
        raise InvalidEmail(_("This e-mail address is too long."), code="too_long")
    return Email(address, address.lower())


def normalize_email(text: str) -> str:
    """Return the key by which the address in ``text`` is compared (`parse_email`)."""
    return parse_email(text).key


def mask_email(address: str) -> str:
    """Return the address with only the first letter and the domain legible."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else "***"


def _plain(text: str) -> str:
    """
    Return the address alone, in plain characters.

    :raises InvalidEmail: ``empty``.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.strip(" \t\r\n\ufeff\u200b")
    if not text:
        raise InvalidEmail(_("Enter an e-mail address."), code="empty")
    if text[:7].lower() == "mailto:":
        text = text[7:]
    named = _NAMED.fullmatch(text) if text[-1] == ">" else None
    return named[1].strip() if named else text


def _international(plain: str) -> tuple[str, str]:
    """
    Return local part and ASCII domain of an address that has letters beyond ASCII.

    :raises InvalidEmail: ``form``.
    """
    local, at, domain = plain.rpartition("@")
    encoded = _ascii_domain(domain.replace("。", "."))
    is_valid = (
        at and _UNICODE_LOCAL.fullmatch(local) and _ASCII.fullmatch(f"a@{encoded}")
    )
    if plain.isascii() or not is_valid:
        raise InvalidEmail(
            _("This is not an e-mail address. It should look like name@example.com."),
            code="form",
        )
    return local, encoded


def _ascii_domain(domain: str) -> str:
    """Return ``domain`` in its ASCII form, or an empty text if it has none."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
