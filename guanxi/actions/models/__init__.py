"""The tables of actions, one file a noun."""

from guanxi.actions.models.action_message import ActionMessage
from guanxi.actions.models.draw import Draw
from guanxi.actions.models.knowledge import Knowledge
from guanxi.actions.models.rule import DetectorRule
from guanxi.actions.models.task import Task

__all__ = ["ActionMessage", "DetectorRule", "Draw", "Knowledge", "Task"]
