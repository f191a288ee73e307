"""Why a message stands where it stands in the worklist."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.actions.detectors.catalogue import WATCHES
from guanxi.actions.models import ActionMessage
from guanxi.actions.policies import ACTION_MESSAGE
from guanxi.actions.rules import Detector, money_at_stake, money_points
from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import amount
from guanxi.foundation.words import Words


@dataclass(frozen=True)
class Input:
    """A number that went into the priority: how it is called, its value, its law."""

    label: str
    value: str
    law: Words


@dataclass(frozen=True)
class Priority:
    """The sum in one sentence, and what went into it."""

    formula: str
    inputs: tuple[Input, ...]


def why_priority(viewer: Actor, message: ActionMessage) -> Priority:
    """Return how the score of ``message`` came about, as far as ``viewer`` may know it."""
    money = money_at_stake(message.facts)
    points = money_points(float(money))
    formula = _(
        "Urgency %(urgency)d × importance %(importance)d × 10 + %(points)d for the money "
        "at stake = %(score)d, of at most 100."
    ) % {
        "urgency": message.urgency,
        "importance": message.importance,
        "points": points,
        "score": message.score,
    }
    stake = amount(money, settings.CURRENCY) if money else _("none")
    return Priority(
        formula,
        (
            Input(
                _("Urgency"),
                str(message.urgency),
                WATCHES[Detector(message.detector)].urgency,
            ),
            Input(
                _("Importance"),
                str(message.importance),
                _("3 for vital customers, 2 for major ones, 1 for all others."),
            ),
            Input(
                _("Money at stake"),
                ACTION_MESSAGE.shown(viewer, "evidence", stake),
                _("One point for each digit before the decimal point, at most 10."),
            ),
        ),
    )
