"""What a finding is."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words


class Sort(TextChoices):
    """What a finding is about, in the order of the page."""

    SALES = "sales", _("What changed in sales")
    CUSTOMERS = "customers", _("What changed among customers")
    STAKE = "stake", _("What is at stake, and what could be won")


class Certainty(TextChoices):
    """How sure a finding is."""

    CERTAIN = "certain", _("Almost certain")
    VERY_LIKELY = "very_likely", _("Very likely")
    LIKELY = "likely", pgettext_lazy("finding", "Likely")
    COUNTED = "counted", _("Counted, not estimated")
    ESTIMATED = "estimated", _("Estimated by the model")


# From which share of false alarms on a finding is no longer held to be one.
MOST_FALSE = 0.1


def certainty_of(false: float) -> Certainty:
    """Return how sure a deviation with this share of false alarms is."""
    if false < 0.01:
        return Certainty.CERTAIN
    return Certainty.VERY_LIKELY if false < 0.05 else Certainty.LIKELY


@dataclass(frozen=True)
class Link:
    """Where a finding leads: to what it counts, and to what can be done."""

    label: Words
    url: str


class Person(NamedTuple):
    """Who should act, and how much of the matter is his."""

    name: str
    figure: str = ""


@dataclass(frozen=True)
class Finding:
    """
    One thing a manager should know, as one viewer may see it.

    ``key`` is the same for the same matter of the same span, whoever looks. ``subject``
    names the matter without a figure: it may be told to whoever sees others. ``stake``
    is what it is about in money, "" where that is not known or not shown. ``who`` are
    those who should act.
    """

    key: str
    sort: Sort
    tone: str
    subject: str
    sentence: str
    evidence: str
    certainty: Certainty
    stake: str = ""
    who: Sequence[Person] = ()
    links: Sequence[Link] = ()


def key_of(*parts: object) -> str:
    """Return the key of the matter that ``parts`` name."""
    written = "\n".join(str(part) for part in parts)
    return blake2b(written.encode(), digest_size=8).hexdigest()
