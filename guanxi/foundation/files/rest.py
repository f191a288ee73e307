"""Files for programs: /api/v1/files."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext_noop
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile
from pydantic import Field

from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.files import commands
from guanxi.foundation.files.commands import LONGEST_NOTE, LONGEST_PLACE, FileFacts
from guanxi.foundation.files.places import field_of, place_of
from guanxi.foundation.files.queries import attached, files_at
from guanxi.foundation.files.served import hand_out
from guanxi.foundation.files.store import keeping
from guanxi.foundation.imports.source import too_large
from guanxi.foundation.models import StoredFile
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.problems import Problem
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["files"])


class FileRecord(Record):
    """One file at a record; without a ``media`` it is a paper alone."""

    id: int
    kind: str
    record: int
    name: str
    media: str
    size_bytes: int
    digest: str = Field(description="SHA-256 of the content, once it is examined.")
    state: str
    is_sensitive: bool
    note: str
    paper_place: str
    added_by: int | None
    added_at: datetime


class FileList(Record):
    """The files at a record, the latest first."""

    items: list[FileRecord]


class FileQuery(Input):
    """The record whose files are asked for: its kind and number."""

    kind: str
    record: int


class FileInput(Input):
    """What is said about a file."""

    name: str = Field(min_length=1, max_length=240)
    note: str = Field(default="", max_length=LONGEST_NOTE)
    paper_place: str = Field(default="", max_length=LONGEST_PLACE)
    is_sensitive: bool = False


@router.get("/files", response=FileList, summary=gettext_noop("List files"))
def list_files(request: Call, query: Query[FileQuery]) -> HttpResponse:
    """List the files at one record that you may see."""
    by, place = request.auth, place_of(query.kind)
    place.record(by, query.record)
    rows = files_at(by, place, query.record)
    fields = sorted({field_of(is_sensitive=row.is_sensitive) for row in rows})
    if fields:
        record_access(
            by, "view", place.kind, fields=fields, pks=[query.record], at=now()
        )
    return answer({"items": [_record(row) for row in rows]})


@router.post("/files", response={201: FileRecord}, summary=gettext_noop("Add a file"))
def post_file(
    request: Call,
    kind: Form[str],
    record: Form[int],
    file: File[UploadedFile],
    is_sensitive: Form[bool] = False,
    paper_place: Form[str] = "",
) -> HttpResponse:
    """Attach a file to a record; it can be fetched once its state is clean or unchecked."""
    by, place = request.auth, place_of(kind)
    found = place.record(by, record)
    place.require_writer(by, found)
    if (file.size or 0) > settings.UPLOAD_LIMIT:
        raise Problem(413, "too_large", too_large())
    facts = FileFacts(
        name=file.name or "", is_sensitive=is_sensitive, paper_place=paper_place
    )
    with keeping(file.chunks()) as kept:
        added = commands.add_file(by, place, found, facts, kept, at=now())
    return made(_record(added), f"/api/v1/files/{added.pk}")


@router.get(
    "/files/{int:pk}", response=FileRecord, summary=gettext_noop("Read one file")
)
def get_file(request: Call, pk: int) -> HttpResponse:
    """Read what is known about a file."""
    file = attached(request.auth, pk).file
    fields = [field_of(is_sensitive=file.is_sensitive)]
    record_access(
        request.auth, "view", file.kind, fields=fields, pks=[file.record_id], at=now()
    )
    return answer(_record(file))


@router.get("/files/{int:pk}/content", summary=gettext_noop("Download a file"))
def get_file_content(request: Call, pk: int) -> FileResponse:
    """Fetch the content of a file; this goes on record."""
    return hand_out(request.auth, attached(request.auth, pk), at=now())


@router.put(
    "/files/{int:pk}", response=FileRecord, summary=gettext_noop("Describe a file")
)
def put_file(request: Call, pk: int, body: FileInput) -> HttpResponse:
    """Call a file otherwise, or say something else about it; its extension stays."""
    found = attached(request.auth, pk)
    commands.change_file(request.auth, found, FileFacts(**body.model_dump()), at=now())
    return answer(_record(attached(request.auth, pk).file))


@router.delete(
    "/files/{int:pk}",
    response={204: None},
    summary=gettext_noop("Put a file into the trash"),
)
def delete_file(request: Call, pk: int) -> HttpResponse:
    """Put a file into the trash; it can be restored."""
    commands.trash_file(request.auth, attached(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/files/{int:pk}/restoration",
    response=FileRecord,
    summary=gettext_noop("Restore a file"),
)
def post_file_restoration(request: Call, pk: int) -> HttpResponse:
    """Take a file out of the trash."""
    found = attached(request.auth, pk, is_trashed=True)
    commands.restore_file(request.auth, found, at=now())
    return answer(_record(attached(request.auth, pk).file))


def _record(file: StoredFile) -> dict[str, Any]:
    return {
        "id": file.pk,
        "kind": file.kind,
        "record": file.record_id,
        "name": file.name,
        "media": file.media,
        "size_bytes": file.size_bytes,
        "digest": file.digest,
        "state": file.state,
        "is_sensitive": file.is_sensitive,
        "note": file.note,
        "paper_place": file.paper_place,
        "added_by": file.added_by_id,
        "added_at": file.added_at,
    }
