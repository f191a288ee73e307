"""The addresses of analytics."""

from django.urls import path

from guanxi.analytics.views import (
    behind,
    bond,
    bond_value,
    core,
    dashboard,
    delivery,
    explore,
    finding,
    grading,
    insight,
    key_proposal,
    leaving,
    life_cycle,
    likeness,
    matrix,
    model,
    next_product,
    outlook,
    relation,
    retention,
    tile,
    upgrade,
    warehouse,
)

app_name = "analytics"

urlpatterns = [
    path("", insight.overview, name="overview"),
    path("findings/", finding.finding_list, name="findings"),
    path("findings/<slug:key>/aside/", finding.finding_aside, name="finding_aside"),
    path("findings/<slug:key>/comment/", finding.finding_talk, name="finding_talk"),
    path("discussions/", finding.discussion_list, name="discussions"),
    path("discussions/<int:pk>/", finding.discussion_page, name="discussion"),
    path("churn/", leaving.leaving_model, name="leaving_model"),
    path("forecast/", outlook.outlook, name="outlook"),
    path("forecast/export/", outlook.outlook_export, name="outlook_export"),
    path("warehouse/", warehouse.warehouse, name="warehouse"),
    path("runs/", insight.runs, name="runs"),
    path("runs/<int:pk>/", insight.run_state, name="run"),
    path("pyramid/", insight.pyramid, name="pyramid"),
    path("thresholds/", insight.thresholds, name="thresholds"),
    path("life-cycle/", life_cycle.life_cycle, name="life_cycle"),
    path(
        "life-cycle/<slug:what>/<slug:old>/<slug:new>/",
        life_cycle.life_cycle_moves,
        name="life_cycle_moves",
    ),
    path("upgrades/", upgrade.upgrades, name="upgrades"),
    path("upgrades/<slug:new>/", upgrade.upgrades_moved, name="upgrades_moved"),
    path("grading/", grading.grading, name="grading"),
    path("grading/<slug:old>/<slug:new>/", grading.grading_moves, name="grading_moves"),
    path("why/<int:customer_pk>/<slug:trait>/", insight.why, name="why"),
    path("key-customers/", key_proposal.key_proposals, name="key_proposals"),
    path("key-customers/rule/", key_proposal.key_rule, name="key_rule"),
    path("relationships/", relation.relationships, name="relationships"),
    path("relationships/<slug:month>/", relation.of_month, name="relationships_of"),
    path("cross-selling/", next_product.next_products, name="next_products"),
    path("cross-selling/rules/", next_product.next_grounds, name="next_grounds"),
    path(
        "cross-selling/rules/<int:pk>/", next_product.next_lacking, name="next_lacking"
    ),
    path("cross-selling/settings/", next_product.next_settings, name="next_settings"),
    path("next/<int:pk>/", next_product.of_customer, name="next_of_customer"),
    path("next/<int:pk>/outcome/", next_product.outcome, name="next_outcome"),
    path("common/segment/<int:pk>/", likeness.common_of_segment, name="common"),
    path("common/tier/<slug:tier>/", likeness.common_of_tier, name="common_of_tier"),
    path("core/", core.core, name="core"),
    path("core/export/", core.core_export, name="core_export"),
    path("core/segment/", core.core_segment, name="core_segment"),
    path("explore/", explore.explore, name="explore"),
    path("explore/views/", explore.explore_views, name="explore_views"),
    path("explore/export/", explore.explore_export, name="explore_export"),
    path("explore/behind/", behind.behind, name="explore_behind"),
    path("explore/segment/", behind.behind_segment, name="explore_segment"),
    path("matrices/value/", matrix.value_matrix, name="value_matrix"),
    path("matrices/value/<slug:cell>/", matrix.value_cell, name="value_cell"),
    path("matrices/growth/", matrix.growth_matrix, name="growth_matrix"),
    path("matrices/growth/<slug:cell>/", matrix.growth_cell, name="growth_cell"),
    path(
        "matrices/<slug:name>/<slug:cell>/strategy/", matrix.strategy, name="strategy"
    ),
    path("purchases/", model.purchase_model, name="purchase_model"),
    path("bonds/", bond.retention_split, name="retention_split"),
    path("bonds/value/", bond_value.retention_value, name="retention_value"),
    path("bonds/<slug:kept>/", bond.retention_cell, name="retention_cell"),
    path("cohorts/", retention.cohorts, name="cohorts"),
    path("cohorts/export/", retention.cohorts_export, name="cohorts_export"),
    path("cohorts/behind/", retention.cohort_behind, name="cohort_behind"),
    path("dashboards/", dashboard.dashboard, name="dashboards"),
    path("dashboards/new/", dashboard.dashboard_new, name="dashboard_new"),
    path("dashboards/tiles/", tile.tile_new, name="tile_new"),
    path("dashboards/<slug:key>/", dashboard.dashboard, name="dashboard"),
    path(
        "dashboards/<slug:key>/export/",
        dashboard.dashboard_export,
        name="dashboard_export",
    ),
    path(
        "dashboards/<slug:key>/tiles/<int:number>/",
        dashboard.dashboard_tile,
        name="dashboard_tile",
    ),
    path(
        "dashboards/<slug:key>/sending/", delivery.deliveries, name="board_deliveries"
    ),
    path("dashboards/<int:pk>/edit/", dashboard.dashboard_edit, name="dashboard_edit"),
    path(
        "dashboards/<int:pk>/tiles/<int:number>/edit/", tile.tile_edit, name="tile_edit"
    ),
    path(
        "dashboards/<int:pk>/tiles/<int:number>/move/", tile.tile_move, name="tile_move"
    ),
    path(
        "dashboards/<int:pk>/tiles/<int:number>/remove/",
        tile.tile_remove,
        name="tile_remove",
    ),
    path("dashboards/<int:pk>/undo/<str:token>/", tile.tile_undo, name="tile_undo"),
]
