"""All addresses of the house, room by room."""

from django.urls import include, path
from django.views.i18n import set_language

from guanxi.config.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("settings/", include("guanxi.identity.urls")),
    path("customers/", include("guanxi.customers.urls")),
    path("sales/", include("guanxi.sales.urls")),
    path("insight/", include("guanxi.analytics.urls")),
    path("", include("guanxi.foundation.urls")),
    path("", include("guanxi.actions.urls")),
]
