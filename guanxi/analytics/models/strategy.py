"""What is to be done with the customers in a cell of a matrix, or who enter a stage."""

from django.db import models


class CellStrategy(models.Model):
    """
    The words of an administrator for one cell; what is absent is as shipped.

    The stages of the life cycle are cells of the matrix ``stage``.
    """

    id = models.BigAutoField(primary_key=True)
    matrix = models.CharField(max_length=10)
    cell = models.CharField(max_length=16)
    text = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matrix", "cell"], name="strategy_once")
        ]

    def __str__(self) -> str:
        return f"{self.matrix} {self.cell}"
