"""The addresses of imports, under /imports/."""

from django.urls import path

from guanxi.foundation.imports import views

app_name = "imports"

urlpatterns = [
    path("", views.runs, name="runs"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/state/", views.state, name="state"),
    path("<int:pk>/plan/", views.plan, name="plan"),
    path("<int:pk>/start/", views.start, name="start"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/discard/", views.discard, name="discard"),
    path("<int:pk>/map/", views.keep, name="keep"),
    path("<int:pk>/refused/", views.refused, name="refused"),
]
