"""What somebody has planned to do for a customer."""

from django.conf import settings
from django.db import models

from guanxi.actions.rules import TaskKind, TaskState


class Task(models.Model):
    """A planned step: what, for whom, by when, by whom."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+"
    )
    order = models.ForeignKey(
        "sales.Order",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    kind = models.CharField(max_length=10, choices=TaskKind.choices)
    title = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    due_on = models.DateField()
    # What orders a list by what is to be done next: closed tasks have no such day.
    open_due_on = models.GeneratedField(
        expression=models.Case(
            models.When(state=TaskState.OPEN.value, then=models.F("due_on"))
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    team = models.ForeignKey(
        "identity.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    state = models.CharField(
        max_length=10, choices=TaskState.choices, default=TaskState.OPEN
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["assignee", "due_on", "id"],
                condition=models.Q(state="open"),
                name="task_assignee_open",
            ),
            models.Index(
                fields=["customer", "due_on"],
                condition=models.Q(state="open"),
                name="task_customer_open",
            ),
            models.Index(fields=["open_due_on", "id"], name="task_open_due"),
        ]

    def __str__(self) -> str:
        return self.title
