"""Action messages: where plan and fact conflict, and what to do about it."""

from django.conf import settings
from django.db import models

from guanxi.actions.rules import DismissReason, Kind, MessageState, Outcome
from guanxi.customers.rules import Tier

ICONS = {
    Kind.RELEASE: "package",
    Kind.RESCHEDULE_IN: "calendar",
    Kind.RESCHEDULE_OUT: "calendar",
    Kind.CANCEL: "x",
    Kind.CONTACT: "phone",
}


class ActionMessage(models.Model):
    """
    One conflict, recorded once: object, problem, suggestion, due date, evidence.

    The sentences come from the detector, filled with ``facts``. ``fingerprint`` is the
    state of the facts when the message was raised or last refreshed.
    """

    id = models.BigAutoField(primary_key=True)
    detector = models.SlugField(max_length=40)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+"
    )
    object_kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    state = models.CharField(
        max_length=10, choices=MessageState.choices, default=MessageState.OPEN
    )
    urgency = models.SmallIntegerField()
    importance = models.SmallIntegerField()
    score = models.SmallIntegerField()
    due_on = models.DateField()
    facts = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=120)
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
    as_of = models.DateField()
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=16, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["detector", "object_kind", "object_id"],
                condition=models.Q(state="open"),
                name="action_message_open_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["assignee", "-score", "id"],
                condition=models.Q(state="open"),
                name="action_message_worklist",
            ),
            models.Index(
                fields=["-score", "id"],
                condition=models.Q(state="open"),
                name="action_message_open",
            ),
            models.Index(
                fields=["customer", "-raised_at"], name="action_message_customer"
            ),
            models.Index(
                fields=["detector", "object_kind", "object_id"],
                name="action_message_object",
            ),
        ]

    @property
    def asks_for_a_step(self) -> bool:
        """Whether one click can do what is suggested: everything but a contact."""
        return self.kind != Kind.CONTACT

    @property
    def can_be_taken_back(self) -> bool:
        """Whether settling it left nothing behind: neither a task nor a changed plan."""
        if self.state == MessageState.DONE:
            return self.outcome not in (Outcome.PLANNED, Outcome.APPLIED)
        return self.state == MessageState.DISMISSED

    @property
    def icon(self) -> str:
        """The icon of what the message asks for."""
        return ICONS[Kind(self.kind)]

    @property
    def tier_label(self) -> str:
        """The customer's tier in words; empty before the first analysis."""
        tier = self.customer.traits.tier
        return str(Tier(tier).label) if tier else ""

    @property
    def outcome_label(self) -> str:
        """What came of it, or why it was dismissed, in words."""
        words = DismissReason if self.state == MessageState.DISMISSED else Outcome
        return str(words(self.outcome).label)
