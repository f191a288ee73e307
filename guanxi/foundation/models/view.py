"""A list as somebody likes it: filter, sort and columns under a name."""

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A named state of a list; ``query`` is the query string that restores it."""

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=60)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "owner", "name"], name="view_name_once"
            )
        ]


class ViewChoice(models.Model):
    """What one user does with a view: pinned among the tabs, or opened by default."""

    id = models.BigAutoField(primary_key=True)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    is_pinned = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["view", "user"], name="view_choice_once")
        ]
