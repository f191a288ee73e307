"""How customers with a certain value in a field are treated."""

from collections.abc import Mapping

from django.db import models

from guanxi.customers.models.field import CustomField
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.field import Names
from guanxi.customers.rules.handling import (
    LONGEST_TIP,
    USUAL_DAYS,
    ContactPolicy,
    ContactRule,
    HandlingSpec,
)
from guanxi.foundation.arranged import arranged


class Handling(models.Model):
    """
    What the house says about one choice of a field, in both languages.

    ``choice`` is its key, or ``true`` of a field of yes and no. A choice that is not
    ``is_offered`` stays with those who have it.
    """

    id = models.BigAutoField(primary_key=True)
    field = models.ForeignKey(
        CustomField, on_delete=models.CASCADE, related_name="handlings"
    )
    choice = models.CharField(max_length=40)
    description_zh = models.CharField(max_length=200, blank=True)
    description_en = models.CharField(max_length=200, blank=True)
    tip_zh = models.CharField(max_length=LONGEST_TIP, blank=True)
    tip_en = models.CharField(max_length=LONGEST_TIP, blank=True)
    statement_zh = models.TextField(blank=True)
    statement_en = models.TextField(blank=True)
    policy = models.CharField(max_length=12, choices=ContactPolicy.choices, blank=True)
    days = models.SmallIntegerField(null=True, blank=True)
    channel = models.CharField(
        max_length=10, choices=ContactChannel.choices, blank=True
    )
    is_offered = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["field", "choice"], name="handling_once")
        ]

    def __str__(self) -> str:
        return str(Names(self.tip_zh, self.tip_en))

    @property
    def rule(self) -> ContactRule | None:
        """The rule of contact it brings, if any."""
        if not self.policy:
            return None
        policy = ContactPolicy(self.policy)
        usual = USUAL_DAYS.get(policy, 0)
        return ContactRule(policy, usual and (self.days or usual), self.channel)

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
    return {(row.field.key, row.choice): row.spec for row in rows}


@arranged
def withdrawn_choices() -> frozenset[tuple[str, str]]:
    """Return which choices of which fields are offered no more."""
    rows = Handling.objects.filter(is_offered=False)
    return frozenset(rows.values_list("field__key", "choice"))
