"""How customers belong together."""

from django.db import models

from guanxi.customers.models.customer import Customer


class Relation(models.Model):
    """
    A directed relation: ``source`` works for, decides for, … ``target``.

    ``kind`` is the key of an entry in the house's list of relations.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    target = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=60, blank=True)
    since_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "kind"], name="relation_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")),
                name="relation_of_two",
            ),
        ]
