"""Roles: what their holders may do and see."""

from django.db import models

from guanxi.foundation.actor import Grants
from guanxi.identity.rules.grants import merge_grants
from guanxi.identity.rules.role import USUAL_HOME
from guanxi.identity.rules.shipped import SHIPPED


class Role(models.Model):
    """
    A depth per permission and a level per field, under a name.

    ``depths`` maps ``"customer.edit"`` to a Depth, ``levels`` maps
    ``"customer.phone"`` to a Level (both as integers), or to None where somebody decided
    that the role says nothing of it. Of several roles the most permissive counts.
    ``key`` marks the roles the product ships; these have no ``name`` until somebody
    renames them, and are called in the reader's language.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.SlugField(max_length=40, unique=True, null=True, blank=True)
    name = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=200, blank=True)
    is_everything = models.BooleanField(default=False)
    depths = models.JSONField(default=dict)
    levels = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=~models.Q(name=""), name="role_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Return what people call the role, in the active language if it is ours."""
        return self.name or str(SHIPPED[self.key].name if self.key else "")

    @property
    def about(self) -> str:
        """Return what the role is for, in the active language if it is ours."""
        if self.description or self.key is None:
            return self.description
        return str(SHIPPED[self.key].description)

    @property
    def home(self) -> str:
        """Return what the home page of its holders shows, in words."""
        blocks = SHIPPED[self.key].home if self.key else USUAL_HOME
        return " · ".join(str(block.label) for block in blocks)

    @property
    def grants(self) -> Grants:
        """Return what the role alone allows."""
        return merge_grants([(self.is_everything, self.depths, self.levels)])
