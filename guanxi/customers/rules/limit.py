"""
What may not be done with the record of a person.

PIPL 24 and GDPR 21: somebody may refuse to be judged by computers. GDPR 18: while a
dispute lasts, a record is stored and nothing else. And what a court or an authority may
ask for is not erased (PIPL 47, GDPR 17 (3)).
"""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words


class LimitKind(TextChoices):
    """What a limit forbids."""

    PROFILING = "profiling", pgettext_lazy("limit", "No profiling")
    RESTRICTED = "restricted", pgettext_lazy("limit", "Stored only")
    HOLD = "hold", pgettext_lazy("limit", "Legal hold")


MEANINGS: Mapping[LimitKind, Words] = {
    LimitKind.PROFILING: _(
        "No scores, tiers or predictions are computed, and existing ones are removed. "
        "Orders stay."
    ),
    LimitKind.RESTRICTED: _(
        "The record is kept and not used: no contact, no scores, not in exported lists."
    ),
    LimitKind.HOLD: _(
        "The record is not erased, neither on request nor by a retention rule."
    ),
}
# Under these nobody is judged by what was computed of him.
UNPROFILED = frozenset({LimitKind.PROFILING, LimitKind.RESTRICTED})
