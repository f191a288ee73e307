"""What a detector is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_noop

from guanxi.actions.rules import Detector, Finding, Kind
from guanxi.foundation.actor import System
from guanxi.foundation.words import Words

WATCH = System(gettext_noop("detectors"))

Parameters = Mapping[str, float]
Find = Callable[[date, Parameters, "int | None"], Iterator[Finding]]


@dataclass(frozen=True)
class Parameter:
    """A number an administrator may change: its name, default and lawful range."""

    key: str
    label: Words
    default: float
    low: float
    high: float


@dataclass(frozen=True)
class Watch:
    """
    One detector: what it reports, what it suggests, and how it finds.

    ``evidence`` and ``suggestion`` are sentences filled with a finding's facts;
    ``urgency`` says in words by what law the finding is how pressing.
    ``find(as_of, parameters, customer_id)`` yields every conflict as of the end of the
    day ``as_of``, of one customer where an id is given. ``version`` counts up whenever
    it would find something else in the same facts. ``held_percent`` is the shipped share
    that is held out to learn what telling changes; 0 where not to tell breaks a promise.
    """

    detector: Detector
    kind: Kind
    evidence: str
    suggestion: str
    urgency: Words
    find: Find
    parameters: tuple[Parameter, ...] = field(default=())
    explanation: Words = ""
    version: int = 1
    held_percent: int = 0

    def defaults(self) -> dict[str, float]:
        """Return the shipped parameters."""
        return {p.key: p.default for p in self.parameters}
