"""The pairs that the run over the whole base found, to be looked at by people."""

from collections import Counter
from collections.abc import Collection, Mapping

from django.db.models import Q, QuerySet

from guanxi.customers.models import Customer, DuplicatePair
from guanxi.customers.policies import CUSTOMER, DUPLICATE_PAIR
from guanxi.customers.rules.duplicate import PairState
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.errors import NotVisible

# What a reason tells of, where that is another field of the policy than its own name.
_TELLS = {
    "sound": "name",
    "name_order": "name",
    "name_near": "name",
    "brand": "name",
    "phone_near": "phone",
    "mailbox": "email",
    "id_number_near": "id_number",
    "birth_on_near": "birth_on",
    "address_near": "address",
}

# Counting further says nothing more.
MOST_COUNTED = 1000


def duplicate_pairs(viewer: Actor) -> "QuerySet[DuplicatePair]":
    """Return the pairs of two customers that are there and that ``viewer`` may merge."""
    kept = Customer.objects.kept()
    mine = kept.filter(CUSTOMER.visible(viewer), CUSTOMER.visible(viewer, "merge"))
    rows = DuplicatePair.objects.filter(one__in=mine, other__in=mine)
    return rows.select_related("one", "other")


def duplicate_pair(viewer: Actor, pk: int) -> DuplicatePair:
    """
    Return one pair.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = duplicate_pairs(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def open_pair_of(viewer: Actor, one: int, other: int) -> DuplicatePair | None:
    """Return the pair of these two customers if nobody has decided about it."""
    ends = {"one_id": min(one, other), "other_id": max(one, other)}
    return duplicate_pairs(viewer).filter(**ends, state=PairState.OPEN).first()


def count_open_pairs(viewer: Actor) -> int:
    """Return how many undecided pairs ``viewer`` may merge, counted to ``MOST_COUNTED``."""
    rows = duplicate_pairs(viewer).filter(state=PairState.OPEN).order_by()
    return rows[: MOST_COUNTED + 1].count()


def reasons_told(viewer: Actor, pair: DuplicatePair) -> list[str]:
    """Return those reasons of ``pair`` that tell nothing hidden from ``viewer``."""
    return [
        reason
        for reason in pair.reasons
        if CUSTOMER.level(viewer, _TELLS.get(reason, reason)) > Level.HIDDEN
    ]


def twins_of(viewer: Actor, pks: Collection[int]) -> Mapping[int, int]:
    """
    Return those of ``pks`` that may be there twice, and how often.

    It counts undecided pairs that ``viewer`` sees, and both customers of which he sees,
    for reasons that tell him nothing hidden.
    """
    mine = Customer.objects.kept().filter(CUSTOMER.visible(viewer))
    rows = DuplicatePair.objects.filter(DUPLICATE_PAIR.visible(viewer))
    pairs = rows.filter(
        Q(one__in=pks) | Q(other__in=pks),
        state=PairState.OPEN,
        one__in=mine,
        other__in=mine,
    )
    told = [pair for pair in pairs if reasons_told(viewer, pair)]
    ends = Counter(pk for pair in told for pk in (pair.one_id, pair.other_id))
    return {pk: ends[pk] for pk in pks if ends[pk]}


def customer_facts() -> str:
    """
    Return the SQL of one row per customer as duplicates are compared.

    Columns: ``id`` bigint; text, empty where there is none: ``form``, ``name``,
    ``phones`` and ``emails`` (normalized, between blanks, the primary one first),
    ``wechat``, ``id_number``, ``birth_on`` (ISO), ``street`` (with the district),
    ``city``, ``postcode``, ``source``, ``external_id``. ``id_number`` is the blind index
    of the number, which tells whether two are the same and nothing else.
    """
    return _FACTS


_FACTS = """
    SELECT c.id, c.form, c.name, coalesce(p.phones, '') AS phones,
        coalesce(p.emails, '') AS emails, c.wechat, c.id_number_index AS id_number,
        coalesce(c.birth_on::text, '') AS birth_on,
        coalesce(a.district || a.street, '') AS street, c.city,
        coalesce(a.postcode, '') AS postcode, c.source, c.external_id
    FROM customers_customer c
    LEFT JOIN (
        SELECT customer_id,
            string_agg(value, ' ' ORDER BY is_primary DESC, id)
                FILTER (WHERE kind = 'phone') AS phones,
            string_agg(value, ' ' ORDER BY is_primary DESC, id)
                FILTER (WHERE kind = 'email') AS emails
        FROM customers_contactpoint WHERE kind IN ('phone', 'email')
        GROUP BY customer_id
    ) p ON p.customer_id = c.id
    LEFT JOIN customers_address a ON a.customer_id = c.id AND a.is_primary
    WHERE c.deleted_at IS NULL
"""
