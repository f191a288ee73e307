"""Pages and dialogs about tasks."""

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.actions.commands.task import (
    cancel_task,
    complete_task,
    create_task,
    move_task,
)
from guanxi.actions.forms import MoveForm, TaskForm
from guanxi.actions.queries.task import open_tasks_of, task
from guanxi.actions.rules import TaskKind
from guanxi.actions.tables import TASKS
from guanxi.actions.views.dialog import Dialog, answer, back
from guanxi.actions.views.planned import first_day, usual_kind, warn_of
from guanxi.customers.queries.contact_policy import conduct_of
from guanxi.customers.queries.customer import bare_customer, customer
from guanxi.foundation.clock import now
from guanxi.foundation.policies import may, require
from guanxi.foundation.tables.page import table_page
from guanxi.foundation.viewer import StaffRequest

PANEL_ROWS = 20


@login_required
@require_http_methods(["GET", "POST"])
def task_list(request: StaffRequest) -> HttpResponse:
    """List tasks."""
    require(request.user, "task.read")
    return table_page(request, TASKS)


@login_required
@require_http_methods(["GET", "POST"])
def new_task(request: StaffRequest, customer_pk: int) -> HttpResponse:
    """Plan a task for a customer."""
    about = customer(request.user, customer_pk)
    require(request.user, "task.create", about)
    conduct = conduct_of(request.user, about, at=now())
    initial = {"kind": usual_kind(conduct), "due_on": first_day(conduct)}
    form = TaskForm(request.POST or None, viewer=request.user, initial=initial)

    def act() -> None:
        create_task(
            request.user,
            about,
            kind=TaskKind(form.cleaned_data["kind"]),
            title=form.cleaned_data["title"],
            due_on=form.cleaned_data["due_on"],
            assignee=form.cleaned_data["assignee"],
            note=form.cleaned_data["note"],
            at=now(),
        )
        toasts.success(request, _("Task planned."))
        warn_of(request, form, conduct)

    return answer(
        request,
        form,
        act,
        Dialog(
            title=_("Plan a task"),
            verb=_("Plan task"),
            back=reverse("customers:customer", args=[customer_pk]),
            more={"conduct": conduct},
        ),
    )


@login_required
@require_POST
def completion(request: StaffRequest, pk: int) -> HttpResponse:
    """Mark a task as done."""
    complete_task(request.user, task(request.user, pk), at=now())
    toasts.success(request, _("Task done."))
    return back(request)


@login_required
@require_http_methods(["GET", "POST"])
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a task on another day."""
    found = task(request.user, pk)
    require(request.user, "task.edit", found)
    form = MoveForm(request.POST or None, initial={"due_on": found.due_on})

    def act() -> None:
        move_task(request.user, found, due_on=form.cleaned_data["due_on"], at=now())
        toasts.success(request, _("Task moved."))

    return answer(request, form, act, Dialog(title=_("Move task"), verb=_("Move")))


@login_required
@require_POST
def cancellation(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a task up."""
    cancel_task(request.user, task(request.user, pk), at=now())
    toasts.success(request, _("Task cancelled."))
    return back(request)


@login_required
@require_GET
def tasks_of(request: StaffRequest, customer_pk: int) -> HttpResponse:
    """Show the open tasks of one customer, as a panel."""
    about = bare_customer(request.user, customer_pk)
    return render(
        request,
        "actions/_tasks_of.html",
        {
            "tasks": open_tasks_of(request.user, about.pk, most=PANEL_ROWS),
            "customer": about,
            "can_create": may(request.user, "task.create", about),
        },
    )
