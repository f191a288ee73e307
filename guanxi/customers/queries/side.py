"""What else sales can be looked at by: the fields that the house added, and segments."""

from collections.abc import Callable, Mapping, Sequence

from guanxi.customers.models.field import custom_fields
from guanxi.customers.queries.extra import expression_of
from guanxi.customers.rules.bands import band_sql
from guanxi.customers.rules.field import FieldKind, FieldSpec
from guanxi.foundation.policies import Privacy

_WORDS: Mapping[FieldKind, Callable[[str], str]] = {
    FieldKind.CHOICE: lambda value: value,
    FieldKind.BOOLEAN: lambda value: f"({value})::text",
    FieldKind.NUMBER: band_sql,
    FieldKind.DATE: lambda value: f"to_char({value}, 'YYYY')",
}


def side_fields() -> Sequence[FieldSpec]:
    """Return the added fields that classify customers and tell about no person."""
    return [
        spec
        for spec in custom_fields()
        if spec.kind in _WORDS and spec.privacy is Privacy.NONE
    ]


def membership_facts() -> str:
    """
    Return the SQL of which customers are in which segments, one row each.

    Columns: ``customer_id`` and ``segment_id`` bigint, in the order of the segments.
    """
    return """
        SELECT m.customer_id, m.segment_id FROM customers_segmentmember m
        JOIN customers_segment s ON s.id = m.segment_id AND s.deleted_at IS NULL
        JOIN customers_customer c ON c.id = m.customer_id AND c.erased_at IS NULL
        WHERE m.left_at IS NULL ORDER BY m.segment_id, m.customer_id
    """


def field_value_facts() -> str:
    """
    Return the SQL of what customers have in the fields `side_fields`, one row each.

    Columns: ``customer_id`` bigint, ``field`` text, ``word`` text: the key of a choice,
    ``true`` or ``false``, the band of a number, the year of a day. In the order of the
    fields, so that one of them is read without the others.
    """
    pairs = ", ".join(
        f"('{spec.key}'::text, {_WORDS[spec.kind](expression_of(spec, 'c.extra'))})"
        for spec in side_fields()
    )
    values = pairs or "(NULL::text, NULL::text)"
    return (
        "SELECT c.id AS customer_id, v.field, v.word FROM customers_customer c"  # noqa: S608 -- words of our own
        f" CROSS JOIN LATERAL (VALUES {values}) AS v (field, word)"
        " WHERE c.erased_at IS NULL AND v.word IS NOT NULL ORDER BY v.field, c.id"
    )
