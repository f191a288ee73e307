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
) -> DetectorRule:
    """
    Set the mode and the parameters of one detector.

    :raises OutOfRange: if a parameter is outside its lawful range.
    """
    watch = WATCHES[detector]
    _require_lawful(watch, parameters)
    before = _audited(rule_in_use(detector))
    known = {p.key for p in watch.parameters}
    kept = {key: value for key, value in parameters.items() if key in known}
    rule, _created = DetectorRule.objects.update_or_create(
        pk=detector, defaults={"mode": mode, "parameters": kept}
    )
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
    return {"mode": rule.mode.value, **numbers}
