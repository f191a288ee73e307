"""Studies and observations for programs: /api/v1/customers/…/findings."""

from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.customers.commands.finding import add_finding, trash_finding
from guanxi.customers.models import Finding
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.finding import FIELD, findings_of, may_read_findings
from guanxi.customers.rules.finding import (
    LONGEST_PLACE,
    LONGEST_PROVIDER,
    LONGEST_TEXT,
    Confidence,
    FindingKind,
    FindingSource,
)
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["customers"])


class FindingRecord(Record):
    """One finding of a study, or one observation."""

    id: int
    kind: FindingKind
    source: FindingSource
    found_at: datetime
    provider: str = Field(description="Who asked or sold it, who or what observed.")
    place: str = Field(description="Where it was observed.")
    confidence: Confidence
    text: str


class FindingsRecord(Record):
    """All findings about a customer, the latest first."""

    items: list[FindingRecord]


class FindingInput(Input):
    """What was learned; an observation is of kind ``behavior`` and has a place."""

    kind: FindingKind
    source: FindingSource
    found_at: datetime
    provider: str = Field(max_length=LONGEST_PROVIDER)
    place: str = Field(default="", max_length=LONGEST_PLACE)
    confidence: Confidence = Confidence.MEDIUM
    text: str = Field(max_length=LONGEST_TEXT)


@router.get(
    "/customers/{int:pk}/findings",
    response=FindingsRecord,
    summary=gettext_noop("Read studies and observations of a customer"),
)
def get_findings(request: Call, pk: int) -> HttpResponse:
    """Read what studies and observations tell of a customer."""
    found = bare_customer(request.auth, pk)
    if not may_read_findings(request.auth):
        raise NotVisible
    rows = findings_of(request.auth, found)
    told = {pk: {FIELD: bool(rows)}}
    record_shown(request.auth, CUSTOMER, told, at=now())
    return answer({"items": [_record(row) for row in rows]})


@router.post(
    "/customers/{int:pk}/findings",
    response={201: FindingRecord},
    summary=gettext_noop("Add a study or an observation"),
)
def post_finding(request: Call, pk: int, body: FindingInput) -> HttpResponse:
    """Keep what a study or an observation tells of a customer."""
    found = bare_customer(request.auth, pk)
    require(request.auth, "customer.edit", found)
    facts = body.dict(exclude={"kind"})
    new = add_finding(request.auth, found, body.kind, at=now(), **facts)
    return made(_record(new), f"/api/v1/customers/{pk}/findings")


@router.delete(
    "/customers/{int:pk}/findings/{int:finding_id}",
    response={204: None},
    summary=gettext_noop("Move to the trash"),
)
def delete_finding(request: Call, pk: int, finding_id: int) -> HttpResponse:
    """Put a study or an observation into the trash."""
    found = bare_customer(request.auth, pk)
    trash_finding(request.auth, found, finding_id, at=now())
    return nothing()


def _record(row: Finding) -> dict[str, object]:
    return {name: getattr(row, name) for name in FindingRecord.model_fields}
