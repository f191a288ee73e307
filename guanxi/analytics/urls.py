"""The addresses of analytics."""

from django.urls import path

from guanxi.analytics import views

app_name = "analytics"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("runs/", views.runs, name="runs"),
    path("runs/<int:pk>/", views.run_state, name="run"),
    path("pyramid/", views.pyramid, name="pyramid"),
    path("thresholds/", views.thresholds, name="thresholds"),
    path("why/<int:customer_pk>/<slug:trait>/", views.why, name="why"),
]
