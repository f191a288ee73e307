"""Access reviews for programs: /api/v1/access-days: who saw how much on which day."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.foundation.actor import Actor
from guanxi.foundation.audit_pages import accesses_of
from guanxi.foundation.clock import now
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.records import From, Input, Record, Shape
from guanxi.identity.commands.access_day import review_days
from guanxi.identity.policies import ACCESS_DAY
from guanxi.identity.queries.access_day import access_day, access_days
from guanxi.identity.rules.access_day import LONGEST_REMARK, MOST_SHOWN
from guanxi.identity.tables import ACCESS_DAYS

router = Router(tags=["access-days"])


class AccessDayRow(Record):
    """What one person saw of protected data on one day, and whether it was reviewed."""

    id: Annotated[int, From("pk")]
    user: Annotated[int, From("user_id", "user", is_key=True)]
    user_name: Annotated[str, From("user__name", "user")]
    day: date
    views: int
    reveals: int
    exports: int
    records: int
    usual: int | None
    peers: int | None
    is_outlier: bool
    is_reviewed: bool
    remark: str


class AccessRecord(Record):
    """One act: which fields of how many records, when and why."""

    id: int
    at: datetime
    act: str
    kind: str
    fields: list[str]
    rows: int
    reason: str


class AccessDayRecord(AccessDayRow):
    """One day with its acts, what was revealed or taken out first."""

    accesses: list[AccessRecord]


class AccessDayPage(Record):
    """One page of days; ``next`` is the cursor of the following one."""

    items: list[AccessDayRow]
    next: str | None


class ReviewInput(Input):
    """What the supervisor asked, and what came of it."""

    remark: str = Field(default="", max_length=LONGEST_REMARK)


ROW = Shape(AccessDayRow, ACCESS_DAY)


@router.get(
    "/access-days", response=AccessDayPage, summary=gettext_noop("List days of access")
)
def list_access_days(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List what those whom you supervise saw each day, the latest first."""
    return listed(request, ACCESS_DAYS, ROW, query)


@router.get(
    "/access-days/{int:pk}",
    response=AccessDayRecord,
    summary=gettext_noop("Read one day of access"),
)
def get_access_day(request: Call, pk: int) -> HttpResponse:
    """Read what one person viewed, revealed and took out on a day."""
    return answer(_whole(request.auth, pk))


@router.post(
    "/access-days/{int:pk}/review",
    response=AccessDayRecord,
    summary=gettext_noop("Review one day of access"),
)
def post_access_review(request: Call, pk: int, body: ReviewInput) -> HttpResponse:
    """Mark a day as looked into; your own is for somebody else."""
    found = access_day(request.auth, pk)
    review_days(request.auth, [found], remark=body.remark, at=now())
    return answer(_whole(request.auth, pk))


def _whole(viewer: Actor, pk: int) -> dict[str, Any]:
    found = access_day(viewer, pk)
    record = ROW.one(viewer, access_days(viewer).filter(pk=pk), at=now())
    if "acts" not in ACCESS_DAY.readable(viewer):
        return record
    rows = accesses_of(viewer, found.user_id, found.day, most=MOST_SHOWN)
    names = ("at", "act", "kind", "fields", "rows", "reason")
    acts = [
        {"id": row.pk, **{name: getattr(row, name) for name in names}} for row in rows
    ]
    return record | {"accesses": acts}
