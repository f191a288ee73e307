"""Who was drawn to be told of, and who was held out."""

from django.db import models


class Draw(models.Model):
    """
    A customer whom a detector found, and the side it fell to by chance in a quarter.

    ``until_on`` is the last day on which what the customer does counts for the comparison.
    """

    id = models.BigAutoField(primary_key=True)
    detector = models.SlugField(max_length=40)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+"
    )
    quarter_on = models.DateField()
    is_held = models.BooleanField()
    drawn_on = models.DateField()
    until_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["detector", "quarter_on", "customer"], name="draw_once"
            )
        ]
