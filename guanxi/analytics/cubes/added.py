"""The sides that a house adds: each added field that classifies customers is one by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

from guanxi.analytics.cubes import labels
from guanxi.analytics.cubes.declared import Dimension, KeyKind
from guanxi.customers.queries.side import side_fields
from guanxi.customers.rules.bands import rank_of_band
from guanxi.customers.rules.field import FieldKind, FieldSpec
from guanxi.foundation.arranged import arranged

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from guanxi.analytics.cubes.declared import Labels

FIELD_VALUES, MEMBERSHIPS = "field_values", "memberships"

SEGMENT = Dimension(
    "segment",
    pgettext_lazy("pivot", "Segment"),
    lambda t: t.segment.fill_null(0),
    labels.segment_titles,
    KeyKind.NUMBER,
    table=MEMBERSHIPS,
    needs=["customer.segment"],
    may="segment.read",
    part=lambda t: t.select("customer_id", segment=t.segment_id),
    is_many=True,
)


@arranged
def added_sides() -> Mapping[str, Dimension]:
    """Return the sides of the fields in force, by the keys of the fields."""
    return {spec.key: _side(spec) for spec in side_fields()}


def _side(spec: FieldSpec) -> Dimension:
    def part(values: "ir.Table") -> "ir.Table":
        of_this = values.filter(values.field == spec.key)
        return of_this.select("customer_id", **{spec.key: of_this.word})

    is_ranked = spec.kind in {FieldKind.NUMBER, FieldKind.DATE}
    return Dimension(
        spec.key,
        spec.names.words,
        lambda t: t[spec.key].fill_null(""),
        _labels_of(spec),
        table=FIELD_VALUES,
        needs=[f"customer.{spec.key}"],
        part=part,
        rank=rank_of_band if is_ranked else None,
    )


def _labels_of(spec: FieldSpec) -> "Labels":
    if spec.kind is FieldKind.CHOICE:
        return labels.named(lambda: spec.choices or {})
    if spec.kind is FieldKind.BOOLEAN:
        return labels.truths
    return labels.bands if spec.kind is FieldKind.NUMBER else labels.as_written
