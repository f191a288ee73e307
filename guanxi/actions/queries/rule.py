"""Questions about the detectors and how the house uses them."""

from collections.abc import Sequence
from dataclasses import dataclass

from guanxi.actions.detectors.base import Watch
from guanxi.actions.detectors.catalogue import WATCHES
from guanxi.actions.models import DetectorRule
from guanxi.actions.rules import Detector, Mode


@dataclass(frozen=True)
class RuleInUse:
    """A detector with its mode and its parameters as set, or as shipped."""

    watch: Watch
    mode: Mode
    parameters: dict[str, float]


def rules_in_use() -> Sequence[RuleInUse]:
    """Return every detector with its settings, in the order of the catalogue."""
    saved = {rule.key: rule for rule in DetectorRule.objects.all()}
    return [_in_use(watch, saved.get(watch.detector)) for watch in WATCHES.values()]


def rule_in_use(detector: Detector) -> RuleInUse:
    """Return one detector with its settings."""
    return _in_use(WATCHES[detector], DetectorRule.objects.filter(pk=detector).first())


def _in_use(watch: Watch, saved: DetectorRule | None) -> RuleInUse:
    if saved is None:
        return RuleInUse(watch, Mode.PROPOSE, watch.defaults())
    return RuleInUse(watch, Mode(saved.mode), watch.defaults() | dict(saved.parameters))
