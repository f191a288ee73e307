"""The tables of analytics, one file a noun."""

from guanxi.analytics.models.dashboard import Dashboard
from guanxi.analytics.models.delivery import BoardDelivery
from guanxi.analytics.models.discussion import Discussion, PutAside, Remark
from guanxi.analytics.models.key_proposal import KeyProposal
from guanxi.analytics.models.load import WarehouseLoad
from guanxi.analytics.models.next_product import NextProduct, OfferGround
from guanxi.analytics.models.relation_month import RelationMonth
from guanxi.analytics.models.run import AnalysisRun
from guanxi.analytics.models.settings import AnalysisSetting
from guanxi.analytics.models.strategy import CellStrategy

__all__ = [
    "AnalysisRun",
    "AnalysisSetting",
    "BoardDelivery",
    "CellStrategy",
    "Dashboard",
    "Discussion",
    "KeyProposal",
    "NextProduct",
    "OfferGround",
    "PutAside",
    "RelationMonth",
    "Remark",
    "WarehouseLoad",
]
