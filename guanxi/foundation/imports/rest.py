"""Imports for programs: /api/v1/imports."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile
from pydantic import Field

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.imports import commands
from guanxi.foundation.imports.kinds import import_kind
from guanxi.foundation.imports.policies import IMPORT_RUN
from guanxi.foundation.imports.queries import import_run, import_runs
from guanxi.foundation.imports.refused import told
from guanxi.foundation.imports.source import keep_file, refused_path, too_large
from guanxi.foundation.imports.tables import IMPORTS
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.problems import Problem
from guanxi.foundation.rest.records import From, Input, Record, Shape
from guanxi.foundation.sheets.limits import MAX_SHEET_NAME_CHARACTERS

router = Router(tags=["imports"])


class ImportRow(Record):
    """One import: how far it is, and what it brought."""

    id: Annotated[int, From("pk")]
    kind: str
    name: str
    state: str
    owner: Annotated[int | None, From("owner_id", "owner", is_key=True)]
    owner_name: Annotated[str | None, From("owner__name", "owner")]
    total: Annotated[int | None, From("total", "total")]
    done: Annotated[int, From("cursor", "total")]
    created: int
    updated: int
    skipped: int
    refused: int
    created_at: datetime
    finished_at: datetime | None


class ImportRecord(ImportRow):
    """One import with its mapping and what was found when it was looked at."""

    headings: list[str]
    columns: dict[str, str]
    options: dict[str, str]
    preview: dict[str, Any]
    problem: str


class ImportPage(Record):
    """One page of imports; ``next`` is the cursor of the following one."""

    items: list[ImportRow]
    next: str | None


class FormatInput(Input):
    """How the table is written, where it was found wrong; ``sheet`` is one of its names."""

    sheet: str = Field(default="", max_length=MAX_SHEET_NAME_CHARACTERS)
    has_header: bool = True
    delimiter: Literal[",", ";", "\t", "|", " "] = ","
    encoding: Literal[
        "utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"
    ] = "utf-8"
    date_key: Literal["ymd", "compact", "dmy", "mdy", "month_name", "excel"] = "ymd"
    decimal: Literal[".", ","] = "."


class MappingInput(Input):
    """
    The field of each column by its number from 0; columns not named are left out.

    ``options`` are those of the kind, and under ``answer:field:word`` what a word in doubt
    means, by a key of its choices; ``format`` is what differs from what was found.
    """

    columns: dict[str, str] | None = Field(default=None, max_length=500)
    options: dict[str, str] = Field(default={}, max_length=500)
    format: FormatInput = Field(default_factory=FormatInput)


RUN = Shape(ImportRow, IMPORT_RUN)


@router.get("/imports", response=ImportPage, summary=gettext_noop("List imports"))
def list_imports(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the imports you may see, the latest first."""
    return listed(request, IMPORTS, RUN, query)


@router.post(
    "/imports", response={201: ImportRecord}, summary=gettext_noop("Upload a file")
)
def post_import(
    request: Call, kind: Form[str], file: File[UploadedFile]
) -> HttpResponse:
    """
    Keep a CSV or XLSX file and have it looked at; nothing of it is written yet.

    Ask for the import until its state is ``ready``, then map it otherwise or start it.
    """
    by = request.auth
    require(by, "import_run.create")
    wanted = import_kind(kind)
    require(by, wanted.needs)
    if (file.size or 0) > settings.UPLOAD_LIMIT:
        raise Problem(413, "too_large", too_large())
    at = now()
    path, size, digest = keep_file(file.chunks(), f"api-{by.actor_id}-{at:%H%M%S%f}")
    kept = commands.KeptFile(file.name or _("File"), path, size, digest)
    habits = commands.Habits(get_language() or settings.LANGUAGE_CODE)
    run = commands.upload_import(by, wanted, kept, habits=habits, at=at)
    return made(_run(by, run.pk), f"/api/v1/imports/{run.pk}")


@router.get(
    "/imports/{int:pk}",
    response=ImportRecord,
    summary=gettext_noop("Read one import"),
)
def get_import(request: Call, pk: int) -> HttpResponse:
    """Read how far an import is, its mapping and its preview."""
    return answer(_run(request.auth, pk))


@router.put(
    "/imports/{int:pk}/mapping",
    response=ImportRecord,
    summary=gettext_noop("Map the columns"),
)
def put_mapping(request: Call, pk: int, body: MappingInput) -> HttpResponse:
    """Map the file otherwise and have it looked at again."""
    by, found = request.auth, import_run(request.auth, pk)
    choices = commands.Choices(body.format.given(), body.columns, body.options)
    commands.choose(by, found, choices)
    return answer(_run(by, pk))


@router.post(
    "/imports/{int:pk}/start",
    response=ImportRecord,
    summary=gettext_noop("Start an import"),
)
def post_start(request: Call, pk: int) -> HttpResponse:
    """Let the file in, or go on with it where it was stopped."""
    by = request.auth
    commands.start_import(by, import_run(by, pk), at=now())
    return answer(_run(by, pk))


@router.post(
    "/imports/{int:pk}/stop",
    response=ImportRecord,
    summary=gettext_noop("Stop an import"),
)
def post_stop(request: Call, pk: int) -> HttpResponse:
    """Stop after the rows in hand; what is written stays."""
    by = request.auth
    commands.stop_import(by, import_run(by, pk))
    return answer(_run(by, pk))


@router.post(
    "/imports/{int:pk}/undo",
    response=ImportRecord,
    summary=gettext_noop("Undo an import"),
)
def post_undo(request: Call, pk: int) -> HttpResponse:
    """Take back what an import brought."""
    by = request.auth
    commands.undo_import(by, import_run(by, pk), at=now())
    return answer(_run(by, pk))


@router.get(
    "/imports/{int:pk}/refused",
    summary=gettext_noop("Download the refused rows"),
    openapi_extra={
        "responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
    },
)
def get_refused(request: Call, pk: int) -> FileResponse:
    """Give the refused rows back as CSV, with their reasons in another column."""
    path = refused_path(import_run(request.auth, pk))
    if not path.exists():
        raise NotVisible
    return FileResponse(path.open("rb"), content_type="text/csv; charset=utf-8")


@router.delete(
    "/imports/{int:pk}",
    response={204: None},
    summary=gettext_noop("Discard a file"),
)
def delete_import(request: Call, pk: int) -> HttpResponse:
    """Forget a file of which nothing was written."""
    by = request.auth
    commands.discard_import(by, import_run(by, pk))
    return nothing()


def _run(viewer: Actor, pk: int) -> dict[str, Any]:
    """Return one run as ``viewer`` may see it, with mapping and preview."""
    record = RUN.one(viewer, import_runs(viewer).filter(pk=pk), at=now())
    found = import_run(viewer, pk)
    problem = told("", found.problem, found.problem_params, {}) if found.problem else ""
    return record | {
        "headings": found.headings,
        "columns": found.columns,
        "options": found.options,
        "preview": found.preview,
        "problem": problem,
    }
