"""The page on which an administrator arranges the stages of opportunities."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.policies import require
from guanxi.sales.commands.pipeline import (
    StageTerms,
    move_stage,
    remove_stage,
    save_stage,
)
from guanxi.sales.forms.base import RecordForm
from guanxi.sales.forms.opportunity import RemoveStageForm, StageForm
from guanxi.sales.models import Stage
from guanxi.sales.queries.opportunity import pipeline, pipelines, stages
from guanxi.sales.rules.opportunity import NEEDS, STAGES
from guanxi.sales.views.request import StaffRequest


@login_required
@require_GET
def pipeline_stages(request: StaffRequest) -> HttpResponse:
    """Show the stages of every pipeline in their order."""
    require(request.user, "pipeline.edit")
    rows = list(stages())
    context = {
        "pipelines": [
            (one, [_row(each) for each in rows if each.pipeline_id == one.pk])
            for one in pipelines()
        ]
    }
    return render(request, "sales/pipeline_stages.html", context)


@login_required
def new_stage(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for a new stage at the end of a pipeline."""
    require(request.user, "pipeline.edit")
    return _stage_page(request, Stage(pipeline=pipeline(pk)))


@login_required
def edit_stage(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what a stage is; change it."""
    require(request.user, "pipeline.edit")
    return _stage_page(request, _stage(pk))


@login_required
@require_POST
def shift_stage(request: StaffRequest, pk: int, way: str) -> HttpResponse:
    """Move a stage one place up or down."""
    require(request.user, "pipeline.edit")
    found, is_up = _stage(pk), way == "up"
    move_stage(request.user, found.pipeline, stage_id=pk, is_up=is_up, at=now())
    return redirect("sales:pipeline_stages")


@login_required
def drop_stage(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask where the opportunities of a stage go, and remove it."""
    require(request.user, "pipeline.edit")
    found = _stage(pk)
    form = RemoveStageForm(request.POST or None, stage=found)
    if request.method == "POST" and form.is_valid():
        into = form.cleaned_data["into"].pk
        try:
            remove_stage(
                request.user, found.pipeline, stage_id=pk, into_id=into, at=now()
            )
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The stage is removed."))
            return redirect("sales:pipeline_stages")
    return _dialog(request, form, _("Remove the stage “%(name)s”") % {"name": found})


def _stage_page(request: StaffRequest, found: Stage) -> HttpResponse:
    first = {
        "name": str(found) if found.pk else "",
        "probability": found.probability,
        "stale_days": found.stale_days,
        "needs": found.needs,
    }
    form = StageForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        terms = _as_told(found, form.terms())
        try:
            save_stage(
                request.user, found.pipeline, stage_id=found.pk, terms=terms, at=now()
            )
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The stage is saved."))
            return redirect("sales:pipeline_stages")
    return _dialog(request, form, str(found) if found.pk else _("New stage"))


def _as_told(stage: Stage, terms: StageTerms) -> StageTerms:
    """Keep the name that came along untold, so that it follows the reader's language."""
    came_along = str(STAGES.get(stage.key, ""))
    return replace(terms, name="") if terms.name == came_along else terms


def _dialog(request: StaffRequest, form: RecordForm, title: str) -> HttpResponse:
    context = {
        "layout": "ui/dialog.html" if request.htmx else "ui/shell.html",
        "title": title,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "sales/pipeline_dialog.html", context, status=status)


def _stage(pk: int) -> Stage:
    found = stages().filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _row(stage: Stage) -> dict[str, object]:
    return {
        "stage": stage,
        "needs": [NEEDS[one] for one in stage.needs if one in NEEDS],
    }
