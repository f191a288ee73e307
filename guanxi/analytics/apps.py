"""Analytics as a Django app."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "guanxi.analytics"
    label = "analytics"
