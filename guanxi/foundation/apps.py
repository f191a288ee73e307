"""The foundation as a Django app."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "guanxi.foundation"
    label = "foundation"

    def ready(self) -> None:
        """Register every room's handlers and clockwork once all models exist."""
        from guanxi.foundation import rooms  # noqa: PLC0415 -- models must be loaded

        rooms.open_rooms()
