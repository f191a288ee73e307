"""What grades are called, and the added fields that customers can be graded by."""

from collections.abc import Mapping, Sequence

from guanxi.customers.models.code import grade_names
from guanxi.customers.models.field import custom_fields
from guanxi.customers.rules.field import FieldKind, FieldSpec
from guanxi.foundation.policies import Privacy
from guanxi.foundation.words import Words


def grades() -> Mapping[str, Words]:
    """Return the grades of customers by their keys, the best first."""
    return grade_names()


def figure_fields() -> Sequence[FieldSpec]:
    """Return the added fields of numbers that tell about no person."""
    return [
        spec
        for spec in custom_fields()
        if spec.kind is FieldKind.NUMBER and spec.privacy is Privacy.NONE
    ]
