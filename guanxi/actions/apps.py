"""Actions as a Django app."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "guanxi.actions"
    label = "actions"
