"""Questions about the detectors and how the house uses them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from guanxi.actions.detectors.base import Watch
from guanxi.actions.detectors.catalogue import WATCHES
from guanxi.actions.models import ActionMessage, DetectorRule
from guanxi.actions.rules import Detector, MessageState, Mode


@dataclass(frozen=True)
class RuleInUse:
    """A detector with its mode and its parameters as set, or as shipped."""

    watch: Watch
    mode: Mode
    parameters: dict[str, float]
    held_percent: int

    @property
    def is_compared(self) -> bool:
        """Whether a part of those it finds is held out."""
        return self.mode is Mode.PROPOSE and self.held_percent > 0


def rules_in_use() -> Sequence[RuleInUse]:
    """Return every detector with its settings, in the order of the catalogue."""
    saved = {rule.key: rule for rule in DetectorRule.objects.all()}
    return [_in_use(watch, saved.get(watch.detector)) for watch in WATCHES.values()]


def rule_in_use(detector: Detector) -> RuleInUse:
    """Return one detector with its settings."""
    return _in_use(WATCHES[detector], DetectorRule.objects.filter(pk=detector).first())


def _in_use(watch: Watch, saved: DetectorRule | None) -> RuleInUse:
    if saved is None:
        return RuleInUse(watch, Mode.PROPOSE, watch.defaults(), watch.held_percent)
    held = saved.held_percent
    return RuleInUse(
        watch,
        Mode(saved.mode),
        watch.defaults() | dict(saved.parameters),
        watch.held_percent if held is None else held,
    )


@dataclass(frozen=True)
class Tried:
    """What a rule would find: how many conflicts, and how many of them are open already."""

    conflicts: int
    told: int


def tried(watch: Watch, parameters: Mapping[str, float], as_of: date) -> Tried:
    """Return what ``watch`` would find with ``parameters`` at the end of ``as_of``."""
    rows = ActionMessage.objects.filter(
        detector=watch.detector, state=MessageState.OPEN
    )
    open_ones = set(rows.order_by().values_list("object_kind", "object_id"))
    found = [
        (one.object_kind, one.object_id) for one in watch.find(as_of, parameters, None)
    ]
    return Tried(len(found), len(open_ones.intersection(found)))
