"""Tags: free words on customers, set by hand or by rule."""

from django.db import models


class Tag(models.Model):
    """A word, with a tone for its badge."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    tone = models.CharField(max_length=10, default="gray")

    def __str__(self) -> str:
        return self.name
