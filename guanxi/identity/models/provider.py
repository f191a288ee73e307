"""What the groups of an identity provider mean here."""

from django.db import models

from guanxi.identity.models.role import Role


class RoleOfGroup(models.Model):
    """Whoever the identity provider counts among ``group`` holds ``role`` here."""

    id = models.BigAutoField(primary_key=True)
    group = models.CharField(max_length=200)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "role"], name="role_of_group_once")
        ]

    def __str__(self) -> str:
        return self.group
