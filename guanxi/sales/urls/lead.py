"""The addresses of leads and of the rules of giving them out."""

from django.urls import path

from guanxi.sales.views import lead, lead_rule

urlpatterns = [
    path("leads/", lead.leads, name="leads"),
    path("leads/pool/", lead.lead_pool, name="lead_pool"),
    path("leads/pool/give/", lead.distribute, name="distribute_leads"),
    path("leads/new/", lead.new_lead, name="new_lead"),
    path("leads/trash/", lead.trashed, name="trashed_leads"),
    path("leads/of/<int:pk>/", lead.of_customer, name="leads_of_customer"),
    path("leads/rules/", lead_rule.rules, name="lead_rules"),
    path("leads/rules/new/", lead_rule.new_rule, name="new_lead_rule"),
    path("leads/rules/<int:pk>/", lead_rule.edit_rule, name="edit_lead_rule"),
    path("leads/rules/<int:pk>/remove/", lead_rule.drop_rule, name="drop_lead_rule"),
    path(
        "leads/rules/<int:pk>/<slug:way>/",
        lead_rule.shift_rule,
        name="shift_lead_rule",
    ),
    path("leads/<int:pk>/", lead.lead, name="lead"),
    path("leads/<int:pk>/edit/", lead.edit_lead, name="edit_lead"),
    path("leads/<int:pk>/claim/", lead.claim, name="claim_lead"),
    path("leads/<int:pk>/contact/", lead.contact, name="contact_lead"),
    path("leads/<int:pk>/convert/", lead.convert, name="convert_lead"),
    path("leads/<int:pk>/discard/", lead.discard, name="discard_lead"),
    path("leads/<int:pk>/assign/", lead.assign, name="assign_lead"),
    path("leads/<int:pk>/release/", lead.release, name="release_lead"),
    path("leads/<int:pk>/reopen/", lead.reopen, name="reopen_lead"),
    path("leads/<int:pk>/trash/", lead.trash, name="trash_lead"),
    path("leads/<int:pk>/restore/", lead.restore, name="restore_lead"),
]
