"""Code lists an administrator edits: the two schemes of customer kinds."""

from django.db import models
from django.utils.translation import get_language


class Code(models.Model):
    """One entry of a code list; ``key`` is what programs use, the names are shown."""

    id = models.BigAutoField(primary_key=True)
    scheme = models.CharField(max_length=40)
    key = models.SlugField(max_length=40)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    position = models.SmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "key"], name="code_once")
        ]

    def __str__(self) -> str:
        """Return the name in the active language."""
        is_chinese = (get_language() or "zh").startswith("zh")
        return self.name_zh if is_chinese else self.name_en
