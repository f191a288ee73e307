"""The thresholds of an analysis, and what it found in all customers together."""

from dataclasses import dataclass, field
from datetime import date

from guanxi.analytics.leaving import LeavingModel
from guanxi.analytics.prediction import PurchaseModel
from guanxi.analytics.science.grading import GradingSettings
from guanxi.analytics.science.key_customer import KeySettings
from guanxi.analytics.science.lifecycle import LifecycleSettings
from guanxi.analytics.science.next_product import OfferSettings
from guanxi.analytics.science.purchase_state import StateSettings
from guanxi.analytics.science.pyramid import PyramidSettings
from guanxi.analytics.science.rfm import CutPoints, RfmSettings
from guanxi.analytics.science.rhythm import Population, RhythmSettings
from guanxi.analytics.science.trend import TrendSettings
from guanxi.analytics.science.worth import Usual, ValueSettings

# Counts up whenever a law of the analysis changes what it finds in the same orders, so
# that each score can say by which laws it came about.
RULES = 1


@dataclass(frozen=True)
class AnalysisSettings:
    """Every threshold of an analysis; ``minor_units`` make one unit of money."""

    rfm: RfmSettings = field(default_factory=RfmSettings)
    pyramid: PyramidSettings = field(default_factory=PyramidSettings)
    rhythm: RhythmSettings = field(default_factory=RhythmSettings)
    state: StateSettings = field(default_factory=StateSettings)
    lifecycle: LifecycleSettings = field(default_factory=LifecycleSettings)
    trend: TrendSettings = field(default_factory=TrendSettings)
    key: KeySettings = field(default_factory=KeySettings)
    grading: GradingSettings = field(default_factory=GradingSettings)
    offer: OfferSettings = field(default_factory=OfferSettings)
    value: ValueSettings = field(default_factory=ValueSettings)
    minor_units: int = 100


@dataclass(frozen=True)
class Parameters:
    """
    What was found in all customers together, and the settings used: see explain.

    ``rules`` is the version of the laws; ``usual`` what a purchase earns and costs, in
    minor units.
    """

    as_of: date
    settings: AnalysisSettings
    cuts: CutPoints
    population: Population
    customers: int
    tier_last_ranks: tuple[int, ...]
    tier_boundaries: tuple[int | None, ...]
    rules: int = 1
    model: PurchaseModel = field(default_factory=PurchaseModel)
    leaving: LeavingModel = field(default_factory=LeavingModel)
    usual: Usual | None = None
