"""The addresses of opportunities and their stages."""

from django.urls import path

from guanxi.sales.views import objection, opportunity, pipeline, results

urlpatterns = [
    path("opportunities/", opportunity.opportunities, name="opportunities"),
    path("opportunities/board/", opportunity.board, name="board"),
    path("opportunities/outlook/", opportunity.outlook, name="opportunity_outlook"),
    path(
        "opportunities/results/",
        results.opportunity_results,
        name="opportunity_results",
    ),
    path("opportunities/objections/", objection.tallies, name="objection_tallies"),
    path("opportunities/new/", opportunity.new_opportunity, name="new_opportunity"),
    path(
        "opportunities/products/", opportunity.product_options, name="product_options"
    ),
    path(
        "opportunities/products/<int:pk>/",
        opportunity.product_choice,
        name="product_choice",
    ),
    path("opportunities/trash/", opportunity.trashed, name="trashed_opportunities"),
    path(
        "opportunities/of/<int:pk>/",
        opportunity.of_customer,
        name="opportunities_of_customer",
    ),
    path("opportunities/<int:pk>/", opportunity.opportunity, name="opportunity"),
    path(
        "opportunities/<int:pk>/edit/",
        opportunity.edit_opportunity,
        name="edit_opportunity",
    ),
    path("opportunities/<int:pk>/move/", opportunity.move, name="move_opportunity"),
    path(
        "opportunities/<int:pk>/move/<int:stage>/",
        opportunity.move_back,
        name="move_back",
    ),
    path("opportunities/<int:pk>/win/", opportunity.win, name="win_opportunity"),
    path("opportunities/<int:pk>/lose/", opportunity.lose, name="lose_opportunity"),
    path(
        "opportunities/<int:pk>/reopen/", opportunity.reopen, name="reopen_opportunity"
    ),
    path(
        "opportunities/<int:pk>/assign/", opportunity.assign, name="assign_opportunity"
    ),
    path("opportunities/<int:pk>/trash/", opportunity.trash, name="trash_opportunity"),
    path(
        "opportunities/<int:pk>/restore/",
        opportunity.restore,
        name="restore_opportunity",
    ),
    path(
        "opportunities/<int:pk>/objections/new/",
        objection.new_objection,
        name="new_objection",
    ),
    path(
        "opportunities/<int:pk>/objections/<int:number>/<int:step>/",
        objection.objection_step,
        name="objection_step",
    ),
    path(
        "opportunities/<int:pk>/objections/<int:number>/remove/",
        objection.remove,
        name="remove_objection",
    ),
    path(
        "opportunities/<int:pk>/objections/<int:number>/restore/",
        objection.restore,
        name="restore_objection",
    ),
    path("stages/", pipeline.pipeline_stages, name="pipeline_stages"),
    path("stages/new/<int:pk>/", pipeline.new_stage, name="new_stage"),
    path("stages/<int:pk>/", pipeline.edit_stage, name="edit_stage"),
    path("stages/<int:pk>/remove/", pipeline.drop_stage, name="drop_stage"),
    path("stages/<int:pk>/<slug:way>/", pipeline.shift_stage, name="shift_stage"),
]
