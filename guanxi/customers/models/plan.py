"""What is planned and agreed with one customer."""

from django.conf import settings
from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.customers.rules.plan import (
    LONGEST_LINE,
    PlanKind,
    PlanState,
    Section,
    section_of,
)
from guanxi.foundation.words import Words


class Plan(models.Model):
    """
    One plan or agreement; its parts are `PlanLine`.

    ``summary`` is its aim, or the need that was found; ``result`` what came of it, or
    the solution that was proposed.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=PlanKind.choices)
    title = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    result = models.TextField(blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=8, choices=PlanState.choices, default=PlanState.OPEN
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return _TONES[PlanState(self.state)]


_TONES = {PlanState.OPEN: "blue", PlanState.DONE: "green", PlanState.DROPPED: "gray"}


class PlanLine(models.Model):
    """
    One line of a plan: an aim, a step with its day and person, or an offer.

    ``figure`` is a share, a number of points or a price, as its section says.
    """

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="lines")
    section = models.CharField(max_length=16)
    text = models.CharField(max_length=LONGEST_LINE)
    figure = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    result = models.CharField(max_length=LONGEST_LINE, blank=True)
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=models.Q(done_on__isnull=True, due_on__isnull=False),
                name="plan_line_due",
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def part(self) -> Section | None:
        """The section it stands in."""
        return section_of(self.plan.kind, self.section)

    @property
    def figure_label(self) -> Words:
        """What its figure means, empty where it has none."""
        return self.part.figure if self.part else ""
