"""The fields that a house added, for those who arrange them."""

from collections.abc import Mapping, Sequence

from django.db.models import Prefetch

from guanxi.customers.models import CustomField, FieldGroup
from guanxi.customers.rules.field import SourceChannel
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require


def field_groups(viewer: Actor) -> Sequence[FieldGroup]:
    """Return the groups in their order, each with its fields, out of use or not."""
    require(viewer, "custom_field.edit")
    fields = CustomField.objects.order_by("position", "pk")
    rows = FieldGroup.objects.order_by("position", "pk")
    return list(rows.prefetch_related(Prefetch("fields", queryset=fields)))


def field_group(viewer: Actor, pk: int) -> FieldGroup:
    """
    Return one group.

    :raises NotVisible: if there is none for ``viewer``.
    """
    require(viewer, "custom_field.edit")
    found = FieldGroup.objects.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def custom_field(viewer: Actor, pk: int) -> CustomField:
    """
    Return one field with its group.

    :raises NotVisible: if there is none for ``viewer``.
    """
    require(viewer, "custom_field.edit")
    found = CustomField.objects.select_related("group").filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def source_channels() -> Mapping[str, SourceChannel]:
    """Return how the fields that the house added are learned, by their keys."""
    rows = CustomField.objects.filter(is_active=True)
    pairs = rows.values_list("key", "source_channel")
    return {key: SourceChannel(channel) for key, channel in pairs}
