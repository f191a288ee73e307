"""The addresses of actions."""

from django.urls import path

from guanxi.actions.views import action_message, home, knowledge, rule, task

app_name = "actions"

urlpatterns = [
    path("", home.home, name="home"),
    path("messages/", action_message.message_list, name="messages"),
    path("messages/due/", action_message.contacts_due, name="contacts_due"),
    path("messages/<int:pk>/", action_message.message_page, name="message"),
    path("messages/<int:pk>/priority/", action_message.priority, name="priority"),
    path("messages/<int:pk>/contact/", action_message.contact, name="contact"),
    path("messages/<int:pk>/draft/", action_message.draft, name="draft"),
    path("messages/<int:pk>/task/", action_message.message_task, name="message_task"),
    path(
        "messages/<int:pk>/application/", action_message.application, name="application"
    ),
    path("messages/<int:pk>/assignment/", action_message.assignment, name="assignment"),
    path("messages/<int:pk>/dismissal/", action_message.dismissal, name="dismissal"),
    path("messages/<int:pk>/reopening/", action_message.reopening, name="reopening"),
    path(
        "messages/of/<int:customer_pk>/", action_message.of_customer, name="of_customer"
    ),
    path("tasks/", task.task_list, name="tasks"),
    path("tasks/new/<int:customer_pk>/", task.new_task, name="new_task"),
    path("tasks/<int:pk>/completion/", task.completion, name="completion"),
    path("tasks/<int:pk>/move/", task.move, name="move"),
    path("tasks/<int:pk>/cancellation/", task.cancellation, name="cancellation"),
    path("tasks/of/<int:customer_pk>/", task.tasks_of, name="tasks_of"),
    path("messages/work/<int:run_pk>/", rule.work_done, name="work_done"),
    path("knowledge/", knowledge.knowledge_list, name="knowledge"),
    path("knowledge/new/", knowledge.knowledge_new, name="knowledge_new"),
    path("knowledge/<int:pk>/", knowledge.knowledge_edit, name="knowledge_edit"),
    path("knowledge/<int:pk>/use/", knowledge.knowledge_use, name="knowledge_use"),
    path("knowledge/<int:pk>/end/", knowledge.knowledge_end, name="knowledge_end"),
    path("rules/", rule.rule_list, name="rules"),
    path("rules/<slug:key>/", rule.rule, name="rule"),
]
