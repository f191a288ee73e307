"""The stage of the customer's life: exploration, formation, stable or decline."""

from dataclasses import dataclass

import numpy as np

from guanxi.analytics.science.grouped import Codes, Flags, Floats, Ints
from guanxi.analytics.science.purchases import Purchases
from guanxi.analytics.science.rhythm import Rhythm

STAGES = ("stage_exploration", "stage_formation", "stage_stable", "stage_decline")
EXPLORATION, FORMATION, STABLE, DECLINE = range(len(STAGES))
PATTERNS = ("early_abortion", "midway_death", "early_exit", "long_lasting", "")
EARLY_ABORTION, MIDWAY_DEATH, EARLY_EXIT, LONG_LASTING, NO_PATTERN = range(
    len(PATTERNS)
)


@dataclass(frozen=True)
class LifecycleSettings:
    """How recent volume is compared with the customer's own past."""

    window_gaps: float = 4.0  # the window holds about four purchases of own rhythm
    min_window_days: int = 90
    max_window_days: int = 365
    past_windows: int = 4  # the past that recent volume is compared with
    known_days: int = 3  # fewer purchase days: still getting to know each other
    growth_ratio: float = 1.5
    decline_ratio: float = 0.5
    lasting_days: int = 365  # known for so long, and stable: a lasting relationship

    def __post_init__(self) -> None:
        """:raises ValueError: if windows or ratios cannot be ordered."""
        if not 0 < self.decline_ratio < 1 < self.growth_ratio:
            raise ValueError("decline_ratio < 1 < growth_ratio is needed")
        if not 1 <= self.min_window_days <= self.max_window_days:
            raise ValueError("1 <= min_window_days <= max_window_days is needed")
        if self.past_windows < 1 or self.known_days < 1 or self.window_gaps <= 0:
            raise ValueError(
                "past_windows, known_days and window_gaps must be positive"
            )
        if self.lasting_days < 1:
            raise ValueError("lasting_days must be positive")


@dataclass(frozen=True, eq=False)
class Pattern:
    """
    The life-cycle pattern of n customers, an index into ``PATTERNS``.

    ``end_stage`` is the stage at the last purchase of those who are lost; of the others
    it is the one they are in.
    """

    pattern: Codes
    end_stage: Codes


@dataclass(frozen=True, eq=False)
class Lifecycle:
    """
    Stage of n customers with the volumes that decided it.

    ``window`` days; ``recent`` amount in the last window and ``usual`` amount per window
    before it, minor units; ``usual`` is NaN for a customer younger than two windows.
    """

    stage: Codes
    window: Ints
    recent: Ints
    usual: Floats


def lifecycle(
    purchases: Purchases, own: Rhythm, today: int, settings: LifecycleSettings
) -> Lifecycle:
    """Return the stage of each customer on the day ``today`` (since 1970-01-01)."""
    window = _windows(own.typical, settings)
    recent = purchases.amounts_between(today - window, np.full_like(window, today))
    usual = _usual_amount(purchases, window, today, settings.past_windows)
    silent = purchases.silent_days(today) > own.limit
    stage = life_stage(purchases.day_counts, silent, recent, usual, settings)
    return Lifecycle(stage, window, recent, usual)


def life_stage(
    purchase_days: Ints,
    is_silent: Flags,
    recent: Ints,
    usual: Floats,
    settings: LifecycleSettings,
) -> Codes:
    """
    Return the index into ``STAGES`` of n customers; the first that holds counts.

    Decline: silent beyond the own limit, or recent volume below ``decline_ratio`` of the
    usual. Exploration: fewer than ``known_days`` purchase days. Formation: younger than
    two windows, or recent volume above ``growth_ratio`` of the usual. Else stable.
    """
    declining = is_silent | (recent < settings.decline_ratio * usual)
    forming = np.isnan(usual) | (recent > settings.growth_ratio * usual)
    stage = np.full(len(purchase_days), STABLE, np.int8)
    stage[forming] = FORMATION
    stage[purchase_days < settings.known_days] = EXPLORATION
    stage[declining] = DECLINE
    return stage


def life_pattern(
    purchases: Purchases,
    life: Lifecycle,
    is_lost: Flags,
    today: int,
    settings: LifecycleSettings,
) -> Pattern:
    """
    Return how the relationships ended, or that they last.

    Who is lost left in the stage he was in at the last purchase: exploration makes an
    early loss, formation a loss midway, stable an early exit. A decline at that time is
    not asked about, for it is the end itself. Who is stable now, and was first known
    ``lasting_days`` ago, lasts. Of the others nothing can be said yet.
    """
    stage = life.stage.copy()
    at = np.flatnonzero(is_lost)
    stage[at] = _last_stage(purchases.only(at), life.window[at], settings)
    pattern = np.full(len(stage), NO_PATTERN, np.int8)
    for ended, name in (
        (EXPLORATION, EARLY_ABORTION),
        (FORMATION, MIDWAY_DEATH),
        (STABLE, EARLY_EXIT),
    ):
        pattern[is_lost & (stage == ended)] = name
    is_old = purchases.first_days <= today - settings.lasting_days
    pattern[~is_lost & is_old & (life.stage == STABLE)] = LONG_LASTING
    return Pattern(pattern, stage)


def _last_stage(
    purchases: Purchases, window: Ints, settings: LifecycleSettings
) -> Codes:
    """Return the stage on the day of the last purchase, decline aside."""
    last = purchases.last_days
    recent = purchases.amounts_between(last - window, last)
    usual = _usual_amount(purchases, window, last, settings.past_windows)
    forming = np.isnan(usual) | (recent > settings.growth_ratio * usual)
    stage = np.where(forming, FORMATION, STABLE)
    stage[purchases.day_counts < settings.known_days] = EXPLORATION
    return stage.astype(np.int8)


def _windows(typical: Floats, settings: LifecycleSettings) -> Ints:
    days = np.rint(settings.window_gaps * typical).astype(np.int64)
    return np.clip(days, settings.min_window_days, settings.max_window_days)


def _usual_amount(
    purchases: Purchases, window: Ints, today: int | Ints, past_windows: int
) -> Floats:
    """Return the amount per window before the last one, NaN without a whole window."""
    until = today - window
    known = until - purchases.first_days + 1
    covered = np.minimum(past_windows * window, known)
    past = purchases.amounts_between(until - past_windows * window, until)
    usual = np.full(len(window), np.nan)
    np.divide(past * window, covered, out=usual, where=covered >= window)
    return usual
