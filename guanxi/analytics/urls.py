"""The addresses of analytics."""

from django.urls import path

from guanxi.analytics.views import core, explore, insight, key_proposal, relation

app_name = "analytics"

urlpatterns = [
    path("", insight.overview, name="overview"),
    path("runs/", insight.runs, name="runs"),
    path("runs/<int:pk>/", insight.run_state, name="run"),
    path("pyramid/", insight.pyramid, name="pyramid"),
    path("thresholds/", insight.thresholds, name="thresholds"),
    path("why/<int:customer_pk>/<slug:trait>/", insight.why, name="why"),
    path("key-customers/", key_proposal.key_proposals, name="key_proposals"),
    path("key-customers/rule/", key_proposal.key_rule, name="key_rule"),
    path("relationships/", relation.relationships, name="relationships"),
    path("relationships/<slug:month>/", relation.of_month, name="relationships_of"),
    path("core/", core.core, name="core"),
    path("core/export/", core.core_export, name="core_export"),
    path("core/segment/", core.core_segment, name="core_segment"),
    path("explore/", explore.explore, name="explore"),
    path("explore/views/", explore.explore_views, name="explore_views"),
    path("explore/export/", explore.explore_export, name="explore_export"),
    path("explore/behind/", explore.behind, name="explore_behind"),
    path("explore/segment/", explore.behind_segment, name="explore_segment"),
]
