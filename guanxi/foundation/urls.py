"""The addresses of the foundation."""

from django.urls import path

from guanxi.foundation import audit_pages, gallery, views
from guanxi.foundation.days import views as days
from guanxi.foundation.tables import dialogs

app_name = "foundation"

urlpatterns = [
    path("search/", views.search, name="search"),
    path("notices/", views.notices, name="notices"),
    path("notices/reading/", views.notices_reading, name="notices_reading"),
    path("panels/<str:place>/<int:pk>/", views.panels, name="panels"),
    path("lists/<slug:key>/filter/", dialogs.table_filter, name="table_filter"),
    path("lists/<slug:key>/columns/", dialogs.table_columns, name="table_columns"),
    path("lists/<slug:key>/view/", dialogs.table_view, name="table_view"),
    path("lists/<slug:key>/undo/<slug:token>/", dialogs.table_undo, name="table_undo"),
    path("views/<int:pk>/deletion/", dialogs.view_deletion, name="view_deletion"),
    path("views/<int:pk>/choice/", dialogs.view_choice, name="view_choice"),
    path("audit/", audit_pages.changes, name="audit"),
    path("audit/access/", audit_pages.access, name="access"),
    path("settings/working-days/", days.working_days, name="working_days"),
    path("settings/working-days/new/", days.new_days, name="new_days"),
    path("settings/working-days/<int:pk>/removal/", days.no_day, name="no_day"),
    path("settings/working-days/<int:pk>/return/", days.day_back, name="day_back"),
    path("ui/", gallery.gallery, name="gallery"),
]
