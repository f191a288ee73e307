"""What an identity provider says of a person, read with care."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_SUBJECT, LONGEST_GROUP, MOST_GROUPS = 191, 200, 500


@dataclass(frozen=True)
class Claims:
    """
    One person as the provider knows it (OpenID Connect Core 1.0, section 5.1).

    ``subject`` never changes. ``email`` is empty unless the provider vouches for it.
    """

    subject: str
    username: str
    name: str
    email: str
    groups: frozenset[str]


def read_claims(
    told: Mapping[str, Any], *, groups_claim: str, trusts_email: bool
) -> Claims:
    """
    Return what ``told`` says.

    A provider that names no groups at all names none of them: who has left every group
    must not keep what they gave. ``trusts_email`` is for providers that never say
    ``email_verified``.
    """
    is_sure = told.get("email_verified") in (True, "true") or (
        trusts_email and "email_verified" not in told
    )
    return Claims(
        subject=_text(told, "sub")[:LONGEST_SUBJECT],
        username=_text(told, "preferred_username"),
        name=_text(told, "name"),
        email=_text(told, "email") if is_sure else "",
        groups=_groups(told.get(groups_claim)),
    )


def username_from(claims: Claims) -> str:
    """Return what a new user is to be called, before it is checked; may be empty."""
    wished = claims.username or claims.email
    return wished.partition("@")[0]


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _groups(value: object) -> frozenset[str]:
    """Return the groups of a list; some providers send one alone as text."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list):
        return frozenset()
    texts = (one.strip() for one in listed[:MOST_GROUPS] if isinstance(one, str))
    return frozenset(one for one in texts if one)
