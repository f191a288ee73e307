"""The addresses of customers, under /customers/."""

from django.urls import path

from guanxi.customers.views import (
    code,
    customer,
    dialogs,
    duplicate,
    field,
    form,
    handover,
    merge,
)

app_name = "customers"
urlpatterns = [
    path("", customer.customers, name="customers"),
    path("new/", form.new_customer, name="new_customer"),
    path("new/duplicates/", form.duplicates_of_form, name="duplicates"),
    path("points/", form.no_point, name="no_point"),
    path("points/<slug:kind>/", form.new_point, name="new_point"),
    path("results/", dialogs.results, name="results"),
    path("assign/", dialogs.assign_form, name="assign_form"),
    path("tag/", dialogs.tag_form, name="tag_form"),
    path("trash/", customer.trashed, name="trashed"),
    path("duplicates/", duplicate.duplicate_pairs, name="duplicate_pairs"),
    path("duplicates/<int:pk>/", duplicate.duplicate_pair, name="duplicate_pair"),
    path(
        "duplicates/<int:pk>/dismissal/",
        duplicate.dismissal,
        name="duplicate_dismissal",
    ),
    path(
        "duplicates/<int:pk>/reopening/",
        duplicate.reopening,
        name="duplicate_reopening",
    ),
    path("merges/", merge.merges, name="merges"),
    path("merges/<int:pk>/undo/", merge.merge_undo, name="merge_undo"),
    path("handovers/", handover.handovers, name="handovers"),
    path("handovers/new/", handover.new_handover, name="new_handover"),
    path("handovers/<int:pk>/", handover.handover, name="handover"),
    path("handovers/<int:pk>/state/", handover.handover_state, name="handover_state"),
    path(
        "handovers/<int:pk>/report/", handover.handover_report, name="handover_report"
    ),
    path("handovers/<int:pk>/undo/", handover.handover_undo, name="handover_undo"),
    path("codes/", code.codes, name="codes"),
    path("codes/new/", code.new_code, name="new_code"),
    path("codes/<int:pk>/", code.edit_code, name="edit_code"),
    path("fields/", field.fields, name="fields"),
    path("fields/new/", field.new_field, name="new_field"),
    path("fields/<int:pk>/", field.edit_field, name="edit_field"),
    path("fields/groups/new/", field.new_group, name="new_group"),
    path("fields/groups/<int:pk>/", field.edit_group, name="edit_group"),
    path("<int:pk>/", customer.customer, name="customer"),
    path("<int:pk>/edit/", form.edit_customer, name="edit_customer"),
    path("<int:pk>/timeline/", customer.older, name="timeline"),
    path("<int:pk>/notes/", customer.note, name="note"),
    path("<int:pk>/state/", customer.state, name="state"),
    path("<int:pk>/stage/", dialogs.stage, name="stage"),
    path("<int:pk>/trash/", customer.trash, name="trash"),
    path("<int:pk>/restore/", customer.restore, name="restore"),
    path("<int:pk>/merge/", merge.merge, name="merge"),
    path("<int:pk>/tags/", dialogs.tags, name="tags"),
    path("<int:pk>/owner/", dialogs.owner, name="owner"),
    path("<int:pk>/owner/<int:owner_id>/", dialogs.owner_back, name="owner_back"),
    path("<int:pk>/owners/", handover.owners, name="owners"),
    path("<int:pk>/reveal/<slug:field>/", dialogs.reveal, name="reveal"),
    path("<int:pk>/relations/", dialogs.new_relation, name="new_relation"),
    path(
        "<int:pk>/relations/<int:relation_id>/",
        dialogs.no_relation,
        name="no_relation",
    ),
]
