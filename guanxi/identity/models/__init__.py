"""The tables of identity, one file a noun."""

from guanxi.identity.models.access_day import AccessDay
from guanxi.identity.models.duty import Duty, DutyVersion, Fulfilment
from guanxi.identity.models.provider import RoleOfGroup
from guanxi.identity.models.role import Role
from guanxi.identity.models.team import Team
from guanxi.identity.models.token import Token
from guanxi.identity.models.user import User

__all__ = [
    "AccessDay",
    "Duty",
    "DutyVersion",
    "Fulfilment",
    "Role",
    "RoleOfGroup",
    "Team",
    "Token",
    "User",
]
