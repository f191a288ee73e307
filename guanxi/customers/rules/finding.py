"""
What is learned of a customer otherwise than by dealing with it.

The second part of a customer data bank are studies: a survey, or what was bought from an
agency, about attitude, contract performance and dealings with competitors. Beside them
stand observations: behavior seen on the spot, by a person or an instrument.
"""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LONGEST_PROVIDER, LONGEST_PLACE, LONGEST_TEXT = 120, 120, 10_000


class FindingKind(TextChoices):
    """What a finding is about."""

    ATTITUDE = "attitude", _("Attitude and opinion of us")
    CONTRACT = "contract", _("Contract performance and problems")
    COMPETITOR = "competitor", _("Deals with competitors")
    BEHAVIOR = "behavior", _("Behavior observed on site")


class FindingSource(TextChoices):
    """How it was learned."""

    SURVEY = "survey", pgettext_lazy("finding", "Survey")
    PURCHASED = "purchased", pgettext_lazy("finding", "Purchased")
    PERSON = "person", pgettext_lazy("finding", "Seen by a person")
    INSTRUMENT = "instrument", pgettext_lazy("finding", "Seen by an instrument")


class Confidence(TextChoices):
    """How far it is to be believed."""

    LOW = "low", pgettext_lazy("confidence", "Low")
    MEDIUM = "medium", pgettext_lazy("confidence", "Medium")
    HIGH = "high", pgettext_lazy("confidence", "High")


OBSERVED = (FindingSource.PERSON, FindingSource.INSTRUMENT)
STUDIED = (FindingSource.SURVEY, FindingSource.PURCHASED)
STUDIES = (FindingKind.ATTITUDE, FindingKind.CONTRACT, FindingKind.COMPETITOR)
CONFIDENCE_TONES: Mapping[str, str] = {
    Confidence.LOW: "amber",
    Confidence.MEDIUM: "gray",
    Confidence.HIGH: "green",
}


def may_be_from(kind: FindingKind, source: FindingSource) -> bool:
    """Tell whether a finding of ``kind`` can be learned by ``source``."""
    return source in (OBSERVED if kind is FindingKind.BEHAVIOR else STUDIED)
