"""How customers of a kind, of a segment or of a tier are treated."""

from collections.abc import Mapping

from django.db import models

from guanxi.customers.models.field import CustomField
from guanxi.customers.models.segment import Segment
from guanxi.customers.rules import Tier
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.field import Names
from guanxi.customers.rules.handling import (
    LONGEST_TIP,
    USUAL_DAYS,
    ContactPolicy,
    ContactRule,
    HandlingSpec,
    Tone,
)
from guanxi.foundation.arranged import arranged


class Handling(models.Model):
    """
    What the house says about one group of customers, in both languages.

    The group is either a choice of a ``field``, or a ``segment``, or a ``tier``.
    ``choice`` is its key, or ``true`` of a field of yes and no. A choice that is not
    ``is_offered`` stays with those who have it. ``days`` are the most between two
    contacts, or those after a purchase; ``least_days`` the least between two.
    """

    id = models.BigAutoField(primary_key=True)
    field = models.ForeignKey(
        CustomField,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="handlings",
    )
    choice = models.CharField(max_length=40, blank=True)
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    tier = models.CharField(max_length=12, choices=Tier.choices, blank=True)
    description_zh = models.CharField(max_length=200, blank=True)
    description_en = models.CharField(max_length=200, blank=True)
    tip_zh = models.CharField(max_length=LONGEST_TIP, blank=True)
    tip_en = models.CharField(max_length=LONGEST_TIP, blank=True)
    statement_zh = models.TextField(blank=True)
    statement_en = models.TextField(blank=True)
    policy = models.CharField(max_length=12, choices=ContactPolicy.choices, blank=True)
    days = models.SmallIntegerField(null=True, blank=True)
    least_days = models.SmallIntegerField(null=True, blank=True)
    channel = models.CharField(
        max_length=10, choices=ContactChannel.choices, blank=True
    )
    tone = models.CharField(max_length=12, choices=Tone.choices, blank=True)
    is_offered = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["field", "choice"], name="handling_once"),
            models.UniqueConstraint(
                fields=["segment"],
                condition=models.Q(segment__isnull=False),
                name="handling_segment_once",
            ),
            models.UniqueConstraint(
                fields=["tier"],
                condition=~models.Q(tier=""),
                name="handling_tier_once",
            ),
            models.CheckConstraint(
                condition=models.Q(field__isnull=False, segment=None, tier="")
                | models.Q(field=None, segment__isnull=False, tier="")
                | (models.Q(field=None, segment=None) & ~models.Q(tier="")),
                name="handling_of_one_group",
            ),
        ]

    def __str__(self) -> str:
        return str(Names(self.tip_zh, self.tip_en))

    @property
    def rule(self) -> ContactRule | None:
        """The rule of contact it brings, if any."""
        policy = ContactPolicy(self.policy) if self.policy else None
        usual = USUAL_DAYS.get(policy, 0) if policy else 0
        rule = ContactRule(
            policy=policy,
            days=usual and (self.days or usual),
            channel=self.channel,
            least_days=self.least_days or 0,
            tone=self.tone,
        )
        return None if rule == ContactRule(None) else rule

    @property
    def spec(self) -> HandlingSpec:
        """The handling as rules speak of it."""
        return HandlingSpec(
            description=Names(self.description_zh, self.description_en),
            tip=Names(self.tip_zh, self.tip_en),
            statement=Names(self.statement_zh, self.statement_en),
            rule=self.rule,
        )


@arranged
def handlings() -> Mapping[tuple[str, str], HandlingSpec]:
    """Return what is said about fields in use, by field and choice."""
    rows = Handling.objects.filter(field__is_active=True).select_related("field")
    return {(row.field.key, row.choice): row.spec for row in rows if row.field}


@arranged
def tier_handlings() -> Mapping[str, HandlingSpec]:
    """Return what is said about tiers, by tier."""
    return {row.tier: row.spec for row in Handling.objects.exclude(tier="")}


@arranged
def segment_handlings() -> Mapping[int, HandlingSpec]:
    """Return what is said about segments, by the number of each."""
    rows = Handling.objects.filter(segment__isnull=False)
    return {row.segment_id: row.spec for row in rows if row.segment_id}


@arranged
def withdrawn_choices() -> frozenset[tuple[str, str]]:
    """Return which choices of which fields are offered no more."""
    rows = Handling.objects.filter(is_offered=False, field__isnull=False)
    return frozenset(rows.values_list("field__key", "choice"))
