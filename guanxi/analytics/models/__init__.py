"""The tables of analytics, one file a noun."""

from guanxi.analytics.models.dashboard import Dashboard
from guanxi.analytics.models.delivery import BoardDelivery
from guanxi.analytics.models.key_proposal import KeyProposal
from guanxi.analytics.models.relation_month import RelationMonth
from guanxi.analytics.models.run import AnalysisRun
from guanxi.analytics.models.settings import AnalysisSetting

__all__ = [
    "AnalysisRun",
    "AnalysisSetting",
    "BoardDelivery",
    "Dashboard",
    "KeyProposal",
    "RelationMonth",
]
