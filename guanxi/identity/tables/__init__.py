"""Identity's lists."""

from guanxi.identity.tables.access_day import ACCESS_DAYS
from guanxi.identity.tables.user import USERS

__all__ = ["ACCESS_DAYS", "USERS"]
