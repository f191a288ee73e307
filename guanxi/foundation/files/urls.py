"""The addresses of files, under /files/."""

from django.urls import path

from guanxi.foundation.files import views

app_name = "files"

urlpatterns = [
    path("at/<slug:kind>/<int:pk>/", views.upload, name="upload"),
    path("at/<slug:kind>/<int:pk>/new/", views.new, name="new"),
    path("at/<slug:kind>/<int:pk>/trash/", views.trashed, name="trashed"),
    path("content/<str:token>/", views.content, name="content"),
    path("<int:pk>/", views.file, name="file"),
    path("<int:pk>/preview/", views.preview, name="preview"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/trash/", views.trash, name="trash"),
    path("<int:pk>/restore/", views.restore, name="restore"),
]
