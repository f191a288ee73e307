"""Who may see, run and set up the analysis."""

from django.utils.translation import gettext_lazy as _

from guanxi.analytics.models import AnalysisRun
from guanxi.foundation.policies import Policy, register

ANALYSIS = register(
    Policy(
        kind="analysis",
        label=_("Analysis"),
        actions={"read": _("See"), "run": _("Run"), "configure": _("Configure")},
    ),
    AnalysisRun,
)
