"""Territories: parts of the customers that belong to people, by rule or by hand."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from guanxi.customers.models.customer import Customer
from guanxi.foundation.actor import Actor
from guanxi.foundation.ties.conditions import Among, stands_for
from guanxi.foundation.ties.declared import Place


class Territory(models.Model):
    """
    A part of the customers; whoever belongs to it reaches those below it too.

    ``path`` holds the ids from the root down to itself. A customer belongs to it by rule
    if it fits each of the four lists that is not empty; with four empty ones by hand alone.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    path = ArrayField(models.BigIntegerField(), default=list)
    provinces = ArrayField(models.CharField(max_length=30), default=list)
    cities = ArrayField(models.CharField(max_length=30), default=list)
    industries = ArrayField(models.CharField(max_length=60), default=list)
    kinds = ArrayField(models.BigIntegerField(), default=list)
    # When the customers were last put in by the rule; empty while a job does it.
    filled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def level(self) -> int:
        """Return how far lists indent it: beyond five levels no further."""
        return min(len(self.path) - 1, 5)

    @property
    def has_rule(self) -> bool:
        """Whether customers come in by themselves."""
        return bool(self.provinces or self.cities or self.industries or self.kinds)


class TerritoryMember(models.Model):
    """A user, or a team with those below it, to whom a territory belongs."""

    id = models.BigAutoField(primary_key=True)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.CASCADE, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "user", "team"],
                nulls_distinct=False,
                name="territory_member_once",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(team__isnull=True),
                name="territory_member_of_one",
            ),
        ]


class TerritoryCustomer(models.Model):
    """
    A customer in a territory.

    The database itself puts customers in and takes them out, in the transaction that
    changes their facts; those put in by hand stay.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    is_by_hand = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "territory"], name="territory_customer_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["territory", "customer"], name="territory_customer_reached"
            )
        ]


def in_territory(actor: Actor, path: str) -> Q:
    """Return the condition that the customer at ``path`` is in a territory of ``actor``."""
    mine = TerritoryMember.objects.filter(stands_for(TerritoryMember, actor))
    belonging = ArraySubquery(mine.values_list("territory_id"))
    reached = Territory.objects.filter(path__overlap=belonging)
    placed = TerritoryCustomer.objects.filter(customer_id=OuterRef(path))
    return Q(Exists(placed.filter(Among("territory_id", reached.values_list("pk")))))


def places_of(customer_id: int) -> Sequence[Place]:
    """Return the territories of a customer with those above them, and whose they are."""
    placed = TerritoryCustomer.objects.filter(customer_id=customer_id)
    paths = placed.values_list("territory__path", flat=True)
    names = Territory.objects.filter(pk__in={pk for path in paths for pk in path})
    members = TerritoryMember.objects.filter(territory__in=names)
    return [
        Place(one.territory.name, one.user_id, one.team_id)
        for one in members.select_related("territory").order_by("pk")
    ]
