"""Service as a Django app."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "guanxi.service"
    label = "service"
