"""Identity as a Django app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "guanxi.identity"
    label = "identity"
