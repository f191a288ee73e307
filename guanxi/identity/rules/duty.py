"""What colleagues owe before they see protected data, and when it is overdue."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

RENEW_DAYS = 30
REMINDED_DAYS = (14, 3, 0)


class DutyKind(StrEnum):
    """What is owed: something read, something learned, something signed."""

    DOCUMENT = "document"
    TRAINING = "training"
    AGREEMENT = "agreement"


class Gate(StrEnum):
    """What happens to whoever is overdue with it."""

    NONE = "none"
    FLAG = "flag"
    BLOCK = "block"


KIND_LABELS = {
    DutyKind.DOCUMENT: _("Policy document"),
    DutyKind.TRAINING: _("Training"),
    DutyKind.AGREEMENT: _("Confidentiality agreement"),
}
GATE_LABELS = {
    Gate.NONE: pgettext_lazy("gate", "Nothing"),
    Gate.FLAG: pgettext_lazy("gate", "Shown to supervisors"),
    Gate.BLOCK: pgettext_lazy("gate", "Protected data are closed"),
}


class Standing(StrEnum):
    """How somebody stands with a duty on a day."""

    DONE = "done"
    RENEW = "renew"
    DUE = "due"
    OVERDUE = "overdue"


STANDING_LABELS = {
    Standing.DONE: pgettext_lazy("duty", "Done"),
    Standing.RENEW: pgettext_lazy("duty", "Renew soon"),
    Standing.DUE: pgettext_lazy("duty", "Due"),
    Standing.OVERDUE: pgettext_lazy("duty", "Overdue"),
}


@dataclass(frozen=True)
class Asked:
    """A version of a duty that is in force from ``effective_on``, ``days`` to fulfil it."""

    duty_id: int
    version_id: int
    kind: DutyKind
    gate: Gate
    title: str
    effective_on: date
    days: int


@dataclass(frozen=True)
class Owed:
    """What one person owes: until when, and how he stands with it."""

    asked: Asked
    due_on: date | None
    standing: Standing


def owed(
    asked: Asked, *, joined_on: date, is_done: bool, until: date | None, today: date
) -> Owed:
    """
    Return how somebody stands with ``asked`` on ``today``.

    ``is_done`` tells that he has fulfilled this very version; ``until`` is the last day
    on which that holds, None for ever. From ``joined_on`` newcomers get all the days.
    """
    if not is_done:
        due_on = max(asked.effective_on, joined_on) + timedelta(days=asked.days)
        return Owed(asked, due_on, _due(due_on, today))
    if until is None:
        return Owed(asked, None, Standing.DONE)
    if until < today:
        return Owed(asked, until, Standing.OVERDUE)
    is_soon = until - today <= timedelta(days=RENEW_DAYS)
    return Owed(asked, until, Standing.RENEW if is_soon else Standing.DONE)


def _due(due_on: date, today: date) -> Standing:
    return Standing.OVERDUE if due_on < today else Standing.DUE
