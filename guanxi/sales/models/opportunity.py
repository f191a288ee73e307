"""Opportunities: what may become a sale, the way it goes, and how it ended."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.timezone import get_default_timezone, localdate

from guanxi.foundation import figures
from guanxi.foundation.clock import now
from guanxi.sales.rules.opportunity import (
    PIPELINES,
    STAGES,
    TONES,
    LostReason,
    OpportunityState,
    chance,
    is_overdue,
    is_stale,
    weighted,
)
from guanxi.sales.rules.order import Channel

_OPEN = Q(state=OpportunityState.OPEN, deleted_at__isnull=True)


class Pipeline(models.Model):
    """One way from the first contact to the sale; ``key`` names one that came along."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=80, blank=True)
    position = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.name or str(PIPELINES.get(self.key, self.key))


class Stage(models.Model):
    """
    One step of a pipeline.

    ``probability`` is the chance in percent that it ends in a sale, ``stale_days`` after
    how many days something should have happened, ``needs`` the fields it asks for.
    """

    id = models.BigAutoField(primary_key=True)
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=80, blank=True)
    position = models.IntegerField(default=0)
    probability = models.IntegerField(default=0)
    stale_days = models.IntegerField(null=True)
    needs = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        indexes = [models.Index(fields=["pipeline", "position"], name="stage_position")]

    def __str__(self) -> str:
        return self.name or str(STAGES.get(self.key, self.key))


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    """The words in which questions about opportunities are asked."""

    def kept(self) -> "OpportunityQuerySet":
        """Return those not in the trash."""
        return self.filter(deleted_at__isnull=True)

    def open(self) -> "OpportunityQuerySet":
        """Return those not at their end."""
        return self.filter(_OPEN)


class Opportunity(models.Model):
    """
    A chance to sell: perhaps to a customer who is not known yet, mostly of ``product``.

    ``probability`` is its own chance in percent, empty for that of the stage.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, null=True, related_name="+"
    )
    product = models.ForeignKey(
        "sales.Product", on_delete=models.PROTECT, null=True, related_name="+"
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=OpportunityState.choices, default=OpportunityState.OPEN
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.PROTECT, null=True, related_name="+"
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="CNY")
    probability = models.IntegerField(null=True)
    expected_on = models.DateField(null=True)
    engaged_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    channel = models.CharField(
        max_length=10, choices=Channel.choices, default=Channel.SALES
    )
    next_step = models.CharField(max_length=200, blank=True)
    next_step_on = models.DateField(null=True)
    lost_reason = models.CharField(
        max_length=10, choices=LostReason.choices, blank=True
    )
    close_note = models.CharField(max_length=400, blank=True)
    note = models.TextField(blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    import_run_id = models.BigIntegerField(null=True)
    stage_since = models.DateTimeField()
    search = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], name="opportunity_created"),
            models.Index(
                fields=["stage", "expected_on", "id"],
                condition=_OPEN,
                name="opportunity_board",
            ),
            models.Index(fields=["expected_on", "id"], name="opportunity_expected"),
            models.Index(fields=["amount", "id"], name="opportunity_amount"),
            models.Index(
                fields=["closed_on", "id"],
                condition=Q(closed_on__isnull=False),
                name="opportunity_closed",
            ),
            models.Index(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="opportunity_external",
            ),
            models.Index(
                fields=["import_run_id"],
                condition=Q(import_run_id__isnull=False),
                name="opportunity_import_run",
            ),
            GinIndex(OpClass("search", name="gin_trgm_ops"), name="opportunity_search"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def chance(self) -> int:
        """The chance in percent that it ends in a sale."""
        state = OpportunityState(self.state)
        return chance(state, self.probability, self.stage.probability)

    @property
    def weighted(self) -> Decimal | None:
        """The amount times the chance; None where the amount is not known."""
        return None if self.amount is None else weighted(self.amount, self.chance)

    @property
    def is_stale(self) -> bool:
        """Whether it has stood in its stage for longer than is usual."""
        is_open = self.state == OpportunityState.OPEN
        return is_open and is_stale(self.stage_since, self.stage.stale_days, at=now())

    @property
    def is_overdue(self) -> bool:
        """Whether it is open beyond the day on which it was expected."""
        is_open = self.state == OpportunityState.OPEN
        return is_open and is_overdue(
            self.expected_on, today=localdate(now(), get_default_timezone())
        )

    @property
    def tone(self) -> str:
        """The tone of the state's badge."""
        return TONES[self.state]

    def shown(self, value: Decimal) -> str:
        """Return money of this opportunity as people read it."""
        return figures.amount(value, self.currency)


class StageMove(models.Model):
    """When an opportunity entered a stage: what it did, stage by stage."""

    id = models.BigAutoField(primary_key=True)
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="+"
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
