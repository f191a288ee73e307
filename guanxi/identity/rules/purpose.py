"""What for data of colleagues are kept."""

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.purposes import Purpose

WORKING = Purpose(
    key="working",
    label=_("Letting colleagues in and showing who does what"),
    ground=_("Contract of employment (PIPL 13, GDPR 6 (1) (b))"),
    people=_("Colleagues"),
    kept=_("As long as the law of labor asks; an account is shut, not deleted"),
)
