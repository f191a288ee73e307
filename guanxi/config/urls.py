"""All addresses of the house, room by room."""

from django.urls import include, path
from django.views.generic import RedirectView

from guanxi.config.health import READYZ, healthz, readyz
from guanxi.config.rest import api, manual
from guanxi.identity.views.account import preferences
from guanxi.identity.views.provider import back, begin

urlpatterns = [
    path("healthz", healthz),
    path(READYZ[1:], readyz),
    path("language/", preferences, name="set_language"),
    # Administrators change addresses: an address resets a password.
    path("accounts/email/", RedirectView.as_view(pattern_name="identity:security")),
    path("accounts/oidc/<str:provider_id>/login/", begin, name="openid_connect_login"),
    path(
        "accounts/oidc/<str:provider_id>/login/callback/",
        back,
        name="openid_connect_callback",
    ),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("settings/", include("guanxi.identity.urls")),
    path("customers/", include("guanxi.customers.urls")),
    path("sales/", include("guanxi.sales.urls")),
    path("insight/", include("guanxi.analytics.urls")),
    path("api/v1/", api.urls),
    path("help/api/", manual, name="api_manual"),
    path("files/", include("guanxi.foundation.files.urls")),
    path("imports/", include("guanxi.foundation.imports.urls")),
    path("", include("guanxi.foundation.urls")),
    path("", include("guanxi.actions.urls")),
]
