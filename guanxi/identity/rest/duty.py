"""Security duties for programs: /api/v1/duties: what is owed, who lacks it, who has it."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer
from guanxi.foundation.rest.records import Input, Record
from guanxi.identity.commands.duty import Evidence, record_fulfilments
from guanxi.identity.models import Fulfilment
from guanxi.identity.queries import debts, duties, duty, fulfilments, user
from guanxi.identity.rules.duty import DutyKind, Gate, Standing

router = Router(tags=["duties"])
MOST = 1000


class DutyRecord(Record):
    """Something colleagues owe; ``overdue`` are the numbers of users who lack it."""

    id: int
    kind: DutyKind
    title: str
    gate: Gate
    days: int
    months: int
    is_active: bool
    overdue: list[int]


class FulfilmentRecord(Record):
    """Somebody read, passed or signed a version."""

    id: int
    user: int
    version: int
    done_on: date
    valid_until: date | None
    is_passed: bool
    result: str
    place: str
    is_withdrawn: bool


class FulfilmentInput(Input):
    """Who passed a training or signed an agreement, and what is known of it."""

    users: list[int] = Field(min_length=1, max_length=500)
    done_on: date
    valid_until: date | None = None
    is_passed: bool = True
    result: str = Field(default="", max_length=60)
    place: str = Field(default="", max_length=200)


@router.get(
    "/duties",
    response=list[DutyRecord],
    summary=gettext_noop("List the security duties"),
)
def list_duties(request: Call) -> HttpResponse:
    """List what colleagues owe, and who of those you see is overdue with it."""
    require(request.auth, "duty.read")
    lacking = [
        debt
        for debt in debts(request.auth, localdate())
        if debt.owed.standing is Standing.OVERDUE
    ]
    return answer(
        [
            {
                "id": one.pk,
                "kind": one.kind,
                "title": one.title,
                "gate": one.gate,
                "days": one.days,
                "months": one.months,
                "is_active": one.is_active,
                "overdue": [
                    debt.user.pk
                    for debt in lacking
                    if debt.owed.asked.duty_id == one.pk
                ],
            }
            for one in duties(request.auth)
        ]
    )


@router.get(
    "/duties/{int:pk}/fulfilments",
    response=list[FulfilmentRecord],
    summary=gettext_noop("List who has fulfilled a security duty"),
)
def list_fulfilments(request: Call, pk: int) -> HttpResponse:
    """List the latest 1,000 fulfilments of those you see, the newest first."""
    duty(request.auth, pk)
    return answer([_told(one) for one in fulfilments(request.auth, pk)[:MOST]])


@router.post(
    "/duties/{int:pk}/fulfilments",
    response={201: list[FulfilmentRecord]},
    summary=gettext_noop("Record that people have fulfilled a security duty"),
)
def post_fulfilments(request: Call, pk: int, body: FulfilmentInput) -> HttpResponse:
    """Record a training or an agreement for one or many people at once."""
    facts = body.model_dump()
    found = duty(request.auth, pk)
    people = [user(request.auth, one) for one in facts.pop("users")]
    made = record_fulfilments(request.auth, found, people, Evidence(**facts), at=now())
    return answer([_told(one) for one in made], 201)


def _told(one: Fulfilment) -> dict[str, Any]:
    return {
        "id": one.pk,
        "user": one.user_id,
        "version": one.version.number,
        "done_on": one.done_on,
        "valid_until": one.valid_until,
        "is_passed": one.is_passed,
        "result": one.result,
        "place": one.place,
        "is_withdrawn": one.withdrawn_at is not None,
    }
