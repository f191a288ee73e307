"""Which single customers are opened to whom, and shut from whom."""

from django.db import models

from guanxi.customers.models.customer import Customer
from guanxi.foundation.ties.models import Share, Wall


class CustomerShare(Share):
    """A customer shared with a colleague or a team."""

    record = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )


class CustomerWall(Wall):
    """A customer that a colleague or a team may not know of."""

    record = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
