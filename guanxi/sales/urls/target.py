"""The addresses of targets."""

from django.urls import path

from guanxi.sales.views import target

urlpatterns = [
    path("targets/", target.targets, name="targets"),
    path("targets/<slug:of>/", target.edit_target, name="edit_target"),
]
