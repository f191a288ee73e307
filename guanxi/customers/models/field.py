"""Fields and groups of fields that a house adds to its customers."""

from django.db import models

from guanxi.customers.rules.field import (
    FORM_CHOICES,
    PRIVACY_LABELS,
    DataType,
    FieldKind,
    FieldSpec,
    InfoKind,
    Names,
    SourceChannel,
)
from guanxi.foundation.arranged import arranged
from guanxi.foundation.policies import Privacy


class FieldGroup(models.Model):
    """Fields that stand together on form and page."""

    id = models.BigAutoField(primary_key=True)
    key = models.SlugField(max_length=40, unique=True)
    form = models.CharField(max_length=12, blank=True, choices=FORM_CHOICES)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    position = models.SmallIntegerField(default=0)

    def __str__(self) -> str:
        return str(Names(self.name_zh, self.name_en))


class CustomField(models.Model):
    """
    One field; ``key`` is what programs call it and never changes.

    Which values it has stands in ``Customer.extra`` under its key. ``purpose`` and
    ``review_months`` say what for and how long a value is good.
    """

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(
        FieldGroup, on_delete=models.PROTECT, related_name="fields"
    )
    key = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=FieldKind.choices)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    help_zh = models.CharField(max_length=200, blank=True)
    help_en = models.CharField(max_length=200, blank=True)
    choices = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)
    lowest = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    highest = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, blank=True
    )
    privacy = models.CharField(
        max_length=10,
        choices=[(p.value, label) for p, label in PRIVACY_LABELS.items()],
        default=Privacy.NONE.value,
    )
    data_type = models.CharField(
        max_length=16, choices=DataType.choices, default=DataType.DESCRIPTIVE
    )
    info_kind = models.CharField(
        max_length=16, choices=InfoKind.choices, default=InfoKind.DESCRIPTIVE
    )
    source_channel = models.CharField(
        max_length=10, choices=SourceChannel.choices, default=SourceChannel.DIRECT
    )
    purpose = models.CharField(max_length=200, blank=True)
    review_months = models.SmallIntegerField(null=True, blank=True)
    position = models.SmallIntegerField(default=0)
    is_indexed = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return str(Names(self.name_zh, self.name_en))

    @property
    def spec(self) -> FieldSpec:
        """The field as rules speak of it."""
        group = self.group
        return FieldSpec(
            key=self.key,
            kind=FieldKind(self.kind),
            names=Names(self.name_zh, self.name_en),
            group=group.key,
            group_names=Names(group.name_zh, group.name_en),
            form=group.form,
            help=Names(self.help_zh, self.help_en),
            choices={one["key"]: Names(one["zh"], one["en"]) for one in self.choices},
            is_required=self.is_required,
            lowest=self.lowest,
            highest=self.highest,
            privacy=Privacy(self.privacy),
            is_indexed=self.is_indexed,
            review_months=self.review_months,
            purpose=self.purpose,
        )


@arranged
def custom_fields() -> tuple[FieldSpec, ...]:
    """Return the fields in force, group by group in their order."""
    rows = CustomField.objects.filter(is_active=True).select_related("group")
    rows = rows.order_by("group__position", "group_id", "position", "pk")
    return tuple(row.spec for row in rows)
