"""The quality of customer data for programs: /api/v1/customers/{id}/quality."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router

from guanxi.customers.commands.quality import confirm_part, mark_contact_point
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import customer
from guanxi.customers.queries.quality import faults_of, reviews_of
from guanxi.customers.rules.quality import Dimension
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["customers"])


class FaultRecord(Record):
    """One reason for a lower score; ``field`` is where it is mended, if anywhere."""

    key: str
    dimension: Dimension
    label: str
    field: str


class ReviewRecord(Record):
    """A part of the record that is looked at again and again."""

    part: str
    label: str
    reviewed_at: datetime
    is_confirmed: bool
    reviewed_by: str
    is_stale: bool


class QualityRecord(Record):
    """Scores from 0 to 100, null until the customer is judged, and the reasons."""

    id: int
    quality: int | None
    accuracy: int | None
    validity: int | None
    timeliness: int | None
    completeness: int | None
    faults: list[FaultRecord]
    reviews: list[ReviewRecord]


class PointStateInput(Input):
    """Whether somebody is reached by a contact point."""

    works: bool


@router.get(
    "/customers/{int:pk}/quality",
    response=QualityRecord,
    summary=gettext_noop("Read the data quality of a customer"),
)
def get_quality(request: Call, pk: int) -> HttpResponse:
    """Read the four scores, the total, the reasons, and what is to be looked at again."""
    return answer(_quality(request.auth, pk))


@router.post(
    "/customers/{int:pk}/reviews/{slug:part}",
    response=QualityRecord,
    summary=gettext_noop("Confirm that a part is still right"),
)
def post_review(request: Call, pk: int, part: str) -> HttpResponse:
    """Say that a part of a customer was looked at and is still right."""
    confirm_part(request.auth, customer(request.auth, pk), part, at=now())
    return answer(_quality(request.auth, pk))


@router.post(
    "/customers/{int:pk}/points/{int:point_id}/state",
    response=QualityRecord,
    summary=gettext_noop("Say whether a contact point works"),
)
def post_point_state(
    request: Call, pk: int, point_id: int, body: PointStateInput
) -> HttpResponse:
    """Mark a contact point that reaches nobody, or one that does again."""
    found = customer(request.auth, pk)
    mark_contact_point(request.auth, found, point_id, works=body.works, at=now())
    return answer(_quality(request.auth, pk))


def _quality(viewer: Actor, pk: int) -> dict[str, Any]:
    """Return what ``viewer`` may read of the quality of a customer's data."""
    found = customer(viewer, pk)
    names = {"quality", *Dimension.values} & CUSTOMER.readable(viewer)
    faults = faults_of(viewer, [pk], at=now())[pk]
    return {
        "id": pk,
        **{name: getattr(found.traits, name) for name in sorted(names)},
        "faults": [
            {
                "key": one.key,
                "dimension": one.dimension,
                "label": str(one.label),
                "field": one.field,
            }
            for one in faults
        ],
        "reviews": [
            {
                "part": one.part,
                "label": str(one.label),
                "reviewed_at": one.reviewed_at,
                "is_confirmed": one.is_confirmed,
                "reviewed_by": one.reviewed_by,
                "is_stale": one.is_stale,
            }
            for one in reviews_of(viewer, found, faults)
        ],
    }
