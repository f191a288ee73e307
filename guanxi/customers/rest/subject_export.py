"""Copies of all that is held about a person, for programs: /api/v1/customers/…/copies."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router

from guanxi.customers.commands.subject_export import (
    request_subject_export,
    take_subject_export,
)
from guanxi.customers.models import SubjectExport
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.subject_export import copies_of
from guanxi.customers.rules.erasure import IdentityCheck
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["customers"])


class CopyRecord(Record):
    """One copy; it can be taken once ``made_at`` is set, until ``expires_at``."""

    id: int
    identity: IdentityCheck
    requested_at: datetime
    made_at: datetime | None
    expires_at: datetime
    taken_at: datetime | None


class CopiesRecord(Record):
    """The copies that the caller asked for, the latest first."""

    items: list[CopyRecord]


class CopyInput(Input):
    """How we made sure that it is the person who asks."""

    identity: IdentityCheck


@router.get(
    "/customers/{int:pk}/copies",
    response=CopiesRecord,
    summary=gettext_noop("List the copies of all data of a customer"),
)
def get_copies(request: Call, pk: int) -> HttpResponse:
    """List the copies you asked for."""
    found = bare_customer(request.auth, pk)
    require(request.auth, "customer.disclose", found)
    return answer({"items": [_told(one) for one in copies_of(request.auth, found)]})


@router.post(
    "/customers/{int:pk}/copies",
    response={202: CopyRecord},
    summary=gettext_noop("Have a copy of all data of a customer made"),
)
def post_copies(request: Call, pk: int, body: CopyInput) -> HttpResponse:
    """Have everything that is held about a person written into one ZIP file."""
    found = bare_customer(request.auth, pk)
    made = request_subject_export(request.auth, found, identity=body.identity, at=now())
    return answer(_told(made), 202)


@router.post(
    "/customers/{int:pk}/copies/{int:export_id}/file",
    summary=gettext_noop("Take a copy of all data of a customer"),
)
def post_copy_file(request: Call, pk: int, export_id: int) -> FileResponse:
    """Take the ZIP file of a copy you asked for; it goes on record."""
    found = bare_customer(request.auth, pk)
    path = take_subject_export(request.auth, found, export_id, at=now())
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"customer-{pk}.zip",
        content_type="application/zip",
    )


def _told(one: SubjectExport) -> dict[str, Any]:
    names = ("identity", "requested_at", "made_at", "expires_at", "taken_at")
    return {"id": one.pk, **{name: getattr(one, name) for name in names}}
