"""What an administrator sets about the analysis."""

from django.db import models


class AnalysisSetting(models.Model):
    """The changed settings, in one row; what is absent is as shipped."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1), name="analysis_setting_single"
            )
        ]
