"""Roles: what their holders may do and see."""

from django.db import models


class Role(models.Model):
    """
    A depth per permission and a level per field, under a name.

    ``depths`` maps ``"customer.edit"`` to a Depth, ``levels`` maps
    ``"customer.phone"`` to a Level (both as integers). Of several roles the most
    permissive counts. ``key`` marks the roles the product ships.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.SlugField(max_length=40, unique=True, null=True, blank=True)
    name = models.CharField(max_length=60, unique=True)
    description = models.CharField(max_length=200, blank=True)
    is_everything = models.BooleanField(default=False)
    depths = models.JSONField(default=dict)
    levels = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name
