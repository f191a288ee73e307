"""
What a rule changes: those it told of beside those it was kept silent about.

Whom the rule finds is drawn by chance, once a quarter; a part is held out and nobody hears
of them. What the two differ in afterwards is what the messages did, whether or not each
was followed (intention to treat).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

HORIZON_DAYS = 90
"""For so many days after the draw it is looked at what a customer does."""
ENOUGH_FOUND = 200
"""A rule that found fewer customers within a year holds nobody out: it would learn nothing."""
MOST_HELD = 50  # percent
LEAST_JUDGED = 30  # in each arm
_Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations


class Verdict(TextChoices):
    """What can be said of a rule."""

    HELPS = "helps", _("Helps")
    HARMS = "harms", _("Does harm")
    NOT_SHOWN = "not_shown", _("No effect shown")
    TOO_FEW = "too_few", _("Too few to judge yet")


@dataclass(frozen=True)
class Arm:
    """
    One side of the comparison: how many, how many of them bought, and for how much.

    ``squares`` is the sum of the squared amounts of each customer, in money squared.
    """

    count: int = 0
    bought: int = 0
    amount: float = 0.0
    squares: float = 0.0

    @property
    def rate(self) -> float:
        """The share that bought, 0 to 1."""
        return self.bought / self.count if self.count else 0.0

    @property
    def mean(self) -> float:
        """What each spent on average, in money."""
        return self.amount / self.count if self.count else 0.0

    @property
    def _mean_variance(self) -> float:
        """The variance of the mean; 0 below two customers."""
        if self.count < 2:
            return 0.0
        spread = max(0.0, self.squares - self.count * self.mean**2)
        return spread / (self.count - 1) / self.count


@dataclass(frozen=True)
class Interval:
    """A difference with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Effect:
    """What those who were told of did, beside those who were held out."""

    told: Arm
    held: Arm

    @property
    def buying(self) -> Interval:
        """
        The difference of the shares that bought.

        Hybrid of two score intervals: Newcombe 1998, "Interval estimation for the
        difference between independent proportions", method 10.
        """
        told, held = self.told, self.held
        value = told.rate - held.rate
        told_low, told_high = _score_interval(told.bought, told.count)
        held_low, held_high = _score_interval(held.bought, held.count)
        low = value - sqrt((told.rate - told_low) ** 2 + (held_high - held.rate) ** 2)
        high = value + sqrt((told_high - told.rate) ** 2 + (held.rate - held_low) ** 2)
        return Interval(value, low, high)

    @property
    def spending(self) -> Interval:
        """The difference of what each spent on average, by the variances of both (Welch)."""
        value = self.told.mean - self.held.mean
        reach = _Z * sqrt(self.told._mean_variance + self.held._mean_variance)
        return Interval(value, value - reach, value + reach)

    @property
    def verdict(self) -> Verdict:
        """What the shares that bought tell; nothing while an arm is small."""
        if min(self.told.count, self.held.count) < LEAST_JUDGED:
            return Verdict.TOO_FEW
        if self.buying.low > 0:
            return Verdict.HELPS
        return Verdict.HARMS if self.buying.high < 0 else Verdict.NOT_SHOWN


def _score_interval(successes: int, count: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927); all of it for nobody."""
    if not count:
        return 0.0, 1.0
    share, z2 = successes / count, _Z**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    reach = _Z * sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    reach /= 1 + z2 / count
    return max(0.0, middle - reach), min(1.0, middle + reach)


def quarter_of(day: date) -> date:
    """Return the first day of the quarter of ``day``: within it a draw stands."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def until(drawn_on: date) -> date:
    """Return the last day that counts for a draw of ``drawn_on``."""
    return drawn_on + timedelta(days=HORIZON_DAYS)
