"""Loyalty as a Django app."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "guanxi.loyalty"
    label = "loyalty"
