"""Changes to how the house uses its detectors."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from guanxi.actions.detectors.catalogue import WATCHES
from guanxi.actions.models import DetectorRule
from guanxi.actions.rules import Detector, Mode
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused


class OutOfRange(Refused):
    """A parameter outside its lawful range."""

    code = "out_of_range"


@command(needs="rule.edit")
def set_rule(
    by: Actor, detector: Detector, *, mode: Mode, parameters: Mapping[str, float]
) -> DetectorRule:
    """
    Set the mode and the parameters of one detector.

    :raises OutOfRange: if a parameter is outside its lawful range.
    """
    watch = WATCHES[detector]
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
    known = {p.key for p in watch.parameters}
    kept = {key: value for key, value in parameters.items() if key in known}
    rule, _created = DetectorRule.objects.update_or_create(
        pk=detector, defaults={"mode": mode, "parameters": kept}
    )
    return rule
