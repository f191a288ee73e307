"""Segments for programs: /api/v1/segments."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from guanxi.customers.commands.segment import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_STRATEGY,
    SegmentFacts,
    SegmentPlan,
    change_segment,
    create_segment,
    delete_segment,
    facts_of,
)
from guanxi.customers.commands.segment_member import (
    add_members,
    refresh_segment,
    remove_members,
)
from guanxi.customers.models import Segment
from guanxi.customers.policies import SEGMENT
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.queries.segment import segment, segments, sentence_of, size_of
from guanxi.customers.rest.named import MOST_NAMED, named_customers
from guanxi.customers.rules.segment import (
    BadDefinition,
    Membership,
    Sharing,
    path_of_place,
    read_definition,
)
from guanxi.customers.tables import SEGMENTS
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made
from guanxi.foundation.rest.lists import ListQuery, listed
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import From, Input, Record, Shape
from guanxi.foundation.tables.counting import counted
from guanxi.foundation.tables.where import Group

router = Router(tags=["customers"])


class SegmentRow(Record):
    """One segment; its members are the customers of ``where=segment.in.(id)``."""

    id: Annotated[int, From("pk")]
    key: Annotated[str, From("key", "")]
    name: str
    description: str
    membership: Membership
    definition: dict[str, Any]
    sharing: Sharing
    owner: Annotated[int | None, From("owner_id", "owner", is_key=True)]
    refreshed_at: datetime | None
    budget: Decimal | None
    budget_from: date | None
    budget_until: date | None
    strategy: str
    version: Annotated[int, From("version", "")]


class SegmentRecord(SegmentRow):
    """One segment with its definition in words, and what is wrong with it, if anything."""

    members: int
    sentence: str
    problem: str


class SegmentPage(Record):
    """One page of segments; ``next`` is the cursor of the following one."""

    items: list[SegmentRow]
    next: str | None


class SegmentCounted(Record):
    """How many customers fit a definition; an estimate where counting takes long."""

    id: int | None = None
    count: int
    is_exact: bool
    sentence: str


class DefinitionInput(Input):
    """Conditions: `{"version": 1, "all": [{"field": …, "is": …, "values": […]}]}`."""

    definition: dict[str, Any]


class SegmentInput(Input):
    """A new segment."""

    name: str = Field(max_length=LONGEST_NAME)
    description: str = Field(default="", max_length=LONGEST_DESCRIPTION)
    membership: Membership = Membership.DYNAMIC
    definition: dict[str, Any] = Field(default={"version": 1, "all": []})
    sharing: Sharing = Sharing.OWN
    budget: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    budget_from: date | None = None
    budget_until: date | None = None
    strategy: str = Field(default="", max_length=LONGEST_STRATEGY)


class SegmentPatch(Input):
    """What is to be otherwise; what is left out stays."""

    version: int | None = None
    name: str | None = Field(default=None, max_length=LONGEST_NAME)
    description: str | None = Field(default=None, max_length=LONGEST_DESCRIPTION)
    definition: dict[str, Any] | None = None
    sharing: Sharing | None = None
    budget: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    budget_from: date | None = None
    budget_until: date | None = None
    strategy: str | None = Field(default=None, max_length=LONGEST_STRATEGY)


class MembersInput(Input):
    """Customers by their numbers."""

    customers: list[int] = Field(min_length=1, max_length=MOST_NAMED)


class MembersMoved(Record):
    """How many were put in, or taken out."""

    id: int
    moved: int


ROW = Shape(SegmentRow, SEGMENT)
_PLANNED = ("budget", "budget_from", "budget_until", "strategy")


@router.get("/segments", response=SegmentPage, summary=gettext_noop("List segments"))
def list_segments(request: Call, query: Query[ListQuery]) -> HttpResponse:
    """List the segments you may see."""
    return listed(request, SEGMENTS, ROW, query)


@router.post(
    "/segments/count",
    response=SegmentCounted,
    summary=gettext_noop("Count the customers that fit"),
)
def post_segment_count(request: Call, body: DefinitionInput) -> HttpResponse:
    """Tell how many of your customers fit a definition. Nothing is kept."""
    by = request.auth
    require(by, "segment.create")
    criteria, group = Criteria(by, now()), _group(by, body.definition)
    found = counted(criteria.fitting(group))
    return answer(
        {
            "count": found.number,
            "is_exact": found.is_exact,
            "sentence": criteria.sentence(group),
        }
    )


@router.post(
    "/segments",
    response={201: SegmentRecord},
    summary=gettext_noop("Make a segment"),
)
def post_segment(request: Call, body: SegmentInput) -> HttpResponse:
    """Make a segment and find who belongs to it."""
    by = request.auth
    require(by, "segment.create")
    given = body.model_dump()
    plan = SegmentPlan(**{name: given.pop(name) for name in _PLANNED})
    facts = {**given, "definition": _group(by, body.definition), "plan": plan}
    new = create_segment(by, SegmentFacts(**facts), at=now())
    return made(_whole(by, new.pk), f"/api/v1/segments/{new.pk}")


@router.get(
    "/segments/{int:pk}",
    response=SegmentRecord,
    summary=gettext_noop("Read one segment"),
)
def get_segment(request: Call, pk: int) -> HttpResponse:
    """Read one segment."""
    return answer(_whole(request.auth, pk))


@router.patch(
    "/segments/{int:pk}",
    response=SegmentRecord,
    summary=gettext_noop("Change a segment"),
)
def patch_segment(request: Call, pk: int, body: SegmentPatch) -> HttpResponse:
    """Change a segment; who belongs to it follows."""
    by = request.auth
    found = segment(by, pk)
    require(by, "segment.edit", found)
    facts = _changed(by, found, body.given())
    change_segment(by, found, facts, version=body.version, at=now())
    return answer(_whole(by, pk))


@router.delete(
    "/segments/{int:pk}",
    response={204: None},
    summary=gettext_noop("Delete a segment"),
)
def delete_one_segment(request: Call, pk: int) -> HttpResponse:
    """Put a segment aside; people can restore it."""
    by = request.auth
    delete_segment(by, segment(by, pk), at=now())
    return HttpResponse(status=204)


@router.post(
    "/segments/{int:pk}/refresh",
    response=SegmentRecord,
    summary=gettext_noop("Refresh a segment"),
)
def post_segment_refresh(request: Call, pk: int) -> HttpResponse:
    """Have it found anew who belongs; with very many, `refreshed_at` tells when."""
    by = request.auth
    refresh_segment(by, segment(by, pk), at=now())
    return answer(_whole(by, pk))


@router.post(
    "/segments/{int:pk}/members",
    response=MembersMoved,
    summary=gettext_noop("Put customers into a segment"),
)
def post_segment_members(request: Call, pk: int, body: MembersInput) -> HttpResponse:
    """Put customers into a segment that is filled by hand."""
    by = request.auth
    found = segment(by, pk)
    new = add_members(by, found, named_customers(by, body.customers), at=now())
    return answer({"id": pk, "moved": len(new)})


@router.post(
    "/segments/{int:pk}/members/removal",
    response=MembersMoved,
    summary=gettext_noop("Take customers out of a segment"),
)
def post_segment_removal(request: Call, pk: int, body: MembersInput) -> HttpResponse:
    """Take customers out of a segment that is filled by hand."""
    by = request.auth
    found = segment(by, pk)
    gone = remove_members(by, found, named_customers(by, body.customers), at=now())
    return answer({"id": pk, "moved": gone})


def _group(by: Actor, value: object) -> Group:
    """
    Return the conditions that JSON describes.

    :raises BadInput: that names each condition which cannot be asked.
    """
    group = Group("and", ())
    try:
        group = read_definition(value)
        Criteria(by, now()).fitting(group)
    except BadDefinition as refusal:
        wrong = [
            Wrong(f"definition.{path_of_place(group, place)}", text)
            for place, text in refusal.problems.items()
            if group.members
        ]
        raise BadInput(wrong or [Wrong("definition", refusal.message)]) from refusal
    return group


def _changed(by: Actor, found: Segment, given: dict[str, Any]) -> SegmentFacts:
    facts = facts_of(found)
    given.pop("version", None)
    if "definition" in given:
        given["definition"] = _group(by, given["definition"])
    plan = {name: getattr(facts.plan, name) for name in _PLANNED}
    plan |= {name: given.pop(name) for name in _PLANNED if name in given}
    kept = {
        name: getattr(facts, name)
        for name in ("name", "description", "membership", "definition", "sharing")
    }
    plan["strategy"] = plan["strategy"] or ""
    words = {k: v for k, v in given.items() if v is not None}
    return SegmentFacts(**{**kept, **words, "plan": SegmentPlan(**plan)})


def _whole(viewer: Actor, pk: int) -> dict[str, Any]:
    record = ROW.one(viewer, segments(viewer).filter(pk=pk), at=now())
    found = segment(viewer, pk)
    told = {"name": found.title, "description": found.about}
    more = {
        "members": size_of(viewer, found),
        "sentence": sentence_of(viewer, found, now()),
        "problem": found.problem,
    }
    return record | told | more
