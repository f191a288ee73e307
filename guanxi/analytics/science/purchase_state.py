"""The purchase state of a customer: first-time, repeat, loyal or lost."""

from dataclasses import dataclass

import numpy as np

from guanxi.analytics.science.grouped import Codes, Flags, Floats, Ints

STATES = ("first_time", "repeat", "loyal", "lost")
FIRST_TIME, REPEAT, LOYAL, LOST = range(len(STATES))


@dataclass(frozen=True)
class StateSettings:
    """The thresholds; our own default, to be set by each company."""

    loyal_days: int = 4  # purchase days, that is three returns
    lost_factor: float = 1.5  # times the silence that is already long
    lost_floor_days: int = 180  # nobody is lost within half a year

    def __post_init__(self) -> None:
        """:raises ValueError: if a threshold makes a state impossible to tell apart."""
        if self.loyal_days < 2 or self.lost_factor < 1 or self.lost_floor_days < 0:
            raise ValueError("loyal_days >= 2, lost_factor >= 1, floor >= 0 are needed")


def lost_after_days(limit: Floats, settings: StateSettings) -> Floats:
    """Return the silence (n,), days, after which a customer counts as lost."""
    return np.maximum(settings.lost_factor * limit, settings.lost_floor_days)


def purchase_state(
    purchase_days: Ints, silent_days: Ints, limit: Floats, settings: StateSettings
) -> Codes:
    """
    Return the index into ``STATES`` of n customers.

    Lost: silent for longer than max(factor × own silence limit, floor). Otherwise
    first-time: one purchase day. Loyal: at least ``loyal_days`` purchase days and silent
    no longer than the own limit. Everyone else: repeat.
    """
    state = np.full(len(purchase_days), REPEAT, np.int8)
    state[(purchase_days >= settings.loyal_days) & (silent_days <= limit)] = LOYAL
    state[purchase_days == 1] = FIRST_TIME
    state[silent_days > lost_after_days(limit, settings)] = LOST
    return state


def first_return_overdue(
    purchase_days: Ints, silent_days: Ints, usual_return_days: float
) -> Flags:
    """Return who (n,) bought on one day only and is silent beyond the usual return."""
    overdue: Flags = (purchase_days == 1) & (silent_days > usual_return_days)
    return overdue
