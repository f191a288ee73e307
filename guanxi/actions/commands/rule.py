"""Changes to how the house uses its detectors."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.actions.detectors.base import Watch
from guanxi.actions.detectors.catalogue import WATCHES
from guanxi.actions.events import RuleChanged
from guanxi.actions.models import DetectorRule
from guanxi.actions.queries.rule import RuleInUse, rule_in_use
from guanxi.actions.rules import Detector, Mode
from guanxi.actions.rules.effect import MOST_HELD
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish


class OutOfRange(Refused):
    """A parameter outside its lawful range."""

    code = "out_of_range"


@command(needs="rule.edit")
def set_rule(
    by: Actor,
    detector: Detector,
    *,
    mode: Mode,
    parameters: Mapping[str, float],
    at: datetime,
    held_percent: int | None = None,
) -> DetectorRule:
    """
    Set the mode and the parameters of one detector, and how many of those it finds are held out.

    Without ``held_percent`` (0 to 50) that share stays what it was.

    :raises OutOfRange: if a number is outside its lawful range.
    """
    watch = WATCHES[detector]
    _require_lawful(watch, parameters)
    if held_percent is not None and not 0 <= held_percent <= MOST_HELD:
        told = _("At most %(most)s %% can be held out.") % {"most": MOST_HELD}
        raise OutOfRange(told, field="held_percent")
    before = _audited(rule_in_use(detector))
    known = {p.key for p in watch.parameters}
    kept = {key: value for key, value in parameters.items() if key in known}
    set_to: dict[str, object] = {"mode": mode, "parameters": kept}
    if held_percent is not None:
        set_to["held_percent"] = held_percent
    rule, _created = DetectorRule.objects.update_or_create(pk=detector, defaults=set_to)
    after = _audited(rule_in_use(detector))
    publish(
        RuleChanged(detector=detector, mode=mode, at=at),
        changes={k: (before[k], after[k]) for k in after if before[k] != after[k]},
    )
    return rule


def _require_lawful(watch: Watch, parameters: Mapping[str, float]) -> None:
    for parameter in watch.parameters:
        value = parameters.get(parameter.key, parameter.default)
        if not parameter.low <= value <= parameter.high:
            raise OutOfRange(
                _("%(label)s must be between %(low)s and %(high)s.")
                % {
                    "label": parameter.label,
                    "low": parameter.low,
                    "high": parameter.high,
                },
                field=parameter.key,
            )


def _audited(rule: RuleInUse) -> dict[str, str]:
    """Return what the audit compares of a rule."""
    numbers = {key: f"{value:g}" for key, value in rule.parameters.items()}
    held = {"held_percent": str(rule.held_percent)}
    return {"mode": rule.mode.value, **numbers, **held}
