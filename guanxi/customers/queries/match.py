"""Which customers the rows of a file speak of, some thousand at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules import Form
from guanxi.customers.rules.name import core_name, match_name
from guanxi.foundation.actor import Actor, Depth, Level
from guanxi.foundation.bulk import array
from guanxi.foundation.policies import READ, reachable
from guanxi.foundation.sealing.field import sealed_field


class MatchKey(TextChoices):
    """By what a row of a file is known to be a customer that is there."""

    EXTERNAL_ID = "external_id", _("External ID")
    CREDIT_CODE = "credit_code", _("Credit code")
    ID_NUMBER = "id_number", _("ID number")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    NAME = "name", _("Name")


@dataclass(frozen=True, slots=True)
class Match:
    """A customer found; ``is_open`` if the asker may do with it what was asked for."""

    pk: int
    owner_id: int | None
    team_id: int | None
    is_trashed: bool
    is_open: bool = True


# The number of one that was merged leads to the customer it has become part of.
_BY_ID = """
    SELECT c.external_id, s.id, s.owner_id, s.team_id, s.deleted_at IS NOT NULL
    FROM customers_customer c
    LEFT JOIN customers_merge m ON m.gone_id = c.id AND m.undone_at IS NULL
    JOIN customers_customer s ON s.id = coalesce(m.survivor_id, c.id)
    WHERE c.source = %(source)s AND c.external_id = ANY(%(values)s)
      AND c.external_id <> ''
"""
_BY_OWN_NUMBER = """
    SELECT c.id::text, s.id, s.owner_id, s.team_id, s.deleted_at IS NOT NULL
    FROM customers_customer c
    LEFT JOIN customers_merge m ON m.gone_id = c.id AND m.undone_at IS NULL
    JOIN customers_customer s ON s.id = coalesce(m.survivor_id, c.id)
    WHERE c.id = ANY(%(values)s)
"""
_BY_CODE = """
    SELECT c.credit_code, c.id, c.owner_id, c.team_id, c.deleted_at IS NOT NULL
    FROM customers_customer c
    WHERE c.credit_code = ANY(%(values)s) AND c.credit_code <> ''
"""
_BY_NUMBER = """
    SELECT c.id_number_index, c.id, c.owner_id, c.team_id, c.deleted_at IS NOT NULL
    FROM customers_customer c
    WHERE c.id_number_index = ANY(%(values)s) AND c.id_number_index <> ''
"""
_BY_POINT = """
    SELECT DISTINCT p.value, c.id, c.owner_id, c.team_id, c.deleted_at IS NOT NULL
    FROM customers_contactpoint p JOIN customers_customer c ON c.id = p.customer_id
    WHERE p.kind = %(kind)s AND p.value = ANY(%(values)s)
"""
_BY_NAME = """
    SELECT c.form, c.name, c.id, c.owner_id, c.team_id, c.deleted_at IS NOT NULL
    FROM customers_customer c
    WHERE c.match_name = ANY(%(values)s) AND c.match_name <> ''
      AND NOT EXISTS (SELECT FROM customers_merge m
                      WHERE m.gone_id = c.id AND m.undone_at IS NULL)
"""

Found = Mapping[str, Sequence[Match]]
Grouped = dict[str, list[Match]]


def match_customers(
    by: Actor,
    key: MatchKey,
    values: Iterable[str],
    *,
    source: str = "",
    action: str = "edit",
) -> Found:
    """
    Return the customers that have one of ``values``, those in the trash too.

    Phones and addresses are given normalized, names as they are written. External ids
    are compared among customers of ``source``. What ``by`` may not do ``action`` on is
    told as not open. He finds only whom he sees, as if there were nobody else, and only by
    what he reads; by a phone or an address that he sees covered if he works with
    customers, for somebody may call. External ids find everybody: no two customers of a
    source can have the same one, so that it is taken comes out in any case.
    """
    wanted = [value for value in set(values) if value]
    if not wanted:
        return {}
    if key is MatchKey.EXTERNAL_ID:
        return _opened(by, _grouped(_BY_ID, wanted, source=source), action)
    if not _may_find_by(by, key):
        return {}
    if key is MatchKey.ID_NUMBER:
        found: Found = _by_number(by, wanted)
    elif key is MatchKey.NAME:
        found = _by_name(wanted)
    elif key is MatchKey.CREDIT_CODE:
        found = _grouped(_BY_CODE, wanted)
    else:
        found = _grouped(_BY_POINT, wanted, kind=key.value)
    return _opened(by, _in_sight(by, found), action)


def _may_find_by(by: Actor, key: MatchKey) -> bool:
    """Tell whether it gives nothing away to ``by`` that somebody has this value."""
    if key.value in CUSTOMER.readable(by):
        return True
    is_shown_covered = CUSTOMER.level(by, key.value) is Level.MASKED
    works = by.grants.depth(CUSTOMER.permission("edit")) > Depth.NONE
    return is_shown_covered and works and key in (MatchKey.PHONE, MatchKey.EMAIL)


def match_numbers(by: Actor, numbers: Iterable[str]) -> Found:
    """Return the customers of these numbers whom ``by`` sees, those in the trash too."""
    wanted = [int(number) for number in numbers]
    return _in_sight(by, _grouped(_BY_OWN_NUMBER, wanted))


def _grouped(
    statement: str, values: Sequence[str] | Sequence[int], **more: str
) -> Grouped:
    found: Grouped = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"values": array(values), **more})
        for value, *facts in cursor.fetchall():
            found[value].append(Match(*facts))
    return found


def _by_number(by: Actor, numbers: Sequence[str]) -> Found:
    field = sealed_field(Customer, "id_number")
    spelled = {index: text for text in numbers for index in field.indexes(text)}
    found = _grouped(_BY_NUMBER, list(spelled))
    told: Grouped = defaultdict(list)
    for index, matches in found.items():
        told[spelled[index]] += matches
    return told


def _by_name(names: Sequence[str]) -> Grouped:
    """Return the customers whose names differ in spelling and legal ending at most."""
    sounds = {match_name(form, name) for name in names for form in Form}
    rows: dict[tuple[str, str], list[Match]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_BY_NAME, {"values": array(sounds)})
        for form, name, *facts in cursor.fetchall():
            rows[form, core_name(form, name)].append(Match(*facts))
    return {
        name: [m for form in Form for m in rows.get((form, core_name(form, name)), ())]
        for name in names
    }


def _in_sight(by: Actor, found: Found) -> Found:
    """Leave out whom ``by`` does not see."""
    pks = {match.pk for matches in found.values() for match in matches}
    seen = reachable(by, CUSTOMER.permission(READ), pks)
    told = {
        value: [match for match in matches if match.pk in seen]
        for value, matches in found.items()
    }
    return {value: matches for value, matches in told.items() if matches}


def _opened(by: Actor, found: Mapping[str, Sequence[Match]], action: str) -> Found:
    """Mark what ``by`` may not do ``action`` on."""
    pks = {match.pk for matches in found.values() for match in matches}
    may = reachable(by, CUSTOMER.permission(action), pks)
    return {
        value: [replace(match, is_open=match.pk in may) for match in matches]
        for value, matches in found.items()
    }
